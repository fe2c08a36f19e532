/** Reads what `systemctl show` prints. Pure: hostile, noisy or cut text gives fewer facts, never wrong ones. */
import type { UnitFacts } from '../core/model/observation.ts';
import { sanitiseLine } from '../core/sanitise.ts';

/** The properties that are asked for. Older systemd leaves out those it does not know. */
export const UNIT_PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'Type',
  'UnitFileState',
  'NRestarts',
  'ExecMainStatus',
  'ExecMainCode',
  'MainPID',
  'StatusText',
  'InvocationID',
  'NeedDaemonReload',
  'Job',
  'InactiveExitTimestampMonotonic',
  'ActiveEnterTimestampMonotonic',
  'ActiveExitTimestampMonotonic',
  'InactiveEnterTimestampMonotonic',
  'StateChangeTimestampMonotonic',
  'TimeoutStartUSec',
] as const;

export type Properties = ReadonlyMap<string, string>;

const WORD_CHARS = 120;
const STATUS_TEXT_CHARS = 200;

const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  month: 2_629_800_000,
  y: 31_557_600_000,
};

/** systemd's spans, `1min 30s` or `500ms`, in ms; undefined for `infinity` and what is no span. */
export const parseSpan = (text: string): number | undefined => {
  const parts = text.trim().split(/\s+/u);
  let total = 0;
  for (const part of parts) {
    const [, number, unit] = /^(\d+(?:\.\d+)?)([a-zµ]+)$/u.exec(part) ?? [];
    const factor = unit === undefined ? undefined : UNIT_MS[unit];
    if (number === undefined || factor === undefined) return undefined;
    total += Number(number) * factor;
  }
  return Number.isFinite(total) ? total : undefined;
};

/** `Key=value` lines to a map; a value may hold `=` itself, other lines are noise. The last of several wins. */
export const parseProperties = (lines: readonly string[]): Properties => {
  const properties = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/u.exec(line) ?? [];
    if (key !== undefined && value !== undefined) properties.set(key, value);
  }
  return properties;
};

const ASKED: ReadonlySet<string> = new Set(UNIT_PROPERTIES);

/**
 * The properties of one unit. What stands there twice with different values is left out: where two units have run into
 * each other that is the name, and so nothing is read.
 */
const blockProperties = (lines: readonly string[]): Properties => {
  const properties = new Map<string, string>();
  const clashing = new Set<string>();
  for (const [key, value] of lines.flatMap((line) => [...parseProperties([line])])) {
    if (!ASKED.has(key)) continue;
    if ((properties.get(key) ?? value) !== value) clashing.add(key);
    properties.set(key, value);
  }
  for (const key of clashing) properties.delete(key);
  return properties;
};

/** Lines without their ends, also where a terminal or a proxy made CRLF of them. */
export const linesOf = (text: string): string[] => text.split(/\r?\n/u);

const word = (value: string | undefined): string | undefined => {
  const text = value === undefined ? '' : sanitiseLine(value, WORD_CHARS);
  return text === '' || text === '[not set]' ? undefined : text;
};

const count = (value: string | undefined): number | undefined => {
  if (value === undefined || !/^\d{1,15}$/u.test(value)) return undefined;
  return Number(value);
};

/** A count where systemd writes 0 for "none". */
const positive = (value: string | undefined): number | undefined => count(value) || undefined;

const monotonicMs = (value: string | undefined): number | undefined => {
  const us = positive(value);
  return us === undefined ? undefined : us / 1000;
};

/** Leaves out what is undefined, as the exact types ask. */
const present = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

type Optional = Omit<UnitFacts, 'unit' | 'load' | 'active' | 'sub' | 'result'>;

/** The facts of one unit; undefined without Id, ActiveState or SubState. */
export const factsOf = (properties: Properties): UnitFacts | undefined => {
  const get = (key: (typeof UNIT_PROPERTIES)[number]): string | undefined => properties.get(key);
  const [unit, active, sub] = [word(get('Id')), word(get('ActiveState')), word(get('SubState'))];
  if (unit === undefined || active === undefined || sub === undefined) return undefined;
  // 0 says that no main process has ended yet; its status then means nothing.
  const exitHow = positive(get('ExecMainCode'));
  const span = get('TimeoutStartUSec');
  const statusText = get('StatusText');
  const reload = get('NeedDaemonReload');
  return {
    unit,
    active,
    sub,
    load: word(get('LoadState')) ?? '',
    result: word(get('Result')) ?? '',
    ...present<Optional>({
      type: word(get('Type')),
      unitFile: word(get('UnitFileState')),
      restarts: count(get('NRestarts')),
      exitHow,
      exitCode: exitHow === undefined ? undefined : count(get('ExecMainStatus')),
      mainPid: positive(get('MainPID')),
      statusText: statusText ? sanitiseLine(statusText, STATUS_TEXT_CHARS) : undefined,
      invocation: word(get('InvocationID')),
      needsReload: reload === undefined ? undefined : reload === 'yes',
      job: positive(get('Job')),
      inactiveExitMs: monotonicMs(get('InactiveExitTimestampMonotonic')),
      activeEnterMs: monotonicMs(get('ActiveEnterTimestampMonotonic')),
      activeExitMs: monotonicMs(get('ActiveExitTimestampMonotonic')),
      inactiveEnterMs: monotonicMs(get('InactiveEnterTimestampMonotonic')),
      stateChangeMs: monotonicMs(get('StateChangeTimestampMonotonic')),
      timeoutStartMs: span === undefined ? undefined : parseSpan(span),
    }),
  };
};

/**
 * The units of one `systemctl show`, in the order asked. Blocks without Id, ActiveState or SubState are left out, and so is the
 * last block of a text that does not end with a line end: it was cut.
 */
export const parseShow = (text: string): UnitFacts[] => {
  const blocks: string[][] = [[]];
  for (const line of linesOf(text)) {
    if (line === '') blocks.push([]);
    else blocks.at(-1)?.push(line);
  }
  // A whole text ends with a line end, so what stands after the last one is empty or cut short.
  const whole = blocks.slice(0, -1);
  return whole.flatMap((lines) => factsOf(blockProperties(lines)) ?? []);
};
