/** Operations in words that every view, notice and record shares. */
import { targetName } from './action-name.ts';
import type { ActionTarget } from './model/action.ts';
import type { Operation, OperationPlan, OperationRequest } from './model/operation.ts';

/** "restart chainfire on 3 nodes", "stop 3 marked". */
export const operationName = ({ verb, name }: Pick<OperationRequest, 'verb' | 'name'>): string =>
  `${verb} ${name}`;

/** How many of those that were asked for there is something to run for. */
const partly = ({ name, targets, steps }: OperationPlan): string =>
  steps.length === 0 || steps.length === targets.length
    ? name
    : name.replace(new RegExp(`(^| )${targets.length}(?= )`, 'u'), `$1${steps.length} of ${targets.length}`);

/** "Restart chainfire on 3 nodes", "Reset failed 3 marked", "Stop 1 of 3 marked" where the others are left out. */
export const operationTitle = (plan: OperationPlan): string => {
  const name = operationName({ ...plan, name: partly(plan) }).replace('reset-failed', 'reset failed');
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
};

/** One of the targets: "node02" where all are one service's, else "chainfire@node02". */
export const stepLabel = ({ targets }: Pick<OperationRequest, 'targets'>, target: ActionTarget): string => {
  const services = new Set(targets.map((one) => (one.kind === 'instance' ? one.service : '')));
  return services.size === 1 && target.kind === 'instance' ? target.node : targetName(target);
};

/** "2 of 3". */
export const progressWords = ({ steps }: Operation): string => {
  const ended = steps.filter((step) => step.state === 'ended').length;
  return `${ended} of ${steps.length}`;
};

/** What it does now, or how it ended: "node02 runs, then ends", "waiting for quorum 3/3: chainfire has 2; node03 next". */
export const operationWords = ({ plan, state, asked, steps, words }: Operation): string => {
  switch (state) {
    case 'done':
    case 'stopped':
    case 'paused':
      return words;
    case 'gate': {
      const next = steps.find((step) => step.state === 'waiting');
      return next === undefined ? words : `${stepLabel(plan, next.plan.target)} next, ${words}`;
    }
    case 'running': {
      const running = steps.filter((step) => step.state === 'running');
      const labels = running.map((step) => stepLabel(plan, step.plan.target));
      const now = labels.length > 3 ? `${labels.length} at once` : labels.join(', ');
      const then = asked === 'pause' ? ', then waits' : asked === 'abort' ? ', then ends' : '';
      return `${now === '' ? 'begins' : `${now} now`}${then}`;
    }
    default:
      return state satisfies never;
  }
};
