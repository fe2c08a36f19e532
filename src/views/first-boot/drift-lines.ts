/** What the last boot took, step by step, against what is documented. */
import type { DriftRow } from '../../core/first-boot/model.ts';
import { formatTook } from '../../core/format.ts';
import { driftId } from '../../store/boot.ts';
import { selectedRow } from '../../store/rows.ts';
import type { AppState } from '../../store/state.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import type { Room } from '../painter.ts';
import { width } from '../text.ts';
import type { Theme, Tone } from '../theme.ts';
import { bootTone, overMs } from './boot-words.ts';

const TIME = 11;
const TIME_COMPACT = 6;

const nameColumns = (rows: readonly DriftRow[], room: Room): number =>
  Math.min(room.compact ? 25 : 30, Math.max(4, ...rows.map((row) => width(row.name))) + 2);

export const driftHeading = (rows: readonly DriftRow[], room: Room): Line => [
  gap(1),
  field('STEP', nameColumns(rows, room), 'column'),
  field('DOCUMENTED', TIME, 'column', 'right'),
  field('FASTEST', TIME, 'column', 'right'),
  field('SLOWEST', TIME, 'column', 'right'),
  gap(2),
  seg('AGAINST DOCUMENTED', 'column'),
];

const time = (ms: number | undefined, theme: Theme): string =>
  ms === undefined ? theme.symbols.none : formatTook(ms);

/** "0:04 longer on node03", "as documented", or what keeps it from being done. */
const drift = (row: DriftRow): readonly [string, Tone] => {
  const { undone, slowest, documentedMs } = row;
  if (undone !== undefined) return [`${undone.node}: ${undone.words}`, bootTone(undone.state)];
  if (documentedMs === undefined) return ['not documented', 'faint'];
  if (slowest === undefined) return ['systemd cannot tell', 'faint'];
  const over = overMs(slowest.tookMs, documentedMs);
  if (over !== undefined) return [`${formatTook(over)} longer on ${slowest.node}`, 'late'];
  return slowest.tookMs < documentedMs / 2 ? ['less than half of it', 'plain'] : ['as documented', 'plain'];
};

export const driftLine = (
  state: AppState,
  row: DriftRow,
  rows: readonly DriftRow[],
  room: Room,
  theme: Theme,
): Line => {
  const isSelected = selectedRow(state) === driftId(row);
  const [words, tone] = drift(row);
  const lead: Line = [
    seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
    field(row.name, nameColumns(rows, room), isSelected ? 'cursor' : 'plain'),
  ];
  const cell = (ms: number | undefined, cellTone: Tone = 'plain') =>
    field(time(ms, theme), room.compact ? TIME_COMPACT : TIME, cellTone, 'right');
  // Without room for the words their tone is on the time.
  if (room.compact) return [...lead, cell(row.documentedMs), cell(row.slowest?.tookMs, tone)];
  return [
    ...lead,
    cell(row.documentedMs),
    cell(row.fastestMs),
    cell(row.slowest?.tookMs),
    gap(2),
    seg(words, tone),
  ];
};
