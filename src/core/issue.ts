/** What a cause of trouble is, and the service it is about: shared by those that look for causes. */
import type { Cause } from './issue-words.ts';
import type { ClusterState, InstanceState, QuorumState, ServiceState, Verdict } from './model/cluster.ts';
import type { Service } from './model/topology.ts';
import { inSentence } from './users-line.ts';

/** The judgement so far, all but the headline itself. */
export type Judged = Omit<ClusterState, 'headline'>;

export type Issue = {
  readonly verdict: Verdict & ('down' | 'degraded');
  /** Worst first: smaller is worse. */
  readonly rank: number;
  readonly sentence: string;
  /** For users, while every capability works. */
  readonly users?: string;
  /** Nothing can be seen of what users feel: the impact matrix would be a guess. */
  readonly blind?: boolean;
  readonly cause?: Cause;
  /** Nothing but dark nodes is behind it. */
  readonly byDarkNodes?: boolean;
};

/** A placed service with its instances at hand. */
export type Subject = {
  readonly service: Service;
  readonly state: ServiceState;
  readonly instances: readonly InstanceState[];
};

export const RANK = {
  allDark: 0,
  quorumLost: 1,
  twoLeaders: 2,
  down: 3,
  dark: 4,
  partlyDown: 5,
  unmet: 6,
  degraded: 7,
  warning: 8,
} as const;

export const withVerdict = (subject: Subject, verdict: Verdict): readonly InstanceState[] =>
  subject.instances.filter((instance) => instance.verdict === verdict);

export const quorumHolds = ({ votes, expected, needed }: QuorumState): string =>
  votes === needed
    ? `Quorum holds, ${votes} of ${expected}: one more failure breaks it.`
    : `Quorum holds, ${votes} of ${expected}, ${needed} needed.`;

/** Why users feel nothing: the quorum, or the redundancy that the topology names, or that it answers at all. */
export const inForce = (subject: Subject): string => {
  const { quorum } = subject.state;
  if (quorum?.standing === 'held' && quorum.votes < quorum.expected) return quorumHolds(quorum);
  const [mitigation] = subject.service.mitigations;
  const isRedundant = withVerdict(subject, 'ok').length > 0;
  if (isRedundant && quorum === undefined && mitigation !== undefined) {
    return `Nothing is lost: ${inSentence(mitigation.text)}.`;
  }
  return quorum?.standing === 'held'
    ? `Nothing is lost: quorum ${quorum.votes} of ${quorum.expected}.`
    : 'It answers, but not as it should.';
};
