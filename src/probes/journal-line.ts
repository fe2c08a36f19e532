/** Reads one line of `journalctl -o json`. Pure: hostile or cut text gives nothing, never something that is not in it. */
import type { LogLine } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { sanitiseLine } from '../core/sanitise.ts';

/** The fields that are asked for; journalctl adds cursor, times and boot by itself. */
export const JOURNAL_FIELDS = [
  'MESSAGE',
  'PRIORITY',
  '_PID',
  '_UID',
  '_SYSTEMD_UNIT',
  '_SYSTEMD_INVOCATION_ID',
  'UNIT',
  'INVOCATION_ID',
  'OBJECT_SYSTEMD_UNIT',
  'COREDUMP_UNIT',
  'JOB_ID',
  'JOB_RESULT',
] as const;

export type JournalEntry = {
  readonly line: LogLine;
  /** Names the entry among all of all time; empty when it came without. */
  readonly cursor: string;
  /** The node's wall clock, µs since the epoch. */
  readonly atUs: number;
  /** The node's monotonic clock since `boot` began, µs. */
  readonly monotonicUs?: number;
  /** 32 hex digits. */
  readonly boot?: string;
  /** systemd says with this entry how a job of the unit ended. */
  readonly job?: { readonly id: number; readonly result: string };
};

/** Of a line's text, where not told otherwise. */
const TEXT_CHARS = 300;
const WORD_CHARS = 64;
const CURSOR_CHARS = 256;
const INFO = 6;
const BOOT_ID = /^[0-9a-f]{32}$/u;
/** journalctl writes null for a field of more than 4096 bytes. */
const TOO_LONG = '(a line too long to be sent)';
const UNIT_FIELD = /"(_SYSTEMD_|OBJECT_SYSTEMD_|COREDUMP_)?UNIT":"((?:[^"\\]|\\.){1,255})"/gu;
/** The year 9999: later ones are no dates. */
const MAX_US = 253_402_300_799_000_000;

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isByte = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;

/** A field's text: plain, as bytes where it is not UTF-8, absent when too long, or several of these. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (value === null) return TOO_LONG;
  if (!Array.isArray(value)) return undefined;
  const parts: readonly unknown[] = value;
  if (parts.length > 0 && parts.every(isByte)) return new TextDecoder().decode(Uint8Array.from(parts));
  // No deeper than journalctl nests them.
  const several = parts.map((part) =>
    Array.isArray(part) && !part.every(isByte) ? undefined : textOf(part),
  );
  return several.some((part) => part === undefined) ? undefined : several.join(' ');
};

/** A short field that must be one plain text. */
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= WORD_CHARS * 4 ? value : undefined;

const numberOf = (value: unknown, max: number): number | undefined => {
  if (typeof value !== 'string' || !/^\d{1,18}$/u.test(value)) return undefined;
  const number = Number(value);
  return number <= max ? number : undefined;
};

/** Written by systemd itself. */
const isManagers = (fields: Fields): boolean => fields._PID === '1' || fields._SYSTEMD_UNIT === 'init.scope';

type Owner = Pick<LogLine, 'unit' | 'from'> & { readonly invocation: string | undefined };

/**
 * Whose line it is. Fields with an underscore are the journal's own and cannot be forged; the others count only from
 * systemd itself or, for a core dump or a helper's words about a unit, from root.
 */
const ownerOf = (fields: Fields, units: ReadonlySet<UnitName>): Owner | undefined => {
  const watched = (value: unknown): UnitName | undefined => {
    const name = typeof value === 'string' ? value : undefined;
    return name !== undefined && units.has(name) ? name : undefined;
  };
  const told = isManagers(fields) ? watched(fields.UNIT) : undefined;
  if (told !== undefined) return { unit: told, from: 'systemd', invocation: word(fields.INVOCATION_ID) };
  const own = watched(fields._SYSTEMD_UNIT);
  if (own !== undefined) return { unit: own, from: 'unit', invocation: word(fields._SYSTEMD_INVOCATION_ID) };
  if (fields._UID !== '0') return undefined;
  const about = watched(fields.OBJECT_SYSTEMD_UNIT) ?? watched(fields.COREDUMP_UNIT);
  return about === undefined ? undefined : { unit: about, from: 'systemd', invocation: undefined };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const jobOf = (fields: Fields, from: LogLine['from']): Pick<JournalEntry, 'job'> => {
  const id = numberOf(fields.JOB_ID, 0xffff_ffff);
  const result = word(fields.JOB_RESULT);
  if (from !== 'systemd' || !isManagers(fields) || id === undefined || result === undefined) return {};
  return { job: { id, result: sanitiseLine(result, WORD_CHARS) } };
};

const placeOf = (fields: Fields): Pick<JournalEntry, 'monotonicUs' | 'boot'> => {
  const monotonicUs = numberOf(fields.__MONOTONIC_TIMESTAMP, MAX_US);
  const boot = word(fields._BOOT_ID);
  return {
    ...(monotonicUs === undefined ? {} : { monotonicUs }),
    ...(boot === undefined || !BOOT_ID.test(boot) ? {} : { boot }),
  };
};

/**
 * The entry in one line of JSON, or undefined: no entry, not of one of these units, or without words or a time. Of its
 * text `textChars` characters at most.
 */
export const parseJournalLine = (
  text: string,
  units: ReadonlySet<UnitName>,
  textChars = TEXT_CHARS,
): JournalEntry | undefined => {
  const fields = parse(text);
  if (!isObject(fields)) return undefined;
  const owner = ownerOf(fields, units);
  const atUs = numberOf(fields.__REALTIME_TIMESTAMP, MAX_US);
  const message = textOf(fields.MESSAGE);
  if (owner === undefined || atUs === undefined || message === undefined) return undefined;
  const words = sanitiseLine(message, textChars);
  if (words === '') return undefined;
  const { unit, from, invocation } = owner;
  const cursor = fields.__CURSOR;
  return {
    line: {
      unit,
      atMs: Math.floor(atUs / 1000),
      priority: numberOf(fields.PRIORITY, 7) ?? INFO,
      text: words,
      from,
      ...(invocation === undefined ? {} : { invocation: sanitiseLine(invocation, WORD_CHARS) }),
    },
    cursor: typeof cursor === 'string' && cursor.length <= CURSOR_CHARS ? cursor : '',
    atUs,
    ...placeOf(fields),
    ...jobOf(fields, from),
  };
};

/**
 * Which unit a line is about, at a glance, so that a flood is shed without reading it all. Inside a JSON text each quote
 * is escaped, so a message cannot look like a field.
 */
export const unitAtGlance = (text: string, units: ReadonlySet<UnitName>): UnitName | undefined => {
  let found: UnitName | undefined;
  for (const [, field, name = ''] of text.matchAll(UNIT_FIELD)) {
    // `foo\x2dbar.service` stands there with two backslashes.
    const unit = name.replaceAll('\\\\', '\\');
    if (!units.has(unit)) continue;
    // Only this one cannot be forged: one unit's flood must not displace the lines of another.
    if (field === '_SYSTEMD_') return unit;
    found ??= unit;
  }
  return found;
};
