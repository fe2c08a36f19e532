/** The line at the bottom about the newest action: what it does now, then how it ended, until that is taken note of. */
import { formatElapsed } from '../core/format.ts';
import type { Job } from '../core/model/action.ts';
import { openJobs } from '../store/jobs.ts';
import { type AppState, topFrame } from '../store/state.ts';
import { keyOf } from './empty.ts';
import { clipLine, gap, type Line, lineWidth, type Segment, seg } from './paint.ts';
import type { Theme } from './theme.ts';
import { jobTone, jobVerdict } from './verdict-words.ts';

const progress = ({ startedAtMs, outcome, plan }: Job, nowMs: number): string =>
  outcome === undefined
    ? `  ${formatElapsed(nowMs - startedAtMs)} of about ${formatElapsed(plan.expectedMs)}`
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

/**
 * Undefined when there is nothing to tell, and in the view that tells it all. `isRule`: it stands in a rule, which
 * fills what is left of the line.
 */
export const jobLine = (
  state: AppState,
  columns: number,
  isRule: boolean,
  theme: Theme,
): Line | undefined => {
  const [job, ...others] = openJobs(state);
  if (job === undefined || topFrame(state.ui).view === 'jobs') return undefined;
  const verdict = jobVerdict(job);
  const rule = (count: number): Segment => seg(theme.symbols.rule.repeat(Math.max(0, count)), 'faint');
  const left: Line = [
    ...(isRule ? [rule(1)] : []),
    gap(1),
    seg(theme.glyph(verdict), verdict),
    gap(1),
    seg(`${job.plan.verb} ${job.plan.instance}`, 'strong'),
    seg(progress(job, state.nowMs)),
    seg(`  ${job.words}`, jobTone(job)),
  ];
  if (!isRule) return clipLine(left, columns);
  const right = [...hint(state, job, others.length, theme), rule(1)];
  const words = clipLine(left, columns - lineWidth(right));
  const rest = columns - lineWidth(words) - lineWidth(right);
  return [...words, ...(rest > 1 ? [gap(1), rule(rest - 1)] : [gap(rest)]), ...right];
};
