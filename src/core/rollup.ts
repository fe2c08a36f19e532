/** Verdicts added up: instances into a service, services into a level, a node and the cluster. */
import { listNodes } from './line-words.ts';
import type { Blocker, QuorumState, Verdict } from './model/cluster.ts';
import { distinctSizes, rivalsOf, rivalWords } from './split.ts';
import type { InstanceReading } from './verdict.ts';

/**
 * Worst first. Late is worse than blocked because it is a cause; blocked is worse than starting because it will not
 * pass by waiting. Unknown is last before ok: what is merely not seen must not hide what is seen.
 */
const SEVERITY: readonly Verdict[] = ['down', 'degraded', 'late', 'blocked', 'starting', 'unknown', 'ok'];

/** The worst of them; `unknown` when there are none. */
export const worst = (verdicts: Iterable<Verdict>): Verdict => {
  const found = new Set(verdicts);
  return SEVERITY.find((verdict) => found.has(verdict)) ?? 'unknown';
};

/** True when `a` is worse than `b`. */
export const isWorse = (a: Verdict, b: Verdict): boolean => SEVERITY.indexOf(a) < SEVERITY.indexOf(b);

export const countVerdicts = (
  instances: Iterable<{ readonly verdict: Verdict }>,
): Readonly<Record<Verdict, number>> => {
  const counts = { ok: 0, degraded: 0, starting: 0, late: 0, down: 0, blocked: 0, unknown: 0 };
  for (const instance of instances) counts[instance.verdict] += 1;
  return counts;
};

export type ServiceVerdict = {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly blockedBy?: Blocker;
  readonly partlyBlockedBy?: Blocker;
};

type Member = Pick<
  InstanceReading,
  'node' | 'verdict' | 'reason' | 'unreachable' | 'stale' | 'ageMs' | 'blockedBy'
>;

const only = (members: readonly Member[], verdict: Verdict): readonly Member[] =>
  members.filter((member) => member.verdict === verdict);

/** One reason when all give the same, else the count. */
const commonReason = (members: readonly Member[], otherwise: string): string => {
  const reasons = new Set(members.map((member) => member.reason));
  const [reason] = reasons;
  return reasons.size === 1 && reason !== undefined && reason !== '' ? reason : otherwise;
};

const blockerOf = (members: readonly Member[]): Blocker | undefined => {
  const blockers = only(members, 'blocked').flatMap((member) => member.blockedBy ?? []);
  const [first] = blockers;
  if (first === undefined) return undefined;
  const isSame = blockers.every((other) => other.service === first.service && other.node === first.node);
  return isSame ? first : { service: first.service };
};

const blockedService = (members: readonly Member[]): ServiceVerdict => {
  const blockedBy = blockerOf(members);
  return blockedBy === undefined
    ? { verdict: 'blocked', reason: 'blocked' }
    : { verdict: 'blocked', reason: `by ${blockedBy.service}`, blockedBy };
};

/** Some serve, some are blocked, and none is worse. */
const isPartlyBlocked = (members: readonly Member[]): boolean => {
  const { ok, blocked, down, degraded, late } = countVerdicts(members);
  return ok > 0 && blocked > 0 && down + degraded + late === 0;
};

/** Others of its members serve: `have` says how many do. What blocks the rest does not block the service. */
const partlyBlocked = (members: readonly Member[], have: string): ServiceVerdict => {
  const blockedBy = blockerOf(members);
  const by = blockedBy === undefined ? '' : ` by ${blockedBy.service}`;
  return {
    verdict: 'degraded',
    reason: `${have}, ${only(members, 'blocked').length} blocked${by}`,
    ...(blockedBy === undefined ? {} : { partlyBlockedBy: blockedBy }),
  };
};

/** Its other members are well: what is known of it is told with what is not, and the latter never counts as well. */
const partlyDark = (members: readonly Member[], dark: readonly Member[], ready: number): ServiceVerdict => ({
  verdict: 'degraded',
  reason: `${ready}/${members.length}, ${dark.length} unseen: ${listNodes(dark.map(({ node }) => node))}`,
});

const unseenService = (members: readonly Member[], unknown: readonly Member[]): ServiceVerdict => {
  if (unknown.length < members.length) {
    return { verdict: 'unknown', reason: `${unknown.length} of ${members.length} unseen` };
  }
  const stale = unknown.filter((member) => member.stale);
  const reason = stale.length === members.length ? commonReason(stale, 'stale') : 'not seen yet';
  return { verdict: 'unknown', reason: members.length === 1 ? (members[0]?.reason ?? reason) : reason };
};

/** Every instance counts the same: what the service is without regard to votes. */
const addUp = (members: readonly Member[]): ServiceVerdict => {
  const total = members.length;
  if (total === 0) return { verdict: 'unknown', reason: 'runs on no node' };
  if (members.every((member) => member.verdict === 'ok')) return { verdict: 'ok', reason: '' };
  const down = only(members, 'down');
  const blocked = only(members, 'blocked');
  const degraded = only(members, 'degraded');
  const unknown = only(members, 'unknown');
  const dark = unknown.filter((member) => member.unreachable);
  const ready = only(members, 'ok').length;
  const up = ready + degraded.length;

  if (down.length + blocked.length + dark.length === total) {
    if (down.length > 0) return { verdict: 'down', reason: commonReason(down, `0 of ${total} up`) };
    if (blocked.length > 0) return blockedService(members);
    return { verdict: 'down', reason: 'unreachable' };
  }
  if (down.length > 0) {
    const reason = up > 0 ? `${up} of ${total} up` : `${down.length} of ${total} down`;
    return { verdict: 'degraded', reason };
  }
  if (degraded.length > 0) {
    // "1 of 2 checks: dns timeout" goes on in the instance's own row.
    const [reason = ''] = commonReason(degraded, `${degraded.length} of ${total} degraded`).split(':');
    return { verdict: 'degraded', reason };
  }
  const [late] = only(members, 'late');
  if (late !== undefined) {
    return { verdict: 'late', reason: total === 1 ? late.reason : `${ready} of ${total} ready` };
  }
  if (isPartlyBlocked(members)) return partlyBlocked(members, `${ready}/${total}`);
  if (blocked.length > 0) return blockedService(members);
  const [starting] = only(members, 'starting');
  if (starting !== undefined) {
    return { verdict: 'starting', reason: total === 1 ? starting.reason : `${ready} of ${total} ready` };
  }
  if (unknown.length === 0) return { verdict: 'ok', reason: '' };
  // What nobody has looked at yet may be anything; a dark node is known to be one.
  return unknown.length === dark.length ? partlyDark(members, dark, ready) : unseenService(members, unknown);
};

