/** One line more in the audit file: whole, on the disk, in a file that nobody else can change. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { type Rotation, rotate, syncDirectory } from './audit-rotate.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;

/** Rotations and deletions that may come between opening a file and having written to it. */
const TRIES = 20;

/** What is wrong with the place, and what to do about it. */
export class UnsafePlace extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

export type Place = Rotation & {
  readonly file: string;
  readonly clock: Clock;
  /** Users besides root whose file it may be: this one, and who became it. */
  readonly owners: readonly number[];
};

/** A record that others can change or take away proves nothing; one that a link leads elsewhere may harm what is there. */
const refuseStrangers = async ({ file, owners }: Place, { mode, uid }: Stats): Promise<void> => {
  if ((mode & 0o002) !== 0) {
    throw new UnsafePlace('everybody may write to it', `chmod o-w ${file}, or set audit.file to another`);
  }
  // One that its owner opened to a group is shared on purpose.
  if (uid !== 0 && !owners.includes(uid) && (mode & 0o020) === 0) {
    throw new UnsafePlace(
      `it belongs to another user (uid ${uid})`,
      'set audit.file to a file of your own, or let its owner share it with a group: chmod g+w',
    );
  }
  const directory = dirname(file);
  const { mode: around, uid: holder } = await stat(directory);
  if (holder !== 0 && !owners.includes(holder) && (mode & 0o020) === 0) {
    throw new UnsafePlace(
      `another user (uid ${holder}) may replace it: its directory is his`,
      'set audit.file to a file in a directory of your own',
    );
  }
  if ((around & 0o002) !== 0 && (around & 0o1000) === 0) {
    throw new UnsafePlace(
      'everybody may replace it: its directory is writable for all',
      `chmod o-w ${directory}, or set audit.file to a file elsewhere`,
    );
  }
};

/** A crash or a full disk may have left half a line: the next record must not be glued to it. */
const endsMidLine = async (handle: FileHandle, size: number): Promise<boolean> => {
  if (size === 0) return false;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer[0] !== 0x0a;
};

const writeWhole = async (handle: FileHandle, size: number, line: string): Promise<void> => {
  const bytes = Buffer.from((await endsMidLine(handle, size)) ? `\n${line}` : line);
  // In one go: the lines of several consoles, each appended whole, never mix.
  const { bytesWritten } = await handle.write(bytes);
  if (bytesWritten < bytes.length) {
    throw Object.assign(new Error('the disk took only part of the record'), { code: 'ENOSPC' });
  }
  await handle.sync();
};

type Step = 'written' | 'again';

/**
 * Appends `line` and resolves when it is on the disk; with why the file was not rotated when that was due and could not
 * be, for a record in a file that is too large is better than none. Throws as the file system does, or UnsafePlace.
 */
export const appendLine = async (place: Place, line: string): Promise<unknown> => {
  const { file, clock, maxSize } = place;
  let unrotated: unknown;
  let mayRotate = true;
  const step = async (): Promise<Step> => {
    // Opened each time, so that a log that was rotated away is not written to.
    const handle = await open(file, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    try {
      const stats = await handle.stat();
      const { size, ino } = stats;
      if (stats.isFile()) await refuseStrangers(place, stats);
      if (mayRotate && stats.isFile() && size > 0 && size + Buffer.byteLength(line) > maxSize) {
        mayRotate = false;
        try {
          if ((await rotate(file, ino, place, clock)) === 'rotated') return 'again';
        } catch (error) {
          unrotated = error;
        }
      }
      await writeWhole(handle, size, line);
      if (size === 0) await syncDirectory(dirname(file));
      // Put aside meanwhile it is still there; thrown away it is not.
      return (await handle.stat()).nlink === 0 ? 'again' : 'written';
    } finally {
      await handle.close();
    }
  };
  for (let tries = 0; tries < TRIES; tries += 1) {
    if ((await step()) === 'written') return unrotated;
  }
  throw new Error('it was taken away again and again while it was written to');
};
