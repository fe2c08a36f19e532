/** The lines at the bottom about the newest action: what it does now, then how it ended, until that is taken note of. */
import { actionName } from '../core/action-name.ts';
import { formatElapsed } from '../core/format.ts';
import type { Job } from '../core/model/action.ts';
import { openJobs } from '../store/jobs.ts';
import { type AppState, topFrame } from '../store/state.ts';
import { keyOf } from './empty.ts';
import { clipLine, gap, type Line, lineWidth, type Segment, seg } from './paint.ts';
import { wrap } from './text.ts';
import type { Theme } from './theme.ts';
import { jobTone, jobVerdict } from './verdict-words.ts';

const progress = ({ startedAtMs, outcome, plan }: Job, nowMs: number): string =>
  outcome === undefined
    ? `  ${formatElapsed(nowMs - startedAtMs)}${plan.expectedMs === 0 ? '' : ` of about ${formatElapsed(plan.expectedMs)}`}`
    : '';

const hint = (state: AppState, job: Job, others: number, theme: Theme): Line => {
  const isEnd = job.outcome !== undefined && state.ui.stack.length === 1;
  const more = others === 0 ? '' : `+${others} more  `;
  return [
    gap(1),
    seg(more, 'faint'),
    ...(isEnd ? [seg(keyOf('back', theme), 'key'), seg(' dismisses  ', 'faint')] : []),
    seg(keyOf('view-jobs', theme), 'key'),
    seg(' jobs', 'faint'),
    gap(1),
  ];
};

/** More is in the jobs view; a small terminal has fewer lines to spare. */
const WORDS_MAX_LINES = 3;
const WORDS_MAX_LINES_SMALL = 2;

/** The command is in the dialog that was confirmed, and in the jobs view. */
const wordsOf = ({ phase, words }: Job): string => (phase === 'running' ? 'the command runs' : words);

const wordLines = (job: Job, columns: number, isRule: boolean): readonly Line[] =>
  wrap(wordsOf(job), columns - 4)
    .slice(0, isRule ? WORDS_MAX_LINES : WORDS_MAX_LINES_SMALL)
    .map((words): Line => [gap(3), seg(words, jobTone(job))]);

/**
 * Nothing when there is nothing to tell, and in the view that tells it all. `isRule`: the first line stands in a rule,
 * which fills what is left of it. What is said has lines of its own where there is too little room beside the action.
 */
export const jobLines = (
  state: AppState,
  columns: number,
  isRule: boolean,
  theme: Theme,
): readonly Line[] => {
  const [job, ...others] = openJobs(state);
  if (job === undefined || topFrame(state.ui).view === 'jobs') return [];
  const verdict = jobVerdict(job);
  const rule = (count: number): Segment => seg(theme.symbols.rule.repeat(Math.max(0, count)), 'faint');
  const what: Line = [
    ...(isRule ? [rule(1)] : []),
    gap(1),
    seg(theme.glyph(verdict), verdict),
    gap(1),
    seg(actionName(job.plan), 'strong'),
    seg(progress(job, state.nowMs)),
  ];
  const words: Line = [gap(2), seg(wordsOf(job), jobTone(job))];
  const right = isRule ? [...hint(state, job, others.length, theme), rule(1)] : [];
  const room = columns - lineWidth(right);
  const fits = lineWidth(what) + lineWidth(words) <= room;
  const left = clipLine(fits ? [...what, ...words] : what, room);
  const rest = room - lineWidth(left);
  const filled = isRule && rest > 1 ? [gap(1), rule(rest - 1)] : [gap(rest)];
  return [[...left, ...filled, ...right], ...(fits ? [] : wordLines(job, columns, isRule))];
};
