/** What is remembered when our own clock was set back: times that now lie ahead would keep old facts fresh. */
import type { CheckFacts, ClusterFacts } from './model/cluster.ts';
import type { NodeUnits, ProbeResult } from './model/observation.ts';

const noLater = <T extends { readonly atMs: number }>(seen: T, nowMs: number): T =>
  seen.atMs <= nowMs ? seen : { ...seen, atMs: nowMs };

const resultsNoLater = (facts: CheckFacts, nowMs: number): CheckFacts => {
  const { last, lastOk, firstFailure, lastFailure } = facts;
  const at = (result: ProbeResult): ProbeResult => noLater(result, nowMs);
  return {
    ...facts,
    ...(last && { last: at(last) }),
    ...(lastOk && { lastOk: at(lastOk) }),
    ...(firstFailure && { firstFailure: at(firstFailure) }),
    ...(lastFailure && { lastFailure: at(lastFailure) }),
  };
};

const pushesNoLater = (look: NodeUnits, nowMs: number): NodeUnits =>
  look.pushedMs === undefined
    ? look
    : {
        ...look,
        pushedMs: new Map([...look.pushedMs].map(([unit, atMs]) => [unit, Math.min(atMs, nowMs)])),
      };

/**
 * Takes every look that lies ahead of `nowMs` for one that was taken just now, so that it ages from here. Readings of
 * the nodes' clocks are dropped: they were read against the clock as it was.
 */
export const clockSetBack = (facts: ClusterFacts, nowMs: number): ClusterFacts => ({
  ...facts,
  startedAtMs: Math.min(facts.startedAtMs, nowMs),
  checks: new Map([...facts.checks].map(([id, known]) => [id, resultsNoLater(known, nowMs)])),
  units: new Map([...facts.units].map(([node, look]) => [node, pushesNoLater(noLater(look, nowMs), nowMs)])),
  clocks: new Map(),
});
