/** Which rows of a log are shown, and where the words are that are searched. */
import type { LogRow } from './model.ts';

/** syslog: 0 emergency … 7 debug; 7 is everything. */
export const EVERY_PRIORITY = 7;

export type LogSift = {
  readonly priority: number;
  /** Only lines that contain it; empty: all. */
  readonly only: string;
};

const SYNTAX = /[\\^$.*+?()[\]{}|/]/gu;
const finders = new Map<string, RegExp>();

/** The text as it is, whatever the case of its letters; undefined for no text. */
const finderOf = (text: string): RegExp | undefined => {
  if (text === '') return undefined;
  const known = finders.get(text);
  if (known !== undefined) return known;
  const finder = new RegExp(text.replace(SYNTAX, '\\$&'), 'giu');
  finders.clear();
  finders.set(text, finder);
  return finder;
};

/** Where in `words` the text stands, as [start, end). */
export const placesOf = (words: string, text: string): readonly (readonly [number, number])[] => {
  const finder = finderOf(text);
  if (finder === undefined) return [];
  return [...words.matchAll(finder)].map((match) => [match.index, match.index + match[0].length]);
};

/** True when the row is a line that contains the text. */
const isFound = (row: LogRow, text: string): boolean => {
  const finder = finderOf(text);
  return row.kind === 'line' && finder !== undefined && row.line.text.search(finder) >= 0;
};

const isShown = (row: LogRow, { priority, only }: LogSift): boolean =>
  row.kind === 'mark' ? only === '' : row.line.priority <= priority && (only === '' || isFound(row, only));

const sifted = new WeakMap<readonly LogRow[], Map<string, readonly LogRow[]>>();

/** The rows that are shown; worked out once per rows and sift. */
export const siftRows = (rows: readonly LogRow[], sift: LogSift): readonly LogRow[] => {
  if (sift.only === '' && sift.priority >= EVERY_PRIORITY) return rows;
  const known = sifted.get(rows) ?? new Map<string, readonly LogRow[]>();
  sifted.set(rows, known);
  const key = `${sift.priority} ${sift.only}`;
  const shown = known.get(key) ?? rows.filter((row) => isShown(row, sift));
  known.set(key, shown);
  return shown;
};

/** The nearest row from `from` in steps of `by` that contains the text; undefined: none does. */
export const findRow = (
  rows: readonly LogRow[],
  text: string,
  from: number,
  by: 1 | -1,
): number | undefined => {
  for (let index = from; index >= 0 && index < rows.length; index += by) {
    const row = rows[index];
    if (row !== undefined && isFound(row, text)) return index;
  }
  return undefined;
};

const PRIORITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'] as const;

/** syslog's word for a priority. */
export const priorityWord = (priority: number): string => PRIORITIES[priority] ?? `priority ${priority}`;

/** The priorities that one key goes through: everything, then less and less. */
const LEVELS: readonly number[] = [EVERY_PRIORITY, 6, 5, 4, 3];

export const nextPriority = (priority: number): number =>
  LEVELS[(LEVELS.indexOf(priority) + 1) % LEVELS.length] ?? EVERY_PRIORITY;
