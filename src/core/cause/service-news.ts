/** Services that serve nobody any more, told by their group and not by the members that fail. */
import { plural, sentenceList } from '../format.ts';
import { onNodes } from '../line-words.ts';
import type { RootCause } from '../model/cause.ts';
import type { InstanceState, QuorumState } from '../model/cluster.ts';
import type { InstanceId } from '../model/inventory.ts';
import { leadersWord, rivalsOf } from '../split.ts';
import type { Subject } from './judged.ts';
import { type News, RANK } from './news.ts';
import { commonCause } from './words.ts';

const quorumLost = ({ service }: Subject, quorum: QuorumState, causes: readonly RootCause[]): News => ({
  verdict: 'down',
  rank: RANK.quorumLost,
  sentence:
    quorum.votes < quorum.needed
      ? `${service.title} has lost its quorum: ${quorum.votes} of ${plural(quorum.expected, 'vote')}, ${quorum.needed} needed.`
      : `${service.title} has no leader: ${quorum.votes} of ${quorum.expected} members answer, none leads.`,
  users: 'It takes no changes until enough members are back.',
  causes,
});

const twoLeaders = ({ service }: Subject, nodes: readonly string[], causes: readonly RootCause[]): News => ({
  verdict: 'down',
  rank: RANK.twoLeaders,
  sentence: `${service.title} has ${leadersWord(nodes)}: ${sentenceList(nodes)}.`,
  users: `Nothing has stopped, but the ${nodes.length === 2 ? 'two ' : ''}sides may accept different changes.`,
  causes,
});

const withVerdict = (instances: readonly InstanceState[], verdict: string): readonly InstanceState[] =>
  instances.filter((instance) => instance.verdict === verdict);

const allDown = ({ service, state, instances }: Subject, causes: readonly RootCause[]): News => {
  const down = withVerdict(instances, 'down');
  const where = onNodes(
    instances.map(({ node }) => node),
    instances.length,
  );
  return {
    verdict: 'down',
    rank: RANK.down,
    sentence: `${service.title} is down on ${where}: ${commonCause(down.length > 0 ? down : instances) || state.reason}.`,
    causes,
  };
};

/** `behind`: the causes of what keeps the service from working. Undefined: it works, or is merely an echo. */
export const serviceNews = (
  subject: Subject,
  behind: (ids: readonly InstanceId[]) => readonly RootCause[],
  culprits: readonly InstanceId[],
): News | undefined => {
  const { state, instances } = subject;
  if (state.verdict !== 'down') return undefined;
  if (state.quorum?.standing === 'lost') return quorumLost(subject, state.quorum, behind(culprits));
  const rivals = rivalsOf(state);
  return rivals.length === 0
    ? allDown(subject, behind(instances.map(({ id }) => id)))
    : twoLeaders(subject, rivals, []);
};
