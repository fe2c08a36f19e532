/** Jobs view: the actions sent from this console, and how they ended, in words. */
import { actionName, unitWord } from '../../core/action-name.ts';
import { formatClock, formatElapsed } from '../../core/format.ts';
import type { Job } from '../../core/model/action.ts';
import { runLog } from '../../core/run-log.ts';
import { type Entry, jobEntries } from '../../store/jobs.ts';
import { entryRowId, selectedRow } from '../../store/rows.ts';
import { type AppState, shown } from '../../store/state.ts';
import { labelled, section } from '../detail/page.ts';
import { keyHint } from '../empty.ts';
import { field, gap, type Line, seg, spread } from '../paint.ts';
import type { ListPainter, Room } from '../painter.ts';
import { clip } from '../text.ts';
import type { Theme } from '../theme.ts';
import { jobTone, jobVerdict } from '../verdict-words.ts';
import { operationLines, operationPage } from './operation-lines.ts';

const NAME_COLUMNS = 38;
const LOG_LINES = 8;
/** Narrower than this, an outcome has a line of its own. */
const ONE_LINE_FROM = 110;

const heading = (room: Room, isOneLine: boolean): Line =>
  spread(
    [gap(3), field('ACTION', NAME_COLUMNS, 'column'), seg(isOneLine ? 'OUTCOME' : '', 'column')],
    [field('SENT', 8, 'column'), field('TOOK', 8, 'column', 'right'), gap(1)],
    room.columns,
  );

const jobLines = (
  state: AppState,
  job: Job,
  room: Room,
  isOneLine: boolean,
  isSelected: boolean,
  theme: Theme,
): readonly Line[] => {
  const verdict = jobVerdict(job);
  const took = formatElapsed((job.endedAtMs ?? state.nowMs) - job.startedAtMs);
  const words = seg(job.words, jobTone(job));
  const lead: Line = [
    seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
    seg(theme.glyph(verdict), verdict),
    gap(1),
  ];
  const name = field(
    actionName(job.plan),
    Math.min(NAME_COLUMNS - 1, room.columns - 12),
    isSelected ? 'cursor' : 'plain',
  );
  const clock = seg(formatClock(job.startedAtMs, state.utcOffsetMinutes), 'faint');
  const right: Line = [gap(1), ...(room.compact ? [] : [clock]), field(took, 8, 'plain', 'right'), gap(1)];
  const first = spread([...lead, name, gap(1), ...(isOneLine ? [words] : [])], right, room.columns);
  return isOneLine ? [first] : [first, [gap(5), words]];
};

/** The last lines that the runs of an action wrote; that line is last that was written last. */
const logLines = (state: AppState, job: Job, columns: number): readonly Line[] => {
  const lines = runLog(shown(state).facts, job.plan.target.node, job.runs ?? new Map());
  if (lines.length === 0) return [];
  return [
    ...section('Log'),
    ...lines
      .slice(-LOG_LINES)
      .map(
        ({ atMs, priority, text }): Line => [
          gap(2),
          seg(formatClock(atMs, state.utcOffsetMinutes), 'faint'),
          gap(2),
          seg(clip(text, columns - 13), priority <= 3 ? 'down' : priority === 4 ? 'degraded' : 'plain'),
        ],
      ),
  ];
};

/** All that is known of one action, for below the list. */
const jobPage = (state: AppState, job: Job, columns: number): readonly Line[] => {
  const clock = (atMs: number): string => formatClock(atMs, state.utcOffsetMinutes);
  const ended = job.endedAtMs === undefined ? '' : `, ended ${clock(job.endedAtMs)}`;
  return [
    ...section(actionName(job.plan)),
    ...labelled(job.outcome === undefined ? 'now' : 'outcome', job.words, columns, jobTone(job)),
    ...job.plan.commandLines.flatMap((line, index) => labelled(index === 0 ? 'ran' : 'then', line, columns)),
    ...labelled('took along', job.plan.takesAlong.map(unitWord).join(', '), columns),
    ...labelled('started', job.plan.starts.map(unitWord).join(', '), columns),
    ...labelled('sent', `${clock(job.startedAtMs)}${ended}`, columns),
    ...labelled('by', job.from ?? '', columns),
    ...logLines(state, job, columns),
  ];
};

const entryLines = (
  state: AppState,
  entry: Entry,
  room: Room,
  isOneLine: boolean,
  isSelected: boolean,
  theme: Theme,
): readonly Line[] =>
  entry.kind === 'job'
    ? jobLines(state, entry.job, room, isOneLine, isSelected, theme)
    : operationLines(state, entry.operation, room, isOneLine, isSelected, theme);

/** As many whole blocks as there is room for, such that the one at `index` is in sight; that one alone may be cut. */
const inSight = (blocks: readonly (readonly Line[])[], index: number, rows: number): readonly Line[] => {
  const size = (from: number, to: number): number => blocks.slice(from, to).flat().length;
  const at = Math.max(0, index);
  let from = 0;
  while (from < at && size(from, at + 1) > rows) from += 1;
  let to = at + 1;
  while (to < blocks.length && size(from, to + 1) <= rows) to += 1;
  return blocks.slice(from, to).flat().slice(0, rows);
};

export const jobsLines: ListPainter = (state, room, theme) => {
  const entries = jobEntries(state);
  const isOneLine = room.columns >= ONE_LINE_FROM;
  const head = room.compact ? [] : [heading(room, isOneLine)];
  if (entries.length === 0) {
    const how: Line = [
      gap(3),
      ...keyHint(state, 'restart', ' on a row of the tree asks for one.', theme, 'plain'),
    ];
    return [...head, [], [gap(3), seg('No action was sent from here yet.')], how];
  }
  const selected = selectedRow(state);
  const index = entries.findIndex((entry) => entryRowId(entry) === selected);
  const chosen = entries[index];
  const page =
    chosen === undefined
      ? []
      : chosen.kind === 'job'
        ? jobPage(state, chosen.job, room.columns)
        : operationPage(state, chosen.operation, room.columns);
  const space = room.rows - head.length;
  // The list comes first; of the page there is as much as half of the room holds.
  const listRows = Math.max(1, space - Math.min(page.length, Math.floor(space / 2)));
  const blocks = entries.map((entry) =>
    entryLines(state, entry, room, isOneLine, entryRowId(entry) === selected, theme),
  );
  const list = [...head, ...inSight(blocks, index, listRows)];
  return [...list, ...page.slice(0, Math.max(0, room.rows - list.length))];
};
