/** Lines of the audit → actions, each with its end. Pure; whatever a line holds, it cannot break what is read or shown. */
import type { NodeName } from '../model/inventory.ts';
import type { UnitName } from '../model/topology.ts';
import { sanitiseLine } from '../sanitise.ts';
import type { AuditEnd, AuditEntry, Operator, Writer } from './model.ts';

type Fields = Readonly<Record<string, unknown>>;

const MAX_CHARS = 1000;
const MAX_ITEMS = 1000;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' ? sanitiseLine(value, MAX_CHARS) : '');
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, MAX_ITEMS) : []);
const texts = (value: unknown): readonly string[] => items(value).map(text);
const textMap = (value: unknown): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(isFields(value) ? value : {})
      .slice(0, MAX_ITEMS)
      .map(([key, one]) => [text(key), text(one)]),
  );

const operatorOf = (value: unknown): Operator => {
  const { name, sudoUser, sshConnection } = isFields(value) ? value : {};
  return {
    name: text(name) || '?',
    ...(sudoUser === undefined ? {} : { sudoUser: text(sudoUser) }),
    ...(sshConnection === undefined ? {} : { sshConnection: text(sshConnection) }),
  };
};

const writerOf = ({ host, pid, pidStart }: Fields): Writer | undefined => {
  const known = number(pid);
  if (known === undefined || !Number.isSafeInteger(known) || known <= 0) return undefined;
  return { host: text(host), pid: known, ...(typeof pidStart === 'string' ? { start: text(pidStart) } : {}) };
};

const endOf = (fields: Fields, atMs: number): AuditEnd => {
  const exitCode = number(fields.exitCode);
  const durationMs = number(fields.durationMs);
  return {
    atMs,
    outcome: text(fields.outcome) || 'unknown',
    words: text(fields.words),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(durationMs === undefined ? {} : { durationMs }),
    runs: textMap(fields.runs),
    resolved: fields.resolved === true,
  };
};

const entryOf = (fields: Fields, id: string, atMs: number): AuditEntry => {
  const node: NodeName = text(fields.node);
  const units: readonly UnitName[] = Array.isArray(fields.units) ? texts(fields.units) : [text(fields.unit)];
  const writer = writerOf(fields);
  const reason = text(fields.reason);
  return {
    id,
    atMs,
    cluster: text(fields.cluster),
    // What is no action on units says what it is.
    verb: text(fields.verb) || text(fields.kind) || '?',
    target: text(fields.target) || node,
    node,
    units: units.filter((unit) => unit !== ''),
    user: operatorOf(fields.user),
    ...(writer === undefined ? {} : { writer }),
    ...(reason === '' ? {} : { reason }),
    commands: items(fields.commands).map(texts),
    commandLines: texts(fields.commandLines),
    takesAlong: texts(fields.takesAlong),
    starts: texts(fields.starts),
    expectedMs: number(fields.expectedMs) ?? 0,
    before: textMap(fields.before),
  };
};

type Parsed = { readonly id: string; readonly atMs: number; readonly fields: Fields };

const parse = (line: string): Parsed | undefined => {
  try {
    const fields: unknown = JSON.parse(line);
    if (!isFields(fields)) return undefined;
    const id = text(fields.id);
    const atMs = typeof fields.ts === 'string' ? Date.parse(fields.ts) : Number.NaN;
    return id === '' || Number.isNaN(atMs) ? undefined : { id, atMs, fields };
  } catch {
    return undefined;
  }
};

/** Where a record begins that was written behind half of another one; no text in a record can look like it. */
const START = '{"v":';

/** `intent` and `outcome` of an action; `operation-begin` and `operation-end` of what is more than one. */
const BEGINS = /^(?:intent|[a-z]+-begin)$/u;
const ENDS = /^(?:outcome|[a-z]+-end)$/u;

export type AuditRead = {
  /** By the time of the intent, oldest first. */
  readonly entries: readonly AuditEntry[];
  /** Lines that are no records: torn by a crash or a full disk, or written by somebody else. */
  readonly bad: number;
};

/** Pairs the records of `lines`, from the oldest to the newest. An end without its intent stands for itself. */
export const readAudit = (lines: Iterable<string>): AuditRead => {
  const entries = new Map<string, AuditEntry>();
  let bad = 0;
  const take = ({ id, atMs, fields }: Parsed): void => {
    const known = entries.get(id);
    const phase = text(fields.phase);
    if (BEGINS.test(phase)) {
      const end = known?.end;
      entries.set(id, { ...entryOf(fields, id, atMs), ...(end === undefined ? {} : { end }) });
    } else if (ENDS.test(phase)) {
      const entry = known ?? entryOf(fields, id, atMs);
      entries.set(id, { ...entry, end: endOf(fields, atMs) });
    } else bad += 1;
  };
  for (const line of lines) {
    if (line.trim() === '') continue;
    const whole = parse(line);
    if (whole !== undefined) {
      take(whole);
      continue;
    }
    bad += 1;
    const at = line.lastIndexOf(START);
    const behind = at > 0 ? parse(line.slice(at)) : undefined;
    if (behind !== undefined) take(behind);
  }
  return { entries: [...entries.values()].toSorted((one, other) => one.atMs - other.atMs), bad };
};
