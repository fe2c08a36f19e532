/** How an operation ended, in words: what is done, and what was not touched. Pure. */
import { formatTook, plural } from '../../core/format.ts';
import type { OperationPlan, OperationStep } from '../../core/model/operation.ts';
import { stepLabel } from '../../core/operation-words.ts';

const NAMED_MAX = 4;

const named = (plan: OperationPlan, steps: readonly OperationStep[]): string => {
  const names = steps.map(
    ({ plan: { target }, role }) => `${stepLabel(plan, target)}${role === 'leader' ? ' (leader)' : ''}`,
  );
  const rest = names.length - NAMED_MAX;
  return rest > 0 ? `${names.slice(0, NAMED_MAX).join(', ')} and ${rest} more` : names.join(', ');
};

const isDone = (step: OperationStep): boolean => step.state === 'ended' && step.job.outcome === 'succeeded';

/** "; done node01; not touched node03 (leader)". */
const rest = (plan: OperationPlan, steps: readonly OperationStep[]): string => {
  const done = steps.filter(isDone);
  const untouched = steps.filter(({ state }) => state === 'waiting' || state === 'skipped');
  return [
    done.length === 0 ? '; none done' : `; done ${named(plan, done)}`,
    ...(untouched.length === 0 ? [] : [`; not touched ${named(plan, untouched)}`]),
  ].join('');
};

export const stoppedWords = (why: string, plan: OperationPlan, steps: readonly OperationStep[]): string =>
  `${why}${rest(plan, steps)}`;

/** "node02: restarted, but not healthy after 30 s: down", for each that did not end well. */
export const failedWords = (plan: OperationPlan, steps: readonly OperationStep[]): string =>
  steps
    .flatMap((step) =>
      step.state === 'ended' && step.job.outcome !== 'succeeded'
        ? [`${stepLabel(plan, step.plan.target)}: ${step.job.words}`]
        : [],
    )
    .join('; ');

/** "3 of 3 done in 0:42". */
export const doneWords = (steps: readonly OperationStep[], tookMs: number): string =>
  `${steps.length} of ${plural(steps.length, 'done', 'done')} in ${formatTook(tookMs)}`;
