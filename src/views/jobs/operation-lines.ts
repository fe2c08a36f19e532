/** Jobs view: one verb over several targets, as a head with how far it is, and a line for each of its steps. */
import { formatClock, formatElapsed, formatTook } from '../../core/format.ts';
import type { Job } from '../../core/model/action.ts';
import type { Operation, OperationStep, StepRole } from '../../core/model/operation.ts';
import { operationName, operationWords, progressWords, stepLabel } from '../../core/operation-words.ts';
import { jobOfStep } from '../../store/operations.ts';
import type { AppState } from '../../store/state.ts';
import { labelled, section } from '../detail/page.ts';
import { clipLine, field, gap, type Line, seg, spread } from '../paint.ts';
import type { Room } from '../painter.ts';
import { width } from '../text.ts';
import type { Theme } from '../theme.ts';
import { jobTone, jobVerdict, operationTone, operationVerdict } from '../verdict-words.ts';

const NAME_COLUMNS = 38;
const LABEL_MAX = 24;

const headLines = (
  state: AppState,
  operation: Operation,
  room: Room,
  isOneLine: boolean,
  isSelected: boolean,
  theme: Theme,
): readonly Line[] => {
  const { plan, startedAtMs, endedAtMs } = operation;
  const verdict = operationVerdict(operation);
  const took = formatElapsed((endedAtMs ?? state.nowMs) - startedAtMs);
  const words = seg(operationWords(operation), operationTone(operation));
  const count = progressWords(operation);
  const name = operationName(plan);
  const columns = Math.min(NAME_COLUMNS - 1, room.columns - 12);
  const label = width(name) + width(count) + 2 <= columns ? `${name}  ${count}` : name;
  const lead: Line = [
    seg(isSelected ? theme.symbols.cursor : ' ', 'key'),
    seg(theme.glyph(verdict), verdict),
    gap(1),
    field(label, columns, isSelected ? 'cursor' : 'plain'),
    gap(1),
  ];
  const clock = seg(formatClock(startedAtMs, state.utcOffsetMinutes), 'faint');
  const right: Line = [gap(1), ...(room.compact ? [] : [clock]), field(took, 8, 'plain', 'right'), gap(1)];
  const first = spread([...lead, ...(isOneLine ? [words] : [])], right, room.columns);
  return isOneLine ? [first] : [first, [gap(5), words]];
};

const WAITING: Readonly<Record<StepRole, string>> = {
  down: 'down',
  alone: 'leads alone',
  follower: 'follower',
  leader: 'leader now, goes last',
  plain: '',
};

/** Of what ended well the first words are enough: the leadership may have moved besides. */
const stepWords = (job: Job | undefined): string => {
  if (job === undefined) return 'begins';
  if (job.phase === 'running') return 'the command runs';
  return job.outcome === 'succeeded' ? (job.words.split(': ')[0] ?? job.words) : job.words;
};

const stepLine = (
  state: AppState,
  operation: Operation,
  step: OperationStep,
  labelColumns: number,
  columns: number,
  theme: Theme,
): Line => {
  const label: Line = [
    gap(5),
    field(stepLabel(operation.plan, step.plan.target), labelColumns, 'plain'),
    gap(2),
  ];
  const job = jobOfStep(state, operation, step);
  switch (step.state) {
    case 'waiting':
    case 'skipped': {
      const words = step.state === 'skipped' ? 'not touched' : WAITING[step.role];
      return [...label, seg(theme.symbols.dot, 'faint'), gap(1), seg(words, 'faint')];
    }
    case 'running':
    case 'ended': {
      const verdict = job === undefined ? 'starting' : jobVerdict(job);
      const note = step.state === 'ended' && step.note !== undefined ? `  (${step.note})` : '';
      const left: Line = [
        ...label,
        seg(theme.glyph(verdict), verdict),
        gap(1),
        seg(stepWords(job), job === undefined ? 'plain' : jobTone(job)),
        seg(note, 'faint'),
      ];
      if (job === undefined || step.state === 'ended') return clipLine(left, columns);
      const about = step.plan.expectedMs === 0 ? '' : ` of about ${formatTook(step.plan.expectedMs)}`;
      const elapsed = `${formatElapsed(state.nowMs - job.startedAtMs)}${about}`;
      return spread(left, [gap(2), seg(elapsed), gap(1)], columns);
    }
    default:
      return step satisfies never;
  }
};

/** The head; its steps while it runs, and of one that has ended while it is selected. */
export const operationLines = (
  state: AppState,
  operation: Operation,
  room: Room,
  isOneLine: boolean,
  isSelected: boolean,
  theme: Theme,
): readonly Line[] => {
  const head = headLines(state, operation, room, isOneLine, isSelected, theme);
  if (operation.endedAtMs !== undefined && !isSelected) return head;
  const labels = operation.steps.map((step) => width(stepLabel(operation.plan, step.plan.target)));
  const labelColumns = Math.min(LABEL_MAX, Math.max(...labels));
  return [
    ...head,
    ...operation.steps.map((step) => stepLine(state, operation, step, labelColumns, room.columns, theme)),
  ];
};

/** All that is known of it, for below the list. */
export const operationPage = (state: AppState, operation: Operation, columns: number): readonly Line[] => {
  const clock = (atMs: number): string => formatClock(atMs, state.utcOffsetMinutes);
  const { plan, startedAtMs, endedAtMs } = operation;
  const ended = endedAtMs === undefined ? '' : `, ended ${clock(endedAtMs)}`;
  const [first] = operation.steps;
  return [
    ...section(operationName(plan)),
    ...labelled(
      endedAtMs === undefined ? 'now' : 'outcome',
      operationWords(operation),
      columns,
      operationTone(operation),
    ),
    ...labelled('ran', first?.plan.commandLines.join('; ') ?? '', columns),
    ...labelled('order', plan.why, columns),
    ...labelled('begun', `${clock(startedAtMs)}${ended}`, columns),
  ];
};
