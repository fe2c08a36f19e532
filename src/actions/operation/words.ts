/** How an operation ended, in words: what is done, and what was not touched. Pure. */
import { targetName } from '../../core/action-name.ts';
import { formatTook, plural } from '../../core/format.ts';
import type { ActionTarget } from '../../core/model/action.ts';
import type { OperationPlan, OperationStep } from '../../core/model/operation.ts';

const NAMED_MAX = 4;

/** "node02" where all are one service's, else "chainfire@node02". */
export const stepLabel = ({ targets }: Pick<OperationPlan, 'targets'>, target: ActionTarget): string => {
  const services = new Set(targets.map((one) => (one.kind === 'instance' ? one.service : '')));
  return services.size === 1 && target.kind === 'instance' ? target.node : targetName(target);
};

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
