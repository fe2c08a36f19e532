/** The standing of a Raft service: who votes, who leads, and what the members do not agree on. */
import type { QuorumFault, QuorumState } from './model/cluster.ts';
import type { NodeName } from './model/inventory.ts';
import type { Service } from './model/topology.ts';
import type { InstanceReading } from './verdict.ts';

/** A member as it stands for the count; `raftSinceMs` is the look that first showed its present role and size. */
export type Member = Pick<
  InstanceReading,
  'node' | 'verdict' | 'unreachable' | 'raft' | 'raftSeenMs' | 'clusterSize' | 'upMs'
> & { readonly raftSinceMs?: number };

/** Votes that a group of `expected` members needs. */
export const votesNeeded = (expected: number): number => Math.floor(expected / 2) + 1;

/** It answers with a Raft role, so it can vote; a candidate does, for itself. */
const isVote = (member: Member): boolean => member.raft !== undefined;

/** It is part of a quorum: it leads or hears a leader. */
const isLed = (member: Member): boolean => member.raft === 'leader' || member.raft === 'follower';

/** Never answered, or not for a while: it may well be voting. A dark node is not: its votes do not count. */
const mayVote = (member: Member): boolean =>
  !isVote(member) && member.verdict === 'unknown' && !member.unreachable;

/** On its way up, and not led yet: starting, or up for less than its start time and still electing. */
const isComing = (member: Member, service: Service, watchedMs: number): boolean =>
  !isLed(member) &&
  (member.verdict === 'starting' ||
    member.verdict === 'late' ||
    (member.raft === 'candidate' && (member.upMs ?? watchedMs) <= service.startMs));

/**
 * Each has been looked at since the other began to say what it says. Without this, a leader that moved or a member
 * that left between two looks would pass for a contradiction.
 */
const isConfirmedPair = (a: Member, b: Member): boolean =>
  (a.raftSeenMs ?? 0) > (b.raftSinceMs ?? Infinity) && (b.raftSeenMs ?? 0) > (a.raftSinceMs ?? Infinity);

const rivals = (leaders: readonly Member[]): readonly Member[] =>
  leaders.filter((one) => leaders.some((other) => other !== one && isConfirmedPair(one, other)));

const isSizeDispute = (a: Member, b: Member): boolean =>
  a.clusterSize !== undefined &&
  b.clusterSize !== undefined &&
  a.clusterSize !== b.clusterSize &&
  isConfirmedPair(a, b);

/** Nobody's role has changed since the oldest of these looks. */
const isSettled = (voters: readonly Member[]): boolean =>
  Math.min(...voters.map((member) => member.raftSeenMs ?? 0)) >
  Math.max(...voters.map((member) => member.raftSinceMs ?? Infinity));

/** `outside`: members that are not in the inventory; each of them may vote. */
type Size = { readonly expected: number; readonly needed: number; readonly outside: number };

/** The size that more than half of the members that state one agree on, else what the leader says. */
const confirmedSize = (voters: readonly Member[]): number | undefined => {
  const said = voters.flatMap(({ clusterSize }) => clusterSize ?? []).filter(Number.isSafeInteger);
  const agreed = said.find((size) => 2 * said.filter((other) => other === size).length > said.length);
  return agreed ?? newestLeader(voters.filter((member) => member.raft === 'leader'))?.clusterSize;
};

/** Never smaller than the inventory, where members may yet have to join. While nobody says, it is what it was. */
const sizeOf = (members: readonly Member[], previous: QuorumState | undefined): Size => {
  const confirmed = confirmedSize(members.filter(isVote)) ?? previous?.expected ?? 0;
  const expected = Math.max(members.length, Math.ceil(confirmed));
  return { expected, needed: votesNeeded(expected), outside: expected - members.length };
};

const newestLeader = (leaders: readonly Member[]): Member | undefined =>
  leaders.toSorted((a, b) => (b.raftSinceMs ?? 0) - (a.raftSinceMs ?? 0))[0];

