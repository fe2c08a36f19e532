/** Whether the next batch of an operation may begin: the cluster is at least as well as it was. Pure. */
import { isAnswer, readAnswer } from '../../core/answer.ts';
import { stepId } from '../../core/cause/judged.ts';
import { sentenceList } from '../../core/format.ts';
import type { ActionTarget } from '../../core/model/action.ts';
import type { CheckFacts, ClusterFacts, ClusterState, QuorumState } from '../../core/model/cluster.ts';
import { type InstanceId, instanceId, type NodeName } from '../../core/model/inventory.ts';
import type { ServiceName } from '../../core/model/topology.ts';

/** How well the cluster was: who voted, who was well, and what was a cause then, or explained by one. */
export type Baseline = {
  readonly quorums: ReadonlyMap<
    ServiceName,
    { readonly voters: ReadonlySet<NodeName>; readonly held: boolean }
  >;
  readonly trouble: ReadonlySet<string>;
  readonly well: ReadonlySet<InstanceId>;
};

export type Gate = { readonly open: true } | { readonly open: false; readonly words: string };

/** A step that is held by what is down has not broken when that is back and it is still not done. */
const troubleOf = (cluster: ClusterState): readonly string[] => [
  ...cluster.causes.flatMap(({ subjects, explains }) => [...subjects, ...explains]),
  ...[...cluster.nodes.values()].flatMap(({ name, steps }) => steps.map(({ unit }) => stepId(unit, name))),
];

const hasVote = (cluster: ClusterState, service: ServiceName, node: NodeName): boolean =>
  cluster.instances.get(instanceId(service, node))?.raft !== undefined;

/**
 * How well it is now. What was better `before` is kept, and what was `mended` since counts as well: the next batch relies
 * on what the ones before it brought back.
 */
export const baselineOf = (
  cluster: ClusterState,
  before?: Baseline,
  mended: readonly ActionTarget[] = [],
): Baseline => {
  const quorums = [...cluster.services.values()].flatMap(({ name, quorum }) => {
    if (quorum === undefined) return [];
    const known = before?.quorums.get(name);
    const own = mended.filter((target) => target.kind === 'instance' && target.service === name);
    const voters = new Set([
      ...(known?.voters ?? []),
      ...quorum.members.filter((node) => hasVote(cluster, name, node)),
      ...own.map(({ node }) => node),
    ]);
    return [[name, { voters, held: quorum.standing === 'held' || known?.held === true }] as const];
  });
  const well = [...cluster.instances.values()].filter(({ verdict }) => verdict === 'ok').map(({ id }) => id);
  return {
    quorums: new Map(quorums),
    trouble: before?.trouble ?? new Set(troubleOf(cluster)),
    well: new Set([...(before?.well ?? []), ...well]),
  };
};

const tellsVotes = ({ target }: CheckFacts): boolean =>
  target.spec.kind === 'https-json' && target.spec.fields.some(({ role }) => role === 'raft');

/** A member without a leader answers 503 and says so: that is its vote as well, and what it waits for may never come. */
const isSeen = ({ target, last }: CheckFacts, sinceMs: number): boolean =>
  last !== undefined &&
  last.atMs >= sinceMs &&
  (last.ok || (isAnswer(last.failure.kind) && readAnswer(target.spec, last).raft !== undefined));

/**
 * A vote that is counted, but not seen in an answer since `sinceMs`: a verdict outlives the first failed looks, and what
 * was looked at before the batch ended says nothing of what it did to the others.
 */
const unseenVoter = (
  { service, members }: QuorumState,
  facts: ClusterFacts,
  cluster: ClusterState,
  sinceMs: number,
): NodeName | undefined =>
  members.find((node) => {
    const member = cluster.instances.get(instanceId(service, node));
    if (member?.raft === undefined) return false;
    const looks = member.checks.flatMap(({ id }) => facts.checks.get(id) ?? []).filter(tellsVotes);
    return looks.some((look) => !isSeen(look, sinceMs));
  });

const quorumWait = (
  quorum: QuorumState,
  wanted: { readonly voters: ReadonlySet<NodeName>; readonly held: boolean },
  facts: ClusterFacts,
  cluster: ClusterState,
  sinceMs: number,
): string | undefined => {
  const { service, votes, expected, standing, faults } = quorum;
  const goal = `waiting for quorum ${wanted.voters.size}/${expected}`;
  if ([...wanted.voters].some((node) => !hasVote(cluster, service, node))) {
    return `${goal}: ${service} has ${votes}`;
  }
  if (wanted.held && standing !== 'held') return `${goal}: ${service} is without one`;
  if (wanted.held && faults.some(({ kind }) => kind === 'no-leader')) {
    return `${goal}: ${service} has no leader`;
  }
  const unseen = unseenVoter(quorum, facts, cluster, sinceMs);
  return unseen === undefined ? undefined : `${goal}: ${service} on ${unseen} has not answered since`;
};

/**
 * Goes by looks since `sinceMs` alone. Every group has the votes that it had; on the nodes that were `touched` all is well
 * that was; no cause has come up that was not there when it began; ssh leads to the nodes that are next.
 */
export const gateSight = (
  baseline: Baseline,
  facts: ClusterFacts,
  cluster: ClusterState,
  sinceMs: number,
  touched: ReadonlySet<NodeName>,
  next: readonly NodeName[],
): Gate => {
  for (const { name, quorum } of cluster.services.values()) {
    const wanted = baseline.quorums.get(name);
    if (quorum === undefined || wanted === undefined) continue;
    const words = quorumWait(quorum, wanted, facts, cluster, sinceMs);
    if (words !== undefined) return { open: false, words };
  }
  const ill = [...cluster.instances.values()].find(
    ({ id, node, verdict }) => verdict !== 'ok' && touched.has(node) && baseline.well.has(id),
  );
  if (ill !== undefined) {
    const why = ill.reason === '' || ill.reason === ill.verdict ? '' : `, ${ill.reason}`;
    return { open: false, words: `waiting for ${ill.service} on ${ill.node}: ${ill.verdict}${why}` };
  }
  const fresh = cluster.causes.find(({ subjects }) => subjects.some((one) => !baseline.trouble.has(one)));
  if (fresh !== undefined) {
    return { open: false, words: `waiting for ${fresh.where}: ${fresh.why}, since this began` };
  }
  const cut = next.filter((node) => cluster.nodes.get(node)?.link.state !== 'up');
  if (cut.length > 0) return { open: false, words: `waiting for ssh to ${sentenceList(cut)}` };
  return { open: true };
};
