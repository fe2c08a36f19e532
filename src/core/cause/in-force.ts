/** Why users feel nothing of a failure: the quorum, the redundancy that the topology names, or that it answers at all. */
import type { QuorumState } from '../model/cluster.ts';
import { byItself } from '../split.ts';
import { inSentence } from '../users-line.ts';
import type { Subject } from './judged.ts';

export const quorumHolds = ({ votes, expected, needed }: QuorumState): string =>
  votes === needed
    ? `Quorum holds, ${votes} of ${expected}: one more failure breaks it.`
    : `Quorum holds, ${votes} of ${expected}, ${needed} needed.`;

export const inForce = (subject: Subject): string => {
  const { quorum } = subject.state;
  if (quorum?.standing === 'held' && quorum.votes < quorum.expected) return quorumHolds(quorum);
  const [mitigation] = subject.service.mitigations;
  const isRedundant = subject.instances.some(({ verdict }) => verdict === 'ok');
  if (isRedundant && quorum === undefined && mitigation !== undefined) {
    return `Nothing is lost: ${inSentence(mitigation.text)}.`;
  }
  return quorum?.standing === 'held'
    ? `Nothing is lost: quorum ${quorum.votes} of ${quorum.expected}.`
    : 'It answers, but not as it should.';
};

/** The other members of a group go on without one of them. */
export const membersGoOn = (subject: Subject | undefined): string => {
  const quorum = subject?.state.quorum;
  if (subject === undefined) return 'Nothing is lost.';
  if (quorum === undefined) return inForce(subject);
  if (quorum.votes < quorum.expected) return quorumHolds(quorum);
  const well = subject.instances.filter((instance) => byItself(instance) === 'ok').length;
  return `Nothing is lost: ${well} of ${quorum.expected} members carry on, ${quorum.needed} needed.`;
};

export const wellAllTheSame = (subject: Subject | undefined): string =>
  subject === undefined
    ? 'Nothing is lost.'
    : `Nothing is lost: ${subject.service.title} is well all the same.`;
