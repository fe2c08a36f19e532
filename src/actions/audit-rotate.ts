/** Rotation: FILE becomes FILE.1, that FILE.2 and so on. No step writes over a file, and each leaves every record in one. */
import { constants } from 'node:fs';
import { chown, link, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { withLock } from './audit-lock.ts';

export type Rotation = {
  /** A file is put aside before it would grow beyond this, bytes. */
  readonly maxSize: number;
  /** How many of those put aside are kept. */
  readonly keep: number;
};

const LOCK_WAIT_MS = 500;

const inodeOf = async (path: string): Promise<number | undefined> =>
  (await stat(path).catch(() => undefined))?.ino;

/** On the disk, too: a name that a power cut takes away takes the records with it. */
export const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, constants.O_RDONLY).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
};

/** The first number that nothing is kept under. One rotation that was killed half way may have left a file under two. */
const freeNumber = async (file: string): Promise<number> => {
  for (let number = 1; ; number += 1) {
    const [one, next] = await Promise.all([inodeOf(`${file}.${number}`), inodeOf(`${file}.${number + 1}`)]);
    if (one === undefined) return number;
    if (one === next) {
      await unlink(`${file}.${number}`);
      return number;
    }
  }
};

/** The numbers under which files are kept, smallest first. */
const keptNumbers = async (file: string): Promise<readonly number[]> => {
  const prefix = `${basename(file)}.`;
  const names = await readdir(dirname(file)).catch(() => []);
  return names
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((rest) => /^[1-9]\d{0,5}$/u.test(rest))
    .map(Number)
    .toSorted((one, other) => one - other);
};

/** An empty file takes the place of the full one, for whom that was for. */
const replace = async (file: string): Promise<void> => {
  const fresh = `${file}.new`;
  const old = await stat(file);
  await unlink(fresh).catch(() => {});
  const { O_CREAT, O_EXCL, O_WRONLY } = constants;
  const handle = await open(fresh, O_CREAT | O_EXCL | O_WRONLY, 0o600);
  await handle.close();
  const own = await stat(fresh);
  if (own.uid !== old.uid || own.gid !== old.gid) {
    // Only root may give a file away; its group keeps the others of the group writing.
    await chown(fresh, old.uid, old.gid).catch(() => chown(fresh, own.uid, old.gid).catch(() => {}));
  }
  const widened = await open(fresh, O_WRONLY);
  await widened.chmod(old.mode & 0o777);
  await widened.close();
  await rename(fresh, file);
};

const shift = async (file: string, keep: number): Promise<void> => {
  const free = await freeNumber(file);
  if ((await inodeOf(file)) !== (await inodeOf(`${file}.1`))) {
    for (let number = free; number > 1; number -= 1) {
      await link(`${file}.${number - 1}`, `${file}.${number}`);
      await unlink(`${file}.${number - 1}`);
    }
    await link(file, `${file}.1`);
  }
  await replace(file);
  for (const number of await keptNumbers(file)) {
    if (number > keep) await unlink(`${file}.${number}`).catch(() => {});
  }
  await syncDirectory(dirname(file));
};

/** Puts the file aside if it still is the one with this inode. `busy`: another process is at it. Throws as the file system does. */
export const rotate = (
  file: string,
  ino: number,
  { keep }: Rotation,
  clock: Clock,
): Promise<'rotated' | 'busy'> =>
  withLock(lockOf(file), clock, LOCK_WAIT_MS, async () => {
    if ((await inodeOf(file)) === ino) await shift(file, keep);
    return 'rotated' as const;
  });

/** Held for a rotation, and to write what only one may write. */
export const lockOf = (file: string): string => join(dirname(file), `${basename(file)}.lock`);
