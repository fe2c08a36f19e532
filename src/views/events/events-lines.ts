/** Events view: every change of a verdict, newest first. */
import { formatAge, formatClock } from '../../core/format.ts';
import type { ClusterEvent } from '../../core/model/cluster.ts';
import { eventRowId, eventRowsOf, eventSubject, selectedRow } from '../../store/rows.ts';
import { follow } from '../../store/selection.ts';
import { type AppState, shown, topFrame } from '../../store/state.ts';
import { emptyLines } from '../empty.ts';
import { field, gap, type Line, seg } from '../paint.ts';
import type { ListPainter, Room } from '../painter.ts';
import type { Theme } from '../theme.ts';

type Columns = { readonly age: number; readonly subject: number; readonly change: number };

const columnsFor = (room: Room): Columns =>
  room.compact
    ? { age: 0, subject: 18, change: 0 }
    : { age: 7, subject: room.columns >= 100 ? 26 : 20, change: room.columns >= 100 ? 24 : 20 };

const heading = (columns: Columns): Line => [
  gap(1),
  field('TIME', 8, 'column'),
  field('AGE', columns.age, 'column', 'right'),
  gap(2),
  field('WHAT', columns.subject + 3, 'column'),
  field('CHANGE', columns.change, 'column'),
  seg('WHY', 'column'),
];

const change = (event: ClusterEvent, theme: Theme): string =>
  event.from === undefined ? event.to : `${event.from} ${theme.symbols.arrow} ${event.to}`;

const eventLine = (
  state: AppState,
  event: ClusterEvent,
  columns: Columns,
  isSelected: boolean,
  theme: Theme,
): Line => [
  seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
  field(formatClock(event.atMs, state.utcOffsetMinutes), 8, 'faint'),
  field(columns.age > 0 ? formatAge(shown(state).nowMs - event.atMs) : '', columns.age, 'faint', 'right'),
  gap(2),
  seg(theme.glyph(event.to), event.to),
  gap(1),
  field(eventSubject(event), columns.subject, isSelected ? 'cursor' : 'plain'),
  gap(1),
  ...(columns.change > 0 ? [field(change(event, theme), columns.change, event.to)] : []),
  seg(event.reason, columns.change > 0 ? 'plain' : event.to),
];

export const eventsLines: ListPainter = (state, room, theme) => {
  const events = eventRowsOf(state);
  const columns = columnsFor(room);
  const head = room.compact ? [] : [heading(columns)];
  if (events.length === 0) {
    const since = formatClock(shown(state).facts.startedAtMs, state.utcOffsetMinutes);
    return [...head, ...emptyLines(state, theme, `No change since ${since}, when watching began.`)];
  }
  const selected = selectedRow(state);
  const index = events.findIndex((event) => eventRowId(event) === selected);
  const height = room.rows - head.length;
  const top = follow(topFrame(state.ui).scroll, index, height, events.length);
  return [
    ...head,
    ...events
      .slice(top, top + height)
      .map((event) => eventLine(state, event, columns, eventRowId(event) === selected, theme)),
  ];
};
