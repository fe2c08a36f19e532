/** The reducer: folds observations into what is remembered about a cluster. No verdicts here. */
import type { CheckFacts, ClusterFacts, Sample } from './model/cluster.ts';
import type { CheckTarget, NodeName } from './model/inventory.ts';
import type { LinkState, NodeUnits, Observation, ProbeResult } from './model/observation.ts';

/** Looks kept per check: two minutes at the default interval. */
export const HISTORY_LENGTH = 60;

/** Memory before the first look; `targets` and `nodes` are all that `observe` will ever accept facts about. */
export const emptyFacts = (
  targets: readonly CheckTarget[],
  nodes: readonly { readonly name: NodeName }[],
  startedAtMs: number,
): ClusterFacts => ({
  startedAtMs,
  checks: new Map(
    targets.map((target) => [target.id, { target, failuresInRow: 0, passesInRow: 0, history: [] }]),
  ),
  units: new Map(),
  links: new Map(nodes.map((node) => [node.name, { state: 'none' }])),
});

const sampleOf = (result: ProbeResult): Sample => {
  const sample = { atMs: result.atMs, ok: result.ok, totalMs: result.phases.totalMs };
  return result.ok ? sample : { ...sample, failure: result.failure.kind };
};

const remember = (facts: CheckFacts, result: ProbeResult): CheckFacts => {
  const kept =
    facts.history.length < HISTORY_LENGTH ? facts.history : facts.history.slice(1 - HISTORY_LENGTH);
  const next = { ...facts, last: result, history: [...kept, sampleOf(result)] };
  if (result.ok) return { ...next, lastOk: result, failuresInRow: 0, passesInRow: facts.passesInRow + 1 };
  return {
    ...next,
    failuresInRow: facts.failuresInRow + 1,
    passesInRow: 0,
    firstFailure: facts.failuresInRow === 0 ? result : (facts.firstFailure ?? result),
    lastFailure: result,
  };
};

/**
 * Folds a batch into the facts: one copy of each map that changes, the same object back when none does.
 * Facts about unknown checks or nodes are ignored, and so is a look older than the last one of its check or node.
 */
export const observe = (facts: ClusterFacts, observations: readonly Observation[]): ClusterFacts => {
  let checks: Map<string, CheckFacts> | undefined;
  let units: Map<NodeName, NodeUnits> | undefined;
  let links: Map<NodeName, LinkState> | undefined;

  for (const observation of observations) {
    switch (observation.kind) {
      case 'probe': {
        const known = (checks ?? facts.checks).get(observation.check);
        if (known === undefined || observation.result.atMs < (known.last?.atMs ?? -Infinity)) break;
        checks ??= new Map(facts.checks);
        checks.set(observation.check, remember(known, observation.result));
        break;
      }
      case 'units': {
        if (!facts.links.has(observation.node)) break;
        const known = (units ?? facts.units).get(observation.node);
        if (observation.look.atMs < (known?.atMs ?? -Infinity)) break;
        units ??= new Map(facts.units);
        units.set(observation.node, observation.look);
        break;
      }
      case 'link': {
        if (!facts.links.has(observation.node)) break;
        links ??= new Map(facts.links);
        links.set(observation.node, observation.link);
        break;
      }
      default: {
        const never: never = observation;
        return never;
      }
    }
  }

  if (checks === undefined && units === undefined && links === undefined) return facts;
  return {
    startedAtMs: facts.startedAtMs,
    checks: (checks as ClusterFacts['checks'] | undefined) ?? facts.checks,
    units: units ?? facts.units,
    links: links ?? facts.links,
  };
};
