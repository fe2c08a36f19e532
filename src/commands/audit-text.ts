/** Actions of the audit as lines: for people, or as JSON. Pure. */
import type { AuditEntry } from '../core/audit/model.ts';
import { formatTook } from '../core/format.ts';

const MINUTE = 60_000;

const dateTime = (atMs: number, offsetMinutes: number): string =>
  new Date(atMs + offsetMinutes * MINUTE).toISOString().slice(0, 19).replace('T', ' ');

const userWord = ({ user }: AuditEntry): string =>
  user.sudoUser === undefined ? user.name : `${user.sudoUser} as ${user.name}`;

/** What was found out by looking for it just now, by id. */
type Found = ReadonlyMap<string, string>;

const told = ({ id, end, reason }: AuditEntry, found: Found): string => {
  const why = reason === undefined ? '' : ` (reason: ${reason})`;
  const now = found.get(id);
  if (end === undefined) return `${now ?? 'no outcome recorded'}${why}`;
  const words = end.words === '' ? end.outcome : end.words;
  return `${end.outcome === 'succeeded' || words === end.outcome ? '' : `${end.outcome}: `}${words}${why}`;
};

/** A line each: when, who, what, how long it took, and how it ended. */
export const auditLines = (
  entries: readonly AuditEntry[],
  offsetMinutes: (atMs: number) => number,
  found: Found = new Map(),
): readonly string[] => {
  const rows = entries.map((entry) => [
    dateTime(entry.atMs, offsetMinutes(entry.atMs)),
    userWord(entry),
    `${entry.verb} ${entry.target}`,
    entry.end?.durationMs === undefined ? '-' : formatTook(entry.end.durationMs),
    told(entry, found),
  ]);
  const wide = (column: number): number => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0));
  const [user, action, took] = [wide(1), wide(2), wide(3)];
  return rows.map(([at = '', who = '', what = '', how = '', words = '']) =>
    [at, who.padEnd(user), what.padEnd(action), how.padStart(took), words].join('  '),
  );
};

/** One object; `outcome` is null where none was recorded. */
export const auditJson = (entry: AuditEntry, found: Found = new Map()): string => {
  const { atMs, writer, before, end, ...rest } = entry;
  return JSON.stringify({
    v: 1,
    ts: new Date(atMs).toISOString(),
    ...rest,
    ...(writer === undefined ? {} : { host: writer.host, pid: writer.pid }),
    before: Object.fromEntries(before),
    outcome: end?.outcome ?? null,
    ...(found.has(entry.id) ? { found: found.get(entry.id) } : {}),
    ...(end === undefined
      ? {}
      : {
          words: end.words,
          endedAt: new Date(end.atMs).toISOString(),
          ...(end.exitCode === undefined ? {} : { exitCode: end.exitCode }),
          ...(end.durationMs === undefined ? {} : { durationMs: end.durationMs }),
          runs: Object.fromEntries(end.runs),
          resolved: end.resolved,
        }),
  });
};
