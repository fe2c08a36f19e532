/** Follows an action from the command on until it is clear what came of it, each verb in its own way. */
import { followBringUp } from './follow-bring-up.ts';
import { followHealth } from './follow-health.ts';
import { followRerun } from './follow-rerun.ts';
import { type End, type Following, sinceMs } from './following.ts';
import type { RunnerOptions } from './runner-options.ts';

/** Never rejects; ends early, as cancelled, when the signal aborts. */
export const follow = (options: RunnerOptions, following: Following): Promise<End> => {
  switch (following.plan.verb) {
    case 'restart':
      return followHealth(options, following, sinceMs(following), following.returned.monotonicMs);
    case 'rerun':
      return followRerun(options, following);
    case 'bring-up':
      return followBringUp(options, following);
    default:
      return following.plan.verb satisfies never;
  }
};
