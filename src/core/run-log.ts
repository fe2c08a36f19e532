/** What the runs that an action began have written to the journal. Pure. */
import type { ClusterFacts } from './model/cluster.ts';
import type { NodeName } from './model/inventory.ts';
import type { LogLine } from './model/observation.ts';
import type { UnitName } from './model/topology.ts';

/** InvocationIDs by unit. */
export type Runs = ReadonlyMap<UnitName, string>;

/** The lines of these runs that are kept, in the node's order; none without a journal. */
export const runLog = (facts: ClusterFacts, node: NodeName, runs: Runs): readonly LogLine[] => {
  const logs = facts.news.get(node)?.logs;
  return [...runs]
    .flatMap(([unit, run]) => (logs?.get(unit) ?? []).filter((line) => line.invocation === run))
    .toSorted((one, other) => one.atMs - other.atMs);
};

/** The last that a run's own processes said; undefined when they said nothing that was heard. */
export const lastWords = (facts: ClusterFacts, node: NodeName, runs: Runs): string | undefined =>
  runLog(facts, node, runs).findLast((line) => line.from === 'unit')?.text;

/** Lines of the journal come as they are written. */
export const hearsLog = (facts: ClusterFacts, node: NodeName): boolean =>
  facts.news.get(node)?.feeds.journal?.state === 'live';
