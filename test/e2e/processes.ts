/** What the operating system knows of the program under test: its ssh clients, its files, its memory. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { execa } from 'execa';

const ps = async (columns: string): Promise<readonly string[]> =>
  (await execa('ps', ['-ww', '-eo', columns])).stdout.split('\n').slice(1);

/** The ssh clients of the console with this pid; the path of their sockets names it. */
export const sshClientsOf = async (pid: number): Promise<readonly string[]> =>
  (await ps('pid,args')).filter((line) => line.includes(`plasmatop-${pid}-`));

/** Of these the connections themselves; the others run over them. */
export const sshMastersOf = async (pid: number): Promise<readonly string[]> =>
  (await sshClientsOf(pid)).filter((line) => line.includes(' -N '));

/** The directories of sockets that the console with this pid has made in `parent`. */
export const socketDirectoriesOf = (pid: number, parent = tmpdir()): readonly string[] =>
  readdirSync(parent).filter((name) => name.startsWith(`plasmatop-${pid}-`));

/** Resident memory of a process, MiB. */
export const residentMiB = async (pid: number): Promise<number> =>
  Number((await execa('ps', ['-o', 'rss=', '-p', String(pid)])).stdout) / 1024;

/** The only child of a process. */
export const childOf = async (parent: number): Promise<number> => {
  const line = (await ps('ppid,pid')).find((one) => one.trim().split(/ +/)[0] === String(parent));
  if (line === undefined) throw new Error(`process ${parent} has no child`);
  return Number(line.trim().split(/ +/)[1]);
};

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
