/** Writes the lines of a log to a file of their own. */
import { mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogRow } from '../core/logs/model.ts';
import { rowLine } from '../core/logs/text.ts';

/** Of the same second. */
const NAMES_TRIED = 100;

export type SaveOptions = {
  readonly directory: string;
  /** What the log is of; becomes part of the file's name. */
  readonly title: string;
  readonly rows: readonly LogRow[];
  /** ms since the epoch. */
  readonly nowMs: number;
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota is used up',
  EACCES: 'no right to write there',
  EPERM: 'no right to write there',
  EROFS: 'that file system is read-only',
};

const reasonOf = (error: unknown): string =>
  REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));

/** A file that was not there before, for its owner alone. */
const openNew = async (directory: string, stem: string) => {
  for (let count = 1; ; count += 1) {
    const path = join(directory, count === 1 ? `${stem}.log` : `${stem}-${count}.log`);
    try {
      return { path, file: await open(path, 'wx', 0o600) };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || count >= NAMES_TRIED) throw error;
    }
  }
};

/** In one line: how much is where, or why nothing is. Never rejects, overwrites nothing, leaves no half file. */
export const saveLogs = async ({ directory, title, rows, nowMs }: SaveOptions): Promise<string> => {
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/gu, '').replace('T', '-');
  const stem = `${title.replace(/[^A-Za-z0-9._@-]+/gu, '-').slice(0, 80)}-${stamp}`;
  let made: Awaited<ReturnType<typeof openNew>> | undefined;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    made = await openNew(directory, stem);
    await made.file.writeFile(rows.map((row) => `${rowLine(row)}\n`).join(''));
    await made.file.sync();
    await made.file.close();
    return `${rows.length} ${rows.length === 1 ? 'line' : 'lines'}: ${made.path}`;
  } catch (error) {
    if (made !== undefined) {
      await made.file.close().catch(() => {});
      await unlink(made.path).catch(() => {});
    }
    return `not saved, ${reasonOf(error)}: ${made?.path ?? directory}`;
  }
};