const votesWords = (quorum: QuorumState): string =>
  `${quorum.votes}/${quorum.expected}${quorum.leader === undefined ? '' : ` leader ${quorum.leader}`}`;

const formingWords = (quorum: QuorumState): string => `forming ${quorum.votes}/${quorum.expected}`;

const withFaults = (sum: ServiceVerdict, quorum: QuorumState): ServiceVerdict => {
  const [fault] = quorum.faults;
  if (fault === undefined) return sum;
  switch (fault.kind) {
    case 'no-leader':
      // Blocked has a better explanation already.
      return sum.verdict === 'blocked' || isWorse(sum.verdict, 'degraded')
        ? sum
        : { verdict: 'degraded', reason: 'no leader' };
    case 'size-disagreement': {
      if (sum.verdict !== 'ok') return sum;
      return {
        verdict: 'degraded',
        reason: `sizes differ: ${distinctSizes(fault.sizes.values()).join(', ')}`,
      };
    }
    case 'two-leaders':
    case 'beyond-inventory':
      return sum;
    default: {
      const never: never = fault;
      return never;
    }
  }
};

const withQuorum = (members: readonly Member[], quorum: QuorumState): ServiceVerdict => {
  const sum = addUp(members);
  const rivals = rivalsOf({ quorum });
  // Two that lead are two, whoever else is seen; without a quorum neither of them gets anything done.
  if (rivals.length > 0 && quorum.standing !== 'lost') return { verdict: 'down', reason: rivalWords(rivals) };
  switch (quorum.standing) {
    case 'lost': {
      const failing = members.filter((member) => member.verdict !== 'ok' && !member.unreachable);
      if (failing.length > 0 && failing.every((member) => member.verdict === 'blocked')) {
        return blockedService(members);
      }
      const lack = quorum.votes < quorum.needed ? 'no quorum' : 'no leader';
      return { verdict: 'down', reason: `${lack} ${quorum.votes}/${quorum.expected}` };
    }
    case 'forming':
      // One that was never formed serves nobody, whoever is up: what blocks the others holds it up as a whole.
      if (isPartlyBlocked(members)) return blockedService(members);
      return sum.verdict === 'blocked' || sum.verdict === 'late'
        ? sum
        : { verdict: 'starting', reason: formingWords(quorum) };
    case 'unknown':
      // A member that nobody has seen yet may vote already: until it is seen, the others form the quorum.
      return sum.verdict === 'starting' && quorum.everHeld !== true
        ? { ...sum, reason: formingWords(quorum) }
        : sum;
    case 'held': {
      const isShort = quorum.votes < quorum.expected;
      const counted = isPartlyBlocked(members)
        ? partlyBlocked(members, `${quorum.votes}/${quorum.expected}`)
        : sum.verdict === 'ok' || (isShort && sum.verdict !== 'blocked')
          ? { ...sum, reason: votesWords(quorum) }
          : sum;
      // A member on a dark node is a vote less, and that is known.
      const isVoteDark = counted.verdict === 'unknown' && members.some((member) => member.unreachable);
      return withFaults(isVoteDark ? { ...counted, verdict: 'degraded' } : counted, quorum);
    }
    default: {
      const never: never = quorum.standing;
      return never;
    }
  }
};

/** The service as a whole; a Raft service is never better than its quorum. */
export const judgeService = (members: readonly Member[], quorum: QuorumState | undefined): ServiceVerdict =>
  quorum === undefined ? addUp(members) : withQuorum(members, quorum);

/** No instance does the service's work any more: lost quorum, or all of them down, blocked or out of reach. */
export const isFunctionLost = (
  members: readonly { readonly verdict: Verdict; readonly unreachable: boolean }[],
  quorum: QuorumState | undefined,
): boolean =>
  quorum?.standing === 'lost' ||
  (members.length > 0 &&
    members.every(
      (member) => member.verdict === 'down' || member.verdict === 'blocked' || member.unreachable,
    ));

/**
 * The cluster from its placed services. Blocked, as a whole or in part, does not count: its cause is among the others. A node that is dark, or
 * where a step is wrong, makes the cluster degraded at least, though every service may be well or merely unknown.
 */
export const judgeCluster = (
  services: readonly Pick<ServiceVerdict, 'verdict' | 'partlyBlockedBy'>[],
  hasFaultyNode: boolean,
): Verdict => {
  const own = services.filter(
    ({ verdict, partlyBlockedBy }) => verdict !== 'blocked' && partlyBlockedBy === undefined,
  );
  const sum = worst(own.map(({ verdict }) => verdict));
  return hasFaultyNode && isWorse('degraded', sum) ? 'degraded' : sum;
};
