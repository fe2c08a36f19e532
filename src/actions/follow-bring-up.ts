/** Follows a bring-up until every unit that it started is back, or will not be. */
import { bringUpSight, broughtBackWords, notBackWords } from './bring-up.ts';
import { CANCELLED, type End, type Following, noSign, sinceMs, sourceOf, tellRuns } from './following.ts';
import { type RunnerOptions, watchMs } from './runner-options.ts';
import { watchRecovery } from './watch.ts';

export const followBringUp = async (options: RunnerOptions, following: Following): Promise<End> => {
  const { plan, sent, before, lost, say } = following;
  const { topology, facts, cluster } = options;
  const { starts, target } = plan;
  const bringUp = { topology, target, starts, before, isCertain: lost === undefined };
  const timeoutMs = watchMs(options, plan.expectedMs);
  const end = await watchRecovery({
    ...sourceOf(options, following),
    sight: (since) => bringUpSight(bringUp, facts(), cluster(), since),
    sinceMs: sinceMs(following),
    stableMs: options.stableMs,
    timeoutMs,
    needsSign: lost !== undefined,
    onSight: (sight) => {
      tellRuns(options, following, starts);
      say(
        sight.green
          ? 'all are back, watching that they stay so'
          : `${sight.back.length} of ${starts.length} are back; ${sight.reason}`,
      );
    },
  });
  switch (end.kind) {
    case 'cancelled':
      return CANCELLED;
    case 'recovered':
      return {
        outcome: 'succeeded',
        words: broughtBackWords(topology, starts, end.healthyAtMs - sent.monotonicMs),
      };
    case 'late': {
      if (lost !== undefined && !end.sign) return noSign(lost, 'anything was started');
      return { outcome: 'not-healthy', words: notBackWords(topology, end.sight) };
    }
    default: {
      const unknown: never = end;
      return unknown;
    }
  }
};
