/** Whether the next batch of an operation may begin: the cluster is at least as well as it was. Pure. */
import { sentenceList } from '../../core/format.ts';
import type { ClusterFacts, ClusterState, QuorumState } from '../../core/model/cluster.ts';
import { instanceId, type NodeName } from '../../core/model/inventory.ts';
import type { ServiceName } from '../../core/model/topology.ts';

/** How well the cluster was; `trouble`: what was a cause then, or explained by one. */
export type Baseline = {
  readonly quorums: ReadonlyMap<ServiceName, { readonly votes: number; readonly held: boolean }>;
  readonly trouble: ReadonlySet<string>;
};

export type Gate = { readonly open: true } | { readonly open: false; readonly words: string };

const troubleOf = (cluster: ClusterState): readonly string[] =>
  cluster.causes.flatMap(({ subjects, explains }) => [...subjects, ...explains]);

/** How well it is now; what it once was better is kept, so that each batch may rely on what the ones before mended. */
export const baselineOf = (cluster: ClusterState, before?: Baseline): Baseline => {
  const quorums = [...cluster.services.values()].flatMap(({ name, quorum }) => {
    if (quorum === undefined) return [];
    const known = before?.quorums.get(name);
    const votes = Math.max(quorum.votes, known?.votes ?? 0);
    const held = quorum.standing === 'held' || known?.held === true;
    return [[name, { votes, held }] as const];
  });
  return { quorums: new Map(quorums), trouble: before?.trouble ?? new Set(troubleOf(cluster)) };
};

/** Votes that were counted of looks from before `sinceMs`. */
const unseenVoters = (
  { service, members }: QuorumState,
  facts: ClusterFacts,
  cluster: ClusterState,
  sinceMs: number,
): readonly NodeName[] =>
  members.filter((node) => {
    const member = cluster.instances.get(instanceId(service, node));
    return (
      member?.raft !== undefined &&
      member.checks.some((check) => (facts.checks.get(check.id)?.last?.atMs ?? 0) < sinceMs)
    );
  });

const quorumWait = (
  quorum: QuorumState,
  wanted: { readonly votes: number; readonly held: boolean },
  facts: ClusterFacts,
  cluster: ClusterState,
  sinceMs: number,
): string | undefined => {
  const { service, votes, expected, standing, faults } = quorum;
  const goal = `waiting for quorum ${wanted.votes}/${expected}`;
  if (votes < wanted.votes) return `${goal}: ${service} has ${votes}`;
  if (wanted.held && standing !== 'held') return `${goal}: ${service} is without one`;
  if (wanted.held && faults.some(({ kind }) => kind === 'no-leader')) {
    return `${goal}: ${service} has no leader`;
  }
  if (unseenVoters(quorum, facts, cluster, sinceMs).length > 0) {
    return `${goal}: ${service} is looked at again`;
  }
  return undefined;
};

/**
 * Goes by looks since `sinceMs` alone. Every group has the votes that it had; no cause has come up that was not
 * there when it began; ssh leads to the nodes that are next.
 */
export const gateSight = (
  baseline: Baseline,
  facts: ClusterFacts,
  cluster: ClusterState,
  sinceMs: number,
  next: readonly NodeName[],
): Gate => {
  for (const { name, quorum } of cluster.services.values()) {
    const wanted = baseline.quorums.get(name);
    if (quorum === undefined || wanted === undefined) continue;
    const words = quorumWait(quorum, wanted, facts, cluster, sinceMs);
    if (words !== undefined) return { open: false, words };
  }
  const fresh = cluster.causes.find(({ subjects }) => subjects.some((one) => !baseline.trouble.has(one)));
  if (fresh !== undefined) {
    return { open: false, words: `waiting for ${fresh.where}: ${fresh.why}, since this began` };
  }
  const cut = next.filter((node) => cluster.nodes.get(node)?.link.state !== 'up');
  if (cut.length > 0) return { open: false, words: `waiting for ssh to ${sentenceList(cut)}` };
  return { open: true };
};
