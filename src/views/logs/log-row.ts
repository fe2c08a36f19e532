/** One row of a log as lines of the screen. */
import { unitWord } from '../../core/action-name.ts';
import { formatClock } from '../../core/format.ts';
import type { LogRow } from '../../core/logs/model.ts';
import { placesOf, priorityWord } from '../../core/logs/sift.ts';
import { markWords } from '../../core/logs/text.ts';
import type { LogLine } from '../../core/model/observation.ts';
import type { LogsState } from '../../store/logs/state.ts';
import { logTone } from '../log-words.ts';
import { field, gap, type Line, type Segment, seg } from '../paint.ts';
import { clip, width, wrap } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';

const WARNING = 4;
const NODE_COLUMNS_MAX = 12;
const UNIT_COLUMNS_MAX = 22;
/** From here on the time is told to the millisecond. */
const MILLIS_FROM_COLUMNS = 100;
/** Narrower than this the unit's name gives way to its words. */
const UNIT_FROM_COLUMNS = 60;

const MINUTE_MS = 60_000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `Mon 2026-11-23`, on the operator's dial. */
export const dayOf = (atMs: number, offsetMinutes: number): string => {
  const date = new Date(atMs + offsetMinutes * MINUTE_MS);
  return `${WEEKDAYS[date.getUTCDay()] ?? ''} ${date.toISOString().slice(0, 10)}`;
};

/** The columns of a log, the same for all of its rows. */
export type LogColumns = {
  readonly all: number;
  readonly millis: boolean;
  /** 0: there is only one node. */
  readonly node: number;
  /** 0: there is only one unit. */
  readonly unit: number;
};

export const logColumns = ({ subject, sources }: LogsState, columns: number): LogColumns => {
  const names = [...sources.keys()];
  const units = [...new Set(subject.parts.flatMap((part) => part.units))].map(unitWord);
  const widest = (words: readonly string[], max: number): number =>
    words.length < 2 ? 0 : Math.min(max, Math.max(...words.map(width)));
  return {
    all: columns,
    millis: columns >= MILLIS_FROM_COLUMNS,
    node: widest(names, NODE_COLUMNS_MAX),
    unit: columns < UNIT_FROM_COLUMNS ? 0 : widest(units, UNIT_COLUMNS_MAX),
  };
};

const timeOf = (atMs: number, offsetMinutes: number, millis: boolean): string =>
  `${formatClock(atMs, offsetMinutes)}${millis ? `.${String(atMs % 1000).padStart(3, '0')}` : ''}`;

/** The words with what is searched for marked in them. */
const marked = (words: string, search: string, tone: Tone): readonly Segment[] => {
  const parts: Segment[] = [];
  let at = 0;
  for (const [start, end] of placesOf(words, search)) {
    if (start > at) parts.push(seg(words.slice(at, start), tone));
    parts.push(seg(words.slice(start, end), 'cursor'));
    at = end;
  }
  return at < words.length ? [...parts, seg(words.slice(at), tone)] : parts;
};

/** systemd's words about a unit are quieter than the unit's own. */
const toneOf = (line: LogLine): Tone =>
  line.priority > WARNING && line.from === 'systemd' ? 'faint' : logTone(line);

const ruled = (words: string, tone: Tone): Line => [gap(1), seg(`-- ${words} --`, tone)];

/** The row in one line, or in as many as it takes when `wrap` is on. */
export const rowLines = (
  row: LogRow,
  logs: LogsState,
  columns: LogColumns,
  offsetMinutes: number,
  theme: Theme,
): readonly Line[] => {
  if (row.kind === 'mark') {
    return [ruled(markWords(row.node, row.mark), row.mark.kind === 'rebooted' ? 'strong' : 'degraded')];
  }
  const { line } = row;
  const tone = toneOf(line);
  const word = line.priority <= WARNING ? `${priorityWord(line.priority)} ` : '';
  const lead: Line = [
    seg(row.seq === logs.found ? theme.symbols.cursor : ' ', 'key'),
    seg(timeOf(line.atMs, offsetMinutes, columns.millis), 'faint'),
    gap(1),
    ...(columns.node === 0 ? [] : [field(row.node, columns.node, 'column'), gap(1)]),
    ...(columns.unit === 0 ? [] : [field(unitWord(line.unit), columns.unit, 'column'), gap(1)]),
  ];
  const taken = lead.reduce((sum, { text }) => sum + width(text), 0);
  const room = Math.max(8, columns.all - taken);
  const parts = logs.wrap ? wrap(`${word}${line.text}`, room) : [clip(`${word}${line.text}`, room)];
  return parts.map((text, index): Line => {
    // The word is ours: what is searched for is searched for in the line.
    const own = index === 0 ? word : '';
    return [
      ...(index === 0 ? lead : [gap(taken)]),
      ...(own === '' ? [] : [seg(text.slice(0, own.length), tone)]),
      ...marked(text.slice(own.length), logs.search.text, tone),
    ];
  });
};

/** Where a new day begins. */
export const dayLine = (day: string): Line => ruled(day, 'faint');

/** Above the oldest row that is kept. */
export const evictedLine = (count: number): Line => ruled(`${count} older lines are no longer kept`, 'faint');
