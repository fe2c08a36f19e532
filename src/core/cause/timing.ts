/** When something changed, as far as the polls tell: never a moment, always between two looks. */

import type { Changed } from '../model/cause.ts';
import type { CheckFacts, ClusterFacts, InstanceState, JudgeOptions, Pace } from '../model/cluster.ts';
import { slowestMs } from '../pace.ts';

/** Its newest run of failures; undefined while it does not fail. */
const changeOf = (
  { failuresInRow, firstFailure, lastOk }: CheckFacts,
  startedAtMs: number,
): Changed | undefined =>
  failuresInRow === 0 || firstFailure === undefined
    ? undefined
    : { fromMs: Math.min(lastOk?.atMs ?? startedAtMs, firstFailure.atMs), toMs: firstFailure.atMs };

/** When the first of several things changed. */
export const firstOf = (changes: readonly Changed[]): Changed => ({
  fromMs: Math.min(...changes.map(({ fromMs }) => fromMs)),
  toMs: Math.min(...changes.map(({ toMs }) => toMs)),
});

/** All of it is one event: it was after the last look that was fine, and before the first that was not. */
const oneEvent = (changes: readonly Changed[]): Changed => {
  const fromMs = Math.max(...changes.map((change) => change.fromMs));
  const toMs = Math.min(...changes.map((change) => change.toMs));
  return fromMs <= toMs ? { fromMs, toMs } : firstOf(changes);
};

/** What only judging tells began one interval before its verdict at most. */
export const since = (sinceMs: number, { intervalMs }: Pick<Pace, 'intervalMs'>): Changed => ({
  fromMs: sinceMs - intervalMs,
  toMs: sinceMs,
});

const checkChanges = (instance: InstanceState, facts: ClusterFacts): readonly Changed[] =>
  instance.checks.flatMap(({ id }) => {
    const known = facts.checks.get(id);
    return (known && changeOf(known, facts.startedAtMs)) ?? [];
  });

/** Since when an instance is as it is: what is down is so since before its tries to start. */
export const unwellSince = ({ verdict, sinceMs, downSinceMs }: InstanceState): number =>
  verdict === 'down' ? (downSinceMs ?? sinceMs) : sinceMs;

/** As `since`, by the looks at this instance. */
export const sinceOf = (
  { checks }: InstanceState,
  sinceMs: number,
  facts: ClusterFacts,
  options: JudgeOptions,
): Changed => since(sinceMs, { intervalMs: slowestMs(checks, facts, options) });

/** When an instance stopped being well. */
export const instanceChange = (
  instance: InstanceState,
  facts: ClusterFacts,
  options: JudgeOptions,
): Changed => {
  const changes = checkChanges(instance, facts);
  return changes.length > 0 ? firstOf(changes) : sinceOf(instance, unwellSince(instance), facts, options);
};

/** When a node went dark; `here` is all that runs on it. */
export const nodeChange = (
  sinceMs: number,
  here: readonly InstanceState[],
  facts: ClusterFacts,
  options: JudgeOptions,
): Changed => {
  const changes = here.flatMap((instance) => checkChanges(instance, facts));
  return changes.length > 0 ? oneEvent(changes) : since(sinceMs, options);
};

/** How long before something changed, give or take. */
export type Lead = { readonly byMs: number; readonly giveMs: number };

/** By how much `one` changed before `other`, give or take; undefined unless it certainly did. */
export const leadOf = (one: Changed, other: Changed): Lead | undefined =>
  one.toMs >= other.fromMs
    ? undefined
    : {
        byMs: (other.fromMs + other.toMs - one.fromMs - one.toMs) / 2,
        giveMs: (other.toMs - other.fromMs + one.toMs - one.fromMs) / 2,
      };
