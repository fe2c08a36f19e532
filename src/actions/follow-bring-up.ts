/** Follows several units of one node until every one that was started is back, or will not be. */
import { serviceByUnit } from '../core/graph.ts';
import type { UnitName } from '../core/model/topology.ts';
import { bringUpSight, broughtBackWords, type GroupWords, notBackWords } from './bring-up.ts';
import { CANCELLED, type End, type Following, noSign, sinceMs, sourceOf, tellRuns } from './following.ts';
import { stillSplitWords, stoppedWords } from './outcome-words.ts';
import { type RunnerOptions, watchMs } from './runner-options.ts';
import { watchRecovery } from './watch.ts';

type Group = GroupWords & {
  readonly units: readonly UnitName[];
  /** They ran before and have to run anew. */
  readonly again?: boolean;
};

/** Until all of them are active, and the services among them healthy and stable. */
export const followGroup = async (
  options: RunnerOptions,
  following: Following,
  { units, again = false, ...words }: Group,
): Promise<End> => {
  const { plan, sent, before, lost, say } = following;
  const { topology, facts, cluster } = options;
  const group = {
    topology,
    target: plan.target,
    starts: units,
    again,
    before,
    isCertain: lost === undefined,
  };
  const services = units.flatMap((unit) => serviceByUnit(topology, unit)?.name ?? []);
  const timeoutMs = watchMs(options, plan.expectedMs);
  const end = await watchRecovery({
    ...sourceOf(options, following),
    sight: (since) => bringUpSight(group, facts(), cluster(), since),
    sinceMs: sinceMs(following),
    stableMs: options.stableMs(services),
    timeoutMs,
    needsSign: lost !== undefined,
    onSight: (sight) => {
      tellRuns(options, following, units);
      say(
        sight.green
          ? 'all are back, watching that they stay so'
          : `${sight.back.length} of ${units.length} are back; ${sight.reason}`,
      );
    },
  });
  switch (end.kind) {
    case 'cancelled':
      return CANCELLED;
    case 'recovered': {
      const tookMs = end.healthyAtMs - sent.monotonicMs;
      const done = broughtBackWords(topology, words, units, tookMs);
      const still = stillSplitWords(cluster(), services);
      return { outcome: 'succeeded', words: `${done}${stoppedWords(plan.leavesStopped)}${still}` };
    }
    case 'late': {
      if (lost !== undefined && !end.sign) return noSign(lost, 'anything was started');
      return { outcome: 'not-healthy', words: notBackWords(topology, words, end.sight) };
    }
    default: {
      const unknown: never = end;
      return unknown;
    }
  }
};
