/** The logs view: one or many journals as one. It is painted from its foot upwards, where the news is. */
import { evictedOf } from '../../core/logs/buffer.ts';
import { footIndex, type LogsState, logRows } from '../../store/logs/state.ts';
import type { AppState } from '../../store/state.ts';
import { gap, type Line, seg } from '../paint.ts';
import type { ListPainter, Room } from '../painter.ts';
import type { Theme } from '../theme.ts';
import { emptyWords, headLine, notesLines } from './log-head.ts';
import { dayLine, dayOf, evictedLine, type LogColumns, logColumns, rowLines } from './log-row.ts';

/** The lines of one row, with what stands above it. */
const blockOf = (
  state: AppState,
  logs: LogsState,
  index: number,
  columns: LogColumns,
  theme: Theme,
): readonly Line[] => {
  const rows = logRows(logs);
  const row = rows[index];
  const before = rows[index - 1];
  if (row === undefined) return [];
  const offset = state.utcOffsetMinutes;
  const dayAt = (at: typeof row | undefined): string | undefined =>
    at?.kind === 'line' ? dayOf(at.line.atMs, offset) : undefined;
  const day = dayAt(row);
  const isNewDay = day !== undefined && dayAt(before) !== undefined && dayAt(before) !== day;
  const evicted = index === 0 ? evictedOf(logs.held ?? logs.buffer) : 0;
  return [
    ...(evicted > 0 ? [evictedLine(evicted)] : []),
    ...(isNewDay ? [dayLine(day)] : []),
    ...rowLines(row, logs, columns, offset, theme),
  ];
};

const listRows = (logs: LogsState, room: Room): number =>
  Math.max(1, room.rows - 1 - notesLines(logs, room.columns).length);

/** Rows up to the foot, as many as there is room for; at the oldest one, the rows below it, too. */
const listLines = (
  state: AppState,
  logs: LogsState,
  columns: LogColumns,
  height: number,
  theme: Theme,
): readonly Line[] => {
  const foot = footIndex(logs);
  let lines: readonly Line[] = [];
  for (let index = foot - 1; index >= 0 && lines.length < height; index -= 1) {
    lines = [...blockOf(state, logs, index, columns, theme), ...lines];
  }
  if (lines.length >= height) return lines.slice(-height);
  const count = logRows(logs).length;
  for (let index = foot; index < count && lines.length < height; index += 1) {
    lines = [...lines, ...blockOf(state, logs, index, columns, theme)];
  }
  return lines.slice(0, height);
};

/** How many rows the first page has: the foot stands no higher than below them. */
export const firstPageRows = (state: AppState, room: Room, theme: Theme): number => {
  const { logs } = state;
  if (logs === undefined) return 0;
  const height = listRows(logs, room);
  const count = logRows(logs).length;
  const columns = logColumns(logs, room.columns);
  let lines = 0;
  for (let index = 0; index < count; index += 1) {
    lines += blockOf(state, logs, index, columns, theme).length;
    if (lines > height) return Math.max(1, index);
  }
  // Less than a page: what may still come does not matter.
  return height;
};

export const logLines: ListPainter = (state, room, theme) => {
  const { logs } = state;
  if (logs === undefined) return [];
  const columns = logColumns(logs, room.columns);
  const rows = logRows(logs);
  const head = [
    headLine(state, logs, rows[footIndex(logs) - 1], room.columns),
    ...notesLines(logs, room.columns),
  ];
  if (rows.length === 0) return [...head, [], [gap(3), seg(emptyWords(logs))]];
  return [...head, ...listLines(state, logs, columns, listRows(logs, room), theme)];
};
