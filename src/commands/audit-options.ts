/** The words of `plasmatop audit`: which actions to show. Pure. */
import type { AuditFilter } from '../core/audit/select.ts';
import { nearestName } from '../topology/names.ts';
import type { HelpSection } from './help-text.ts';

export const auditHelp: readonly HelpSection[] = [
  {
    title: 'Times for --since',
    rows: [
      ['2h, 30m, 7d, 1h30m', 'so long ago'],
      ['2026-11-23', 'from that day on, here'],
      ['2026-11-23T09:30', 'from that minute on, here'],
    ],
  },
];

const SPAN = /^(?=\d)(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s)?$/u;
const DAY = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/u;

/** Wall time, ms; undefined when it is no time. */
export const parseSince = (text: string, nowMs: number): number | undefined => {
  const span = SPAN.exec(text);
  if (span !== null) {
    const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = span;
    const hoursAll = Number(days) * 24 + Number(hours);
    return nowMs - ((hoursAll * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  }
  const day = DAY.exec(text);
  if (day === null) return undefined;
  const [, year, month, date, hour = '0', minute = '0', second = '0'] = day;
  const at = new Date(
    Number(year),
    Number(month) - 1,
    Number(date),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return at.getMonth() === Number(month) - 1 && at.getDate() === Number(date) ? at.getTime() : undefined;
};

export type AuditWords = {
  readonly filter: AuditFilter;
  /** Only so many, the newest. */
  readonly last?: number;
};

export type ParsedAuditWords =
  | { readonly ok: true; readonly words: AuditWords }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

/** The words of --outcome. */
export const OUTCOMES = ['succeeded', 'failed', 'not-healthy', 'timeout', 'refused', 'cancelled', 'unknown'];

/** Reads the flags, by name without dashes. */
export const parseAuditWords = (
  flag: (name: string) => string | undefined,
  isOpen: boolean,
  verbs: readonly string[],
  nowMs: number,
): ParsedAuditWords => {
  const [since, lines, verb, outcome] = [flag('since'), flag('lines'), flag('verb'), flag('outcome')];
  const sinceMs = since === undefined ? undefined : parseSince(since, nowMs);
  if (since !== undefined && sinceMs === undefined) {
    return {
      ok: false,
      message: '--since is not a time',
      remedy: '2h, 30m, 7d, 2026-11-23, 2026-11-23T09:30',
    };
  }
  if (lines !== undefined && !/^[1-9]\d{0,6}$/u.test(lines)) {
    return { ok: false, message: '--lines is not a number', remedy: 'write how many of the newest: -n 20' };
  }
  for (const [name, word, known] of [
    ['verb', verb, verbs],
    ['outcome', outcome, OUTCOMES],
  ] as const) {
    if (word === undefined || known.includes(word)) continue;
    const near = nearestName(word, known);
    const remedy = near === undefined ? `There is: ${known.join(', ')}` : `Did you mean ${near}?`;
    return { ok: false, message: `--${name}: there is no such ${name}`, remedy };
  }
  const said = (name: 'target' | 'node' | 'verb' | 'user' | 'outcome') => {
    const word = flag(name);
    return word === undefined ? {} : { [name]: word };
  };
  return {
    ok: true,
    words: {
      filter: {
        ...(sinceMs === undefined ? {} : { sinceMs }),
        ...said('target'),
        ...said('node'),
        ...said('verb'),
        ...said('user'),
        ...said('outcome'),
        ...(isOpen ? { open: true } : {}),
      },
      ...(lines === undefined ? {} : { last: Number(lines) }),
    },
  };
};
