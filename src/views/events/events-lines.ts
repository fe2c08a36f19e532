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

type Columns = {
  readonly age: number;
  readonly subject: number;
  /** The change: from a mark to a word, or in words. */
  readonly change: number;
  readonly inWords: boolean;
};

/** From here on both verdicts of a change are words. */
const WORDS_FROM_COLUMNS = 100;
/** "lightningstor@node03" */
const SUBJECT_COLUMNS = 21;

const columnsFor = (room: Room, theme: Theme): Columns => {
  const change = 1 + theme.symbols.arrow.length + 1 + 1 + 9;
  if (room.compact) return { age: 0, subject: 19, change: 0, inWords: false };
  return room.columns >= WORDS_FROM_COLUMNS
    ? { age: 7, subject: 26, change: 22, inWords: true }
    : { age: 7, subject: SUBJECT_COLUMNS, change, inWords: false };
};

const heading = (columns: Columns): Line => [
  gap(1),
  field('TIME', 8, 'column'),
  field('AGE', columns.age, 'column', 'right'),
  gap(2),
  field('WHAT', columns.subject, 'column'),
  field('CHANGE', columns.change, 'column'),
  seg('WHY', 'column'),
];

/** What it is now, and what it was, unless that is the same: then only the reason has changed. */
const changePart = ({ from, to }: ClusterEvent, columns: Columns, theme: Theme): Line => {
  const { arrow } = theme.symbols;
  const isNew = from !== undefined && from !== to;
  const { glyph } = theme;
  if (columns.change === 0) return [seg(glyph(to), to), gap(1)];
  if (columns.inWords) {
    const words = isNew ? `${from} ${arrow} ${to}` : to;
    return [seg(glyph(to), to), gap(1), field(words, columns.change - 2, to)];
  }
  const before = isNew ? [seg(glyph(from), from), seg(arrow, 'faint')] : [gap(1 + arrow.length)];
  return [...before, seg(glyph(to), to), gap(1), field(to, 9, to)];
};

/** One event on one line. */
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
  gap(columns.change === 0 ? 1 : 2),
  ...(columns.change === 0 ? changePart(event, columns, theme) : []),
  field(eventSubject(event), columns.subject - 1, isSelected ? 'cursor' : 'plain'),
  gap(1),
  ...(columns.change === 0 ? [] : changePart(event, columns, theme)),
  seg(event.reason, columns.change > 0 ? 'plain' : event.to),
];

/** Not being seen yet, and then being well, is no news. */
const isNews = ({ from, to }: ClusterEvent): boolean =>
  from !== undefined && !(from === 'unknown' && (to === 'ok' || to === 'unknown'));

/** The newest events that are news, for a place beside something else: without a cursor, and without what ages. */
export const recentLines = (state: AppState, room: Room, theme: Theme): readonly Line[] => {
  const columns = { ...columnsFor(room, theme), age: 0 };
  return shown(state)
    .events.filter(isNews)
    .slice(0, room.rows)
    .map((event) => eventLine(state, event, columns, false, theme));
};

export const eventsLines: ListPainter = (state, room, theme) => {
  const events = eventRowsOf(state);
  const columns = columnsFor(room, theme);
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
