/** Private directories that carry the number of their process, so that what a killed one has left can be told from what is in use. */
import { mkdtempSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning } from './process-alive.ts';

/** Makes `PREFIX-PID-` and six random characters in `parent`, for this user alone; throws as mkdtemp does. */
export const makeProcessDirectory = (parent: string, prefix: string): string =>
  mkdtempSync(join(parent, `${prefix}-${process.pid}-`));

/**
 * The paths of such directories in `parent` whose process has ended. Only those of this user that nobody else may enter:
 * in a shared /tmp anybody can make a directory of this name, and what is in it is acted upon. Never rejects.
 */
export const abandonedDirectories = async (parent: string, prefix: string): Promise<string[]> => {
  const named = new RegExp(`^${prefix}-(\\d{1,10})-[A-Za-z0-9]{6}$`, 'u');
  const names = await readdir(parent).catch(() => []);
  const abandoned = names.map(async (name): Promise<string[]> => {
    const pid = named.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) return [];
    const path = join(parent, name);
    return (await isOursAlone(path)) ? [path] : [];
  });
  return (await Promise.all(abandoned)).flat();
};

const isOursAlone = async (path: string): Promise<boolean> => {
  // lstat: a link of this name leads to somewhere else.
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
};
