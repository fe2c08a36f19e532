/** A lock beside a file, among processes of all users. One that was killed leaves it behind: it is taken from the dead. */
import { link, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { isRunning, processStart } from '../lib/process-alive.ts';

/** Nobody here can tell whether a process of another machine lives; what a lock is held for takes far less. */
const FOREIGN_MS = 60_000;
const RETRY_MS = 20;

const quietly = async (work: Promise<unknown>): Promise<void> => {
  await work.catch(() => {});
};

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

type Holder = { readonly ino: number; readonly isDead: boolean };

const holderOf = async (path: string, clock: Clock): Promise<Holder | undefined> => {
  const [found, text] = await Promise.all([
    stat(path).catch(() => undefined),
    readFile(path, 'utf8').catch(() => ''),
  ]);
  if (found === undefined) return undefined;
  const { ino, mtimeMs } = found;
  const [, pid = '', start = '', host = ''] = /^(\d{1,10}) (\d*) (\S+)\n$/u.exec(text) ?? [];
  if (host !== hostname()) return { ino, isDead: clock.now() - mtimeMs > FOREIGN_MS };
  return { ino, isDead: !isRunning(Number(pid), start === '' ? undefined : start) };
};

let made = 0;
const asideOf = (path: string): string => {
  made += 1;
  return `${path}.${process.pid}-${made}`;
};

/** Two may have found the same dead holder: what was taken away is looked at before it is thrown away. */
const bury = async (path: string, ino: number): Promise<void> => {
  const aside = asideOf(path);
  await rename(path, aside);
  if ((await stat(aside)).ino !== ino) await quietly(link(aside, path));
  await unlink(aside);
};

/** What processes that were killed have left of making a lock. */
const tidy = async (path: string): Promise<void> => {
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    const pid = name.startsWith(prefix)
      ? /^(\d{1,10})-\d+$/u.exec(name.slice(prefix.length))?.[1]
      : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) await quietly(unlink(join(dirname(path), name)));
  }
};

/** The inode of the lock that is ours now; undefined when another one holds it. Throws as the file system does. */
const tryLock = async (path: string, clock: Clock): Promise<number | undefined> => {
  // Made elsewhere and linked, so that no lock is ever without the name of its holder.
  const aside = asideOf(path);
  await writeFile(aside, `${process.pid} ${processStart(process.pid) ?? ''} ${hostname()}\n`, { flag: 'wx' });
  try {
    const { ino } = await stat(aside);
    await link(aside, path);
    return ino;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await quietly(unlink(aside));
  }
  const holder = await holderOf(path, clock);
  if (holder?.isDead === true) await quietly(bury(path, holder.ino));
  return undefined;
};

/**
 * Runs `work` while no other process does so under the same lock; `busy` when it could not be had within `waitMs`.
 * Throws where a lock cannot be made at all, and what `work` throws.
 */
export const withLock = async <T>(
  path: string,
  clock: Clock,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T | 'busy'> => {
  const untilMs = clock.monotonic() + waitMs;
  let ours = await tryLock(path, clock);
  while (ours === undefined && clock.monotonic() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    ours = await tryLock(path, clock);
  }
  if (ours === undefined) return 'busy';
  try {
    await tidy(path);
    return await work();
  } finally {
    const now = await stat(path).catch(() => undefined);
    if (now?.ino === ours) await quietly(unlink(path));
  }
};