/**
 * A claim to lead counts only while enough members are led. With a member unseen the leader may be that one; when all
 * speak and none leads, there is none.
 */
const isLeaderless = (
  members: readonly Member[],
  { needed, outside }: Size,
  standing: QuorumState['standing'],
): boolean => {
  if (standing !== 'held') return standing === 'lost';
  // The leader may be among those that nobody watches; then who follows says that there is one.
  if (outside > 0) return false;
  const voters = members.filter(isVote);
  const hasLeader = voters.some((member) => member.raft === 'leader');
  const isElecting = members.filter(isLed).length < needed;
  return isElecting || (!hasLeader && voters.length === members.length && isSettled(voters));
};

const faultsOf = (
  members: readonly Member[],
  { expected, outside }: Size,
  leaderless: boolean,
): QuorumFault[] => {
  const faults: QuorumFault[] = [];
  const voters = members.filter(isVote);
  const rival = rivals(voters.filter((member) => member.raft === 'leader'));
  if (rival.length > 1) faults.push({ kind: 'two-leaders', nodes: rival.map((member) => member.node) });
  if (leaderless) faults.push({ kind: 'no-leader' });
  const sizes = new Map<NodeName, number>();
  for (const member of voters) {
    if (member.clusterSize !== undefined) sizes.set(member.node, member.clusterSize);
  }
  // Among a thousand members that agree nobody is compared with anybody.
  const isDisputed = new Set(sizes.values()).size > 1;
  if (isDisputed && voters.some((one) => voters.some((other) => isSizeDispute(one, other)))) {
    faults.push({ kind: 'size-disagreement', sizes });
  }
  if (outside > 0) faults.push({ kind: 'beyond-inventory', size: expected, watched: members.length });
  return faults;
};

const standingOf = (
  service: Service,
  members: readonly Member[],
  { needed, outside }: Size,
  previous: QuorumState | undefined,
  watchedMs: number,
): QuorumState['standing'] => {
  const voters = members.filter(isVote);
  const led = members.filter(isLed).length;
  if (led >= needed) return 'held';
  // Too few are watched to count to a majority: all of them being led says that there is one.
  if (outside > 0 && led === members.length && led + outside >= needed) return 'held';
  // An election between two looks is not a loss; when everyone has been looked at again and none leads, it is.
  if (voters.length >= needed && previous?.standing === 'held' && !isSettled(voters)) return 'held';
  const unseen = members.filter(mayVote).length + outside;
  if (led + unseen >= needed) return 'unknown';
  const coming = members.filter((member) => isComing(member, service, watchedMs)).length;
  return previous?.everHeld !== true && led + unseen + coming >= needed ? 'forming' : 'lost';
};

/**
 * Counts the votes of a Raft service over all nodes that run it: members that answer with a Raft role. It is held
 * when enough of them lead or follow; how many are enough goes by the members' own word where that is more than the
 * inventory holds. `watchedMs` is how long we have been looking at all. `forming` is only for a
 * quorum that was never seen held: once held, what is short of votes is lost.
 */
export const judgeQuorum = (
  service: Service,
  members: readonly Member[],
  previous: QuorumState | undefined,
  watchedMs: number,
): QuorumState => {
  const size = sizeOf(members, previous);
  const { expected, needed } = size;
  const voters = members.filter(isVote);
  const standing = standingOf(service, members, size, previous, watchedMs);
  const leaderless = isLeaderless(members, size, standing);
  const leader = leaderless ? undefined : newestLeader(voters.filter((member) => member.raft === 'leader'));
  return {
    service: service.name,
    members: members.map((member) => member.node),
    expected,
    needed,
    votes: voters.length,
    standing,
    ...(standing === 'held' || previous?.everHeld === true ? { everHeld: true } : {}),
    ...(leader === undefined ? {} : { leader: leader.node }),
    faults: faultsOf(members, size, leaderless),
  };
};
