/** The shortest way back: what to do about the present causes, in the order in which it helps. Pure; nothing runs of it. */
import { hardClosure } from '../graph.ts';
import type { ClusterState, InstanceState, QuorumState } from '../model/cluster.ts';
import type { InstanceId, NodeName } from '../model/inventory.ts';
import type { ServiceName } from '../model/topology.ts';
import type { Candidate, NextStepsInput } from './candidate.ts';
import { candidatesOf } from './candidates.ts';
import type { NextStep } from './model.ts';

/** What gives a quorum back comes first, what is merely tried last. */
type Rank = 0 | 1 | 2;

const nodeOf = (id: InstanceId): NodeName => id.slice(id.lastIndexOf('@') + 1);

const isVoting = ({ cluster }: NextStepsInput, id: InstanceId): boolean => {
  const raft = cluster.instances.get(id)?.raft;
  return raft === 'leader' || raft === 'follower';
};

const lostQuorums = (cluster: ClusterState): readonly QuorumState[] =>
  [...cluster.services.values()].flatMap(({ quorum }) => (quorum?.standing === 'lost' ? [quorum] : []));

/** By service that lost its quorum: the candidates whose members give it back, as few as are needed. */
const regaining = (
  input: NextStepsInput,
  candidates: readonly Candidate[],
): ReadonlyMap<ServiceName, readonly Candidate[]> => {
  const order = new Map(input.inventory.nodes.map(({ name }, index) => [name, index]));
  const chosen = new Set<NodeName>();
  const found = new Map<ServiceName, readonly Candidate[]>();
  for (const { service, needed, votes } of lostQuorums(input.cluster)) {
    const members = candidates.flatMap((candidate) =>
      candidate.brings
        .filter((id) => id.startsWith(`${service}@`) && !isVoting(input, id))
        .map((id) => ({ candidate, node: nodeOf(id) })),
    );
    const effort = ({ candidate, node }: (typeof members)[number]): number =>
      (chosen.has(node) ? 0 : 1) + (candidate.action === undefined ? 4 : 0) + (candidate.lastResort ? 2 : 0);
    const wanted = members
      .toSorted((a, b) => effort(a) - effort(b) || (order.get(a.node) ?? 0) - (order.get(b.node) ?? 0))
      .slice(0, Math.max(0, needed - votes));
    if (votes + wanted.length < needed) continue;
    for (const { node } of wanted) chosen.add(node);
    found.set(
      service,
      wanted.map(({ candidate }) => candidate),
    );
  }
  return found;
};

/** The candidates in the order in which they are to be done. */
const ordered = (
  input: NextStepsInput,
  candidates: readonly Candidate[],
  quorums: ReadonlyMap<ServiceName, readonly Candidate[]>,
): readonly Candidate[] => {
  const wanted = new Set([...quorums.values()].flat());
  // What stands before one of these on its node has to be done before it.
  const farthest = new Map<NodeName, number>();
  for (const { nodes, place } of wanted) {
    for (const node of nodes) farthest.set(node, Math.max(place, farthest.get(node) ?? place));
  }
  const leadsTo = ({ lastResort, nodes, place }: Candidate): boolean =>
    !lastResort && nodes.some((node) => (farthest.get(node) ?? place) > place);
  const ranks = new Map(
    candidates.map((one): [Candidate, Rank] => [
      one,
      wanted.has(one) || leadsTo(one) ? 0 : one.lastResort ? 2 : 1,
    ]),
  );
  const rankOf = (one: Candidate): Rank => ranks.get(one) ?? 1;
  const nodes = new Map(input.inventory.nodes.map(({ name }, index) => [name, index]));
  const nodeAt = ({ nodes: [node] }: Candidate): number => nodes.get(node ?? '') ?? 0;
  return candidates.toSorted((a, b) => rankOf(a) - rankOf(b) || a.place - b.place || nodeAt(a) - nodeAt(b));
};

const FAILING: ReadonlySet<InstanceState['verdict']> = new Set([
  'down',
  'degraded',
  'late',
  'blocked',
  'unknown',
]);

/** For each instance that is not well, the step that clears it, by its index; -1 where none does. */
const clearing = (
  { topology, cluster }: NextStepsInput,
  steps: readonly Candidate[],
  /** By service that lost its quorum: the step with which it has it again. */
  regainedAt: ReadonlyMap<ServiceName, number>,
): readonly number[] => {
  const bringing = new Map<InstanceId, number>();
  const ofCause = new Map<string, number>();
  // The last one counts.
  for (const [index, { brings, cause, nodes }] of steps.entries()) {
    for (const id of brings) bringing.set(id, index);
    ofCause.set(cause, index);
    for (const node of nodes) ofCause.set(`${cause} ${node}`, index);
  }
  const needed = new Map(
    topology.services.map(({ name }) => {
      const needs = [name, ...hardClosure(topology, name)];
      return [name, Math.max(-1, ...needs.map((need) => regainedAt.get(need) ?? -1))];
    }),
  );
  const stepFor = ({ id, service, node, because = '' }: InstanceState): number => {
    const own = bringing.get(id);
    const lost = needed.get(service) ?? -1;
    if (own !== undefined) return Math.max(own, lost);
    if (lost >= 0) return lost;
    return ofCause.get(`${because} ${node}`) ?? ofCause.get(because) ?? -1;
  };
  return [...cluster.instances.values()]
    .filter(({ verdict, because }) => because !== undefined && FAILING.has(verdict))
    .map(stepFor);
};

/** What would mend the present causes, one step after the other. Empty while there are none, or none that can be mended. */
export const nextSteps = (input: NextStepsInput): readonly NextStep[] => {
  const candidates = candidatesOf(input);
  if (candidates.length === 0) return [];
  const quorums = regaining(input, candidates);
  const steps = ordered(input, candidates, quorums);
  const places = new Map(steps.map((one, index) => [one, index]));
  const regainedAt = new Map(
    [...quorums].map(([service, wanted]) => [
      service,
      Math.max(-1, ...wanted.map((one) => places.get(one) ?? -1)),
    ]),
  );
  const cleared = Map.groupBy(clearing(input, steps, regainedAt), (index) => index);
  return steps.map(({ place: _place, brings: _brings, ...step }, index) => ({
    ...step,
    regains: [...quorums.keys()].filter((service) => regainedAt.get(service) === index),
    clears: cleared.get(index)?.length ?? 0,
  }));
};
