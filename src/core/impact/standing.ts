/** What a service does for those who call it, whichever of its instances do the work. */
import { sentenceList } from '../format.ts';
import { listNodes } from '../line-words.ts';
import { membersIn } from '../members.ts';
import type { ClusterState, InstanceState, QuorumState, Risk, ServiceState } from '../model/cluster.ts';
import type { NodeName } from '../model/inventory.ts';
import type { Service, ServiceName, Topology } from '../model/topology.ts';
import { isFunctionLost } from '../rollup.ts';
import { byItself, leadersWord } from '../split.ts';

/** The part of a judgement that the impact is read from; a hypothetical one will do. */
export type Standings = Pick<ClusterState, 'services' | 'instances' | 'nodes'>;

/**
 * `lost`: no instance does its work, or the quorum is gone. `failing`: they answer, and none as it should, or are late.
 * `starting`: none works yet. `unseen`: nobody can see whether one does. `at-risk`: it works, and one more failure
 * takes it.
 */
export type ServiceStanding = {
  readonly service: ServiceName;
  readonly kind: 'works' | 'at-risk' | 'failing' | 'starting' | 'unseen' | 'lost';
  /** "quorum lost, 1 of 3 votes"; empty when it works. */
  readonly words: string;
  readonly risk?: Risk;
  /** All that answer do so too slowly. */
  readonly slow: boolean;
  /** Nodes on which it is down, blocked or out of reach. */
  readonly out: readonly NodeName[];
  /** How many of its instances do the work, of how many. */
  readonly working: number;
  readonly total: number;
};

type Member = InstanceState & { readonly unreachable: boolean };

const isSlow = (member: Member): boolean =>
  member.verdict === 'degraded' &&
  member.checks.every((check) => check.verdict === 'ok' || check.reason.startsWith('slow '));

const isOut = (member: Member): boolean =>
  member.verdict === 'down' || member.verdict === 'blocked' || member.unreachable;

const isUnseen = (member: Member): boolean => member.verdict === 'unknown' && !member.unreachable;

const everywhere = (total: number, nodes: readonly NodeName[]): string =>
  total === 1 ? `on ${nodes[0]}` : `on all ${total} nodes`;

const onOf = (nodes: readonly NodeName[], total: number): string =>
  nodes.length === total ? everywhere(total, nodes) : `on ${listNodes(nodes)}`;

/** Where a service is out, in words: "down on node02", "unreachable on node03". */
export const outWords = ({ out, total }: ServiceStanding, state: Standings): string => {
  const dark = out.filter((node) => state.nodes.get(node)?.reachable === false);
  const down = out.filter((node) => !dark.includes(node));
  return [
    ...(down.length === 0 ? [] : [`down ${onOf(down, total)}`]),
    ...(dark.length === 0 ? [] : [`unreachable ${onOf(dark, total)}`]),
  ].join(', ');
};

const lostWords = (topology: Topology, state: ServiceState, members: readonly Member[]): string => {
  const { quorum, verdict, blockedBy } = state;
  if (verdict === 'blocked' && blockedBy !== undefined) {
    const title = topology.services.find((service) => service.name === blockedBy.service)?.title;
    return `blocked by ${title ?? blockedBy.service}`;
  }
  if (quorum?.standing === 'lost') {
    return quorum.votes < quorum.needed
      ? `quorum lost, ${quorum.votes} of ${quorum.expected} votes`
      : `no leader, ${quorum.votes} of ${quorum.expected} answer`;
  }
  const nodes = members.map((member) => member.node);
  if (members.every((member) => member.verdict === 'down')) return `down ${everywhere(nodes.length, nodes)}`;
  if (members.every((member) => member.unreachable)) return `unreachable ${everywhere(nodes.length, nodes)}`;
  return `0 of ${members.length} work`;
};

/** "1 of 2 checks: dns SERVFAIL" → "dns SERVFAIL" when all say the same. */
const failingWords = (members: readonly Member[]): string => {
  const ill = members.filter((member) => !isOut(member));
  const where = onOf(
    ill.map((member) => member.node),
    members.length,
  );
  if (ill.every(isSlow)) return `slow ${where}`;
  if (ill.every((member) => member.verdict === 'late')) return `late ${where}`;
  const reasons = new Set(ill.map((member) => member.reason.replace(/^\d+ of \d+ checks: /u, '')));
  const [reason = ''] = reasons;
  return `${reasons.size === 1 ? reason : 'fails its checks'} ${where}`;
};

type Found = Pick<ServiceStanding, 'kind' | 'words'> & { readonly risk?: Risk };

const WORKS: Found = { kind: 'works', words: '' };

/** Members that answer and are no part of the group that holds: they never joined, or are cut off from it. */
const outsiders = (members: readonly Member[], quorum: QuorumState): readonly Member[] => {
  const led = members.filter((member) => member.raft === 'leader' || member.raft === 'follower');
  // While too few are led, it is an election, and they all may be part of what comes of it.
  if (led.length < quorum.needed) return [];
  return members.filter((member) => member.raft === 'candidate' && member.verdict === 'degraded');
};

/** Without votes that are out of sight or on their way: members that may yet count are no loss. */
const isQuorumTight = (members: readonly Member[], quorum: QuorumState): boolean => {
  const coming = members.filter(
    (member) =>
      member.raft === undefined &&
      !member.unreachable &&
      (member.verdict === 'starting' || member.verdict === 'unknown'),
  ).length;
  const outside = quorum.expected - quorum.members.length;
  const counted = quorum.votes - outsiders(members, quorum).length + coming + outside;
  return counted < quorum.expected && counted <= quorum.needed;
};

