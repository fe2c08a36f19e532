/** Jobs view: the actions sent from this console, and how they ended, in words. */
import { formatClock, formatElapsed } from '../../core/format.ts';
import type { Job } from '../../core/model/action.ts';
import { jobRowId, selectedRow } from '../../store/rows.ts';
import { follow } from '../../store/selection.ts';
import { type AppState, topFrame } from '../../store/state.ts';
import { emptyLines, keyOf } from '../empty.ts';
import { field, fitLine, gap, type Line, seg } from '../paint.ts';
import type { ListPainter, Room } from '../painter.ts';
import type { Theme } from '../theme.ts';
import { jobVerdict } from '../verdict-words.ts';

const NAME_COLUMNS = 29;
const CLOCK_COLUMNS = 17;

const heading = (room: Room): Line => [
  ...fitLine(
    [gap(3), field('ACTION', NAME_COLUMNS, 'column'), seg('OUTCOME', 'column')],
    room.columns - CLOCK_COLUMNS,
  ),
  field('SENT', 9, 'column'),
  field('TOOK', 7, 'column', 'right'),
];

const jobLine = (state: AppState, job: Job, room: Room, isSelected: boolean, theme: Theme): Line => {
  const verdict = jobVerdict(job);
  const name = `${job.plan.verb} ${job.plan.instance}`;
  const lead: Line = [
    seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
    seg(theme.glyph(verdict), verdict),
    gap(1),
  ];
  if (room.compact) {
    return [...lead, field(name, 20, isSelected ? 'cursor' : 'plain'), gap(1), seg(job.words, verdict)];
  }
  const took = formatElapsed((job.endedAtMs ?? state.nowMs) - job.startedAtMs);
  return [
    ...fitLine(
      [
        ...lead,
        field(name, NAME_COLUMNS - 1, isSelected ? 'cursor' : 'plain'),
        gap(1),
        seg(job.words, verdict === 'ok' ? 'ok' : verdict === 'down' ? 'down' : 'plain'),
      ],
      room.columns - CLOCK_COLUMNS,
    ),
    field(formatClock(job.startedAtMs, state.utcOffsetMinutes), 9, 'faint'),
    field(took, 7, 'plain', 'right'),
  ];
};

export const jobsLines: ListPainter = (state, room, theme) => {
  const { jobs } = state;
  const head = room.compact ? [] : [heading(room)];
  if (jobs.length === 0) {
    return [
      ...head,
      ...emptyLines(
        { ...state, ui: { ...state.ui, filter: { text: '', editing: false }, onlyBroken: false } },
        theme,
        `No action was sent from here yet. ${keyOf('restart', theme)} on a service of a node asks for one.`,
      ),
    ];
  }
  const selected = selectedRow(state);
  const index = jobs.findIndex((job) => jobRowId(job) === selected);
  const height = room.rows - head.length;
  const top = follow(topFrame(state.ui).scroll, index, height, jobs.length);
  return [
    ...head,
    ...jobs
      .slice(top, top + height)
      .map((job) => jobLine(state, job, room, jobRowId(job) === selected, theme)),
  ];
};
