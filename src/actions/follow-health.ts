/** Follows an instance that was started or restarted until its health check is green and stable. */
import { formatAge } from '../core/format.ts';
import { instanceId } from '../core/model/inventory.ts';
import {
  CANCELLED,
  type End,
  type Following,
  factsIn,
  lostWords,
  noSign,
  sourceOf,
  tellRuns,
} from './following.ts';
import { recoveredWord, recoveredWords, stillSplitWords, stoppedWords } from './outcome-words.ts';
import { type RunnerOptions, watchMs } from './runner-options.ts';
import { sightOf } from './settle.ts';
import { watchRecovery } from './watch.ts';

/** Until the instance is active and its health check green and stable. `activeMs`: monotonic. */
export const followHealth = async (
  options: RunnerOptions,
  following: Following,
  fromMs: number,
  activeMs: number,
): Promise<End> => {
  const { plan, sent, lost, before, say } = following;
  const { target, unit, verb } = plan;
  const did = verb === 'start' ? 'started' : 'restarted';
  if (target.kind !== 'instance') return { outcome: 'succeeded', words: 'done' };
  const timeoutMs = watchMs(options, plan.expectedMs);
  const doing = lost === undefined ? 'active, ' : lostWords(lost);
  const invocationBefore = factsIn(before, unit)?.invocation;
  say(`${doing}health not green yet`);
  const end = await watchRecovery({
    ...sourceOf(options, following),
    sight: (since) =>
      sightOf(options.facts(), options.cluster(), {
        instance: instanceId(target.service, target.node),
        node: target.node,
        unit,
        sinceMs: since,
        ...(invocationBefore === undefined ? {} : { invocationBefore }),
      }),
    sinceMs: fromMs,
    stableMs: options.stableMs([target.service]),
    timeoutMs,
    needsSign: lost !== undefined,
    onSight: (sight) => {
      tellRuns(options, following, [unit]);
      say(sight.green ? 'healthy, watching that it stays so' : `${doing}${sight.reason}`);
    },
  });
  switch (end.kind) {
    case 'cancelled':
      return CANCELLED;
    case 'recovered': {
      const healthyMs = end.healthyAtMs - sent.monotonicMs;
      const words =
        lost === undefined
          ? recoveredWords(verb, activeMs - sent.monotonicMs, healthyMs)
          : `${recoveredWord(verb)} in ${formatAge(healthyMs)}, though ssh was lost meanwhile`;
      const still = stillSplitWords(options.cluster(), [target.service]);
      return { outcome: 'succeeded', words: `${words}${stoppedWords(plan.leavesStopped)}${still}` };
    }
    case 'late': {
      const now = end.sight.reason === '' ? 'well once, but not seen to stay so' : end.sight.reason;
      if (lost !== undefined && !end.sign) return noSign(lost, `it was ${did}`);
      return {
        outcome: 'not-healthy',
        words: `${did}, but not healthy after ${formatAge(timeoutMs)}: ${now}`,
      };
    }
    default: {
      const unknown: never = end;
      return unknown;
    }
  }
};