const raftStanding = (members: readonly Member[], quorum: QuorumState): Found | undefined => {
  const votes = `${quorum.votes - outsiders(members, quorum).length} of ${quorum.expected} votes`;
  if (quorum.standing === 'forming') return { kind: 'starting', words: `forming, ${votes}` };
  if (quorum.standing === 'unknown') return { kind: 'unseen', words: `${votes} seen` };
  for (const fault of quorum.faults) {
    if (fault.kind === 'no-leader') {
      return members.some(isUnseen)
        ? { kind: 'unseen', words: 'no leader seen' }
        : { kind: 'failing', words: 'no leader' };
    }
    if (fault.kind === 'two-leaders') {
      const words = `${leadersWord(fault.nodes)}, ${sentenceList(fault.nodes)}`;
      return { kind: 'at-risk', words, risk: { kind: 'split' } };
    }
  }
  return isQuorumTight(members, quorum)
    ? { kind: 'at-risk', words: `${votes}, ${quorum.needed} needed`, risk: { kind: 'quorum' } }
    : undefined;
};

/** The best that any of them may turn out to be: well, then not seen, then on its way, then ill. */
const instancesStanding = (members: readonly Member[]): Found => {
  const has = (verdict: InstanceState['verdict']): readonly Member[] =>
    members.filter((member) => member.verdict === verdict && !member.unreachable);
  const well = has('ok');
  const unseen = members.filter(isUnseen);
  const coming = has('starting');
  if (well.length === 0) {
    if (unseen.length > 0) {
      return { kind: 'unseen', words: unseen.length === members.length ? 'not seen' : 'partly not seen' };
    }
    return coming.length > 0
      ? { kind: 'starting', words: 'starting' }
      : { kind: 'failing', words: failingWords(members) };
  }
  const [only, ...others] = [...well, ...has('degraded').filter(isSlow)];
  const isLast = others.length + coming.length + unseen.length === 0 && members.length > 1;
  return isLast && only !== undefined
    ? {
        kind: 'at-risk',
        words: `1 of ${members.length} works, on ${only.node}`,
        risk: { kind: 'last', node: only.node },
      }
    : WORKS;
};

/** Worst first. */
const KINDS: readonly ServiceStanding['kind'][] = [
  'lost',
  'failing',
  'starting',
  'unseen',
  'at-risk',
  'works',
];

const found = (topology: Topology, state: ServiceState, members: readonly Member[]): Found => {
  const { quorum } = state;
  if (isFunctionLost(members, quorum)) return { kind: 'lost', words: lostWords(topology, state, members) };
  const rest = instancesStanding(members);
  if (quorum === undefined) return rest;
  const raft = raftStanding(members, quorum) ?? WORKS;
  // The votes stand for the service, so being alone says no more; answers that are wrong do.
  return rest.kind !== 'at-risk' && KINDS.indexOf(rest.kind) < KINDS.indexOf(raft.kind) ? rest : raft;
};

/** As a rule there is nothing to weigh. */
const isAllWell = ({ verdict, quorum }: ServiceState, members: readonly InstanceState[]): boolean =>
  verdict === 'ok' &&
  (quorum === undefined ||
    (quorum.standing === 'held' && quorum.votes >= quorum.expected && quorum.faults.length === 0)) &&
  members.every((member) => member.verdict === 'ok');

const standingOf = (
  topology: Topology,
  service: Service,
  all: Standings,
  isBlind: boolean,
): ServiceStanding | undefined => {
  const state = all.services.get(service.name);
  if (state === undefined || state.instances.length === 0) return undefined;
  const here = membersIn(all.instances, service.name);
  if (!isBlind && isAllWell(state, here)) {
    const total = state.instances.length;
    return { service: service.name, ...WORKS, slow: false, out: [], working: total, total };
  }
  const members = here.map((instance): Member => {
    const unreachable = all.nodes.get(instance.node)?.reachable === false;
    // That its group is split is a risk of the group: each side goes on doing the work.
    return { ...instance, verdict: byItself(instance), unreachable };
  });
  const answering = members.filter((member) => member.verdict === 'degraded' && !member.unreachable);
  const isAllSlow = answering.length > 0 && answering.every(isSlow);
  return {
    service: service.name,
    ...(isBlind ? { kind: 'unseen', words: 'no node answers' } : found(topology, state, members)),
    slow: isAllSlow && !members.some((member) => member.verdict === 'ok'),
    out: isBlind ? [] : members.filter(isOut).map((member) => member.node),
    working: members.filter((member) => member.verdict === 'ok' || isSlow(member)).length,
    total: members.length,
  };
};

/**
 * How each service that runs anywhere stands. When every node is out of reach, nothing is lost that anybody could
 * know of: then all are unseen.
 */
export const standingsOf = (
  topology: Topology,
  state: Standings,
): ReadonlyMap<ServiceName, ServiceStanding> => {
  const isBlind = state.nodes.size > 0 && [...state.nodes.values()].every((node) => !node.reachable);
  return new Map(
    topology.services.flatMap((service): [ServiceName, ServiceStanding][] => {
      const standing = standingOf(topology, service, state, isBlind);
      return standing === undefined ? [] : [[service.name, standing]];
    }),
  );
};
