/** Follows an action from the command on until it is clear what came of it, each verb in its own way. */
import { followGroup } from './follow-bring-up.ts';
import { followHealth } from './follow-health.ts';
import { followRerun } from './follow-rerun.ts';
import { followReset } from './follow-reset.ts';
import { followStop } from './follow-stop.ts';
import { type End, type Following, sinceMs } from './following.ts';
import type { RunnerOptions } from './runner-options.ts';

/** What was started or restarted, one instance by its health, a step by its run, several by all of that. */
const followStart = (options: RunnerOptions, following: Following): Promise<End> => {
  const { plan, returned } = following;
  const { target, units, starts, takesAlong, verb } = plan;
  const started = { units: [...units, ...starts], done: 'started', not: 'not up' };
  const restarted = { units: [...units, ...takesAlong], again: true, done: 'restarted', not: 'not back' };
  if (target.kind === 'node') return followGroup(options, following, verb === 'start' ? started : restarted);
  if (starts.length > 0) return followGroup(options, following, started);
  if (target.kind === 'step') return followRerun(options, following);
  return followHealth(options, following, sinceMs(following), returned.monotonicMs);
};

/** Never rejects; ends early, as cancelled, when the signal aborts. */
export const follow = (options: RunnerOptions, following: Following): Promise<End> => {
  const { plan } = following;
  switch (plan.verb) {
    case 'restart':
    case 'start':
      return followStart(options, following);
    case 'stop':
      return followStop(options, following);
    case 'reset-failed':
      return followReset(options, following);
    case 'rerun':
      return followRerun(options, following);
    case 'bring-up':
      return followGroup(options, following, { units: plan.starts, done: 'brought back', not: 'not back' });
    default:
      return plan.verb satisfies never;
  }
};
