/** The verdict of a stop in one or two sentences: is it safe, what breaks, what users would notice. */
import { sentenceList } from '../format.ts';
import { serviceByName } from '../graph.ts';
import { isWorse } from '../impact/capabilities.ts';
import type { InstanceState } from '../model/cluster.ts';
import type { ServiceName, Topology } from '../model/topology.ts';
import { clause, forUsers } from '../users-line.ts';
import type { CapabilityChange, QuorumChange, Stop, Weight, WhatIf, WhatIfInput } from './model.ts';

type Found = Omit<WhatIf, 'weight' | 'sentence'>;

/** Users notice that they have less of it than now: of what is only at risk they notice nothing. */
export const isWorsened = ({ before, during }: CapabilityChange): boolean =>
  (during === 'lost' || during === 'degraded') && isWorse(during, before);

const worsened = ({ capabilities }: Found): readonly CapabilityChange[] => capabilities.filter(isWorsened);

const broken = ({ quorums }: Found): readonly QuorumChange[] =>
  quorums.filter(({ was, becomes }) => becomes === 'lost' && was !== 'lost');

const hanging = ({ quorums }: Found): readonly QuorumChange[] =>
  quorums.filter(({ becomes }) => becomes === 'unknown');

const lostAlready = ({ quorums }: Found): readonly QuorumChange[] =>
  quorums.filter(({ was, becomes }) => was === 'lost' && becomes === 'lost');

/** How much is at stake. */
export const weightOf = (found: Found): Weight => {
  const { stop, cascades, dark } = found;
  if (cascades.length === 0) {
    return stop.kind !== 'service' && dark.includes(stop.node) ? 'unseen' : 'nothing';
  }
  if (broken(found).length > 0 || worsened(found).length > 0) return 'harm';
  const isDoubtful = hanging(found).length + lostAlready(found).length + found.gone.length > 0;
  return isDoubtful ? 'risk' : 'safe';
};

const titleOf = (topology: Topology, name: ServiceName): string =>
  serviceByName(topology, name)?.title ?? name;

const subjectOf = (topology: Topology, stop: Stop): string => {
  switch (stop.kind) {
    case 'instance':
      return `${titleOf(topology, stop.service)} on ${stop.node}`;
    case 'service':
      return titleOf(topology, stop.service);
    case 'node':
      return stop.node;
    default:
      return stop satisfies never;
  }
};

const ROOM = 90;

/** "New VMs, API logins and metrics would be down. Pods would be degraded." */
const usersWords = (found: Found): readonly string[] => {
  const worse = worsened(found);
  const lost = forUsers(worse.filter(({ during }) => during === 'lost'));
  const degraded = forUsers(worse.filter(({ during }) => during === 'degraded'));
  return [
    ...(lost.length === 0 ? [] : [clause(lost, 'would be down.', ROOM)]),
    ...(degraded.length === 0 ? [] : [clause(degraded, 'would be degraded.', ROOM)]),
  ];
};

const votesWords = ({ during, expected }: QuorumChange): string => `${during} of ${expected}`;

const works = ({ verdict }: InstanceState): boolean => verdict === 'ok' || verdict === 'degraded';

/** What goes on: the votes that are left, or the instances. */
const staying = ({ topology }: WhatIfInput, { quorums, stop, during }: Found): string => {
  const [first, ...others] = quorums;
  if (first !== undefined) {
    const isSame = others.every((other) => votesWords(other) === votesWords(first));
    return isSame ? `quorum stays ${votesWords(first)}` : 'every quorum holds';
  }
  if (stop.kind === 'node') return 'every service works elsewhere';
  const all = [...during.instances.values()].filter((instance) => instance.service === stop.service);
  return `${all.filter(works).length} of ${all.length} ${titleOf(topology, stop.service)} stay`;
};

const harmWords = (input: WhatIfInput, found: Found): readonly string[] => {
  const [quorum] = broken(found);
  const users = usersWords(found);
  const said = users.length > 0 ? users : ['Users notice nothing.'];
  if (quorum !== undefined) {
    return [`Breaks ${titleOf(input.topology, quorum.service)}'s quorum: ${votesWords(quorum)}.`, ...said];
  }
  const gone = found.gone.map((name) => titleOf(input.topology, name));
  const isHeld = found.quorums.length > 0 && found.quorums.every(({ becomes }) => becomes === 'held');
  const votes = isHeld ? staying(input, found) : '';
  return [
    ...(gone.length === 0 ? [] : [`No ${sentenceList(gone)} would be left.`]),
    ...said,
    ...(votes === '' ? [] : [`${votes.slice(0, 1).toUpperCase()}${votes.slice(1)}.`]),
  ];
};

/** "node03 votes": of whom it is not known. */
export const votersWords = ({ unseen }: QuorumChange): string =>
  unseen.length === 0
    ? 'members that are not watched vote'
    : `${sentenceList(unseen)} ${unseen.length === 1 ? 'votes' : 'vote'}`;

const riskWords = ({ topology }: WhatIfInput, found: Found): string => {
  const [hangs] = hanging(found);
  if (hangs !== undefined) {
    const title = titleOf(topology, hangs.service);
    return `${title} keeps its quorum only if ${votersWords(hangs)}: ${votesWords(hangs)} seen.`;
  }
  const [lost] = lostAlready(found);
  if (lost !== undefined) {
    const title = titleOf(topology, lost.service);
    return `${title}'s quorum is lost already: ${votesWords(lost)} left. Users lose nothing more.`;
  }
  return `No ${sentenceList(found.gone.map((name) => titleOf(topology, name)))} would be left. Users notice nothing.`;
};

/** The verdict in words, ending in a full stop. */
export const sentenceOf = (input: WhatIfInput, found: Found, weight: Weight): string => {
  const subject = subjectOf(input.topology, found.stop);
  switch (weight) {
    case 'nothing':
      return found.stop.kind === 'node'
        ? `Nothing runs on ${subject}: nothing would change.`
        : `${subject} is down already: nothing would change.`;
    case 'unseen':
      return `${found.stop.kind === 'instance' ? found.stop.node : subject} is out of sight: what a stop there would do is not known.`;
    case 'harm':
      return harmWords(input, found).join(' ');
    case 'risk':
      return riskWords(input, found);
    case 'safe': {
      const safe = found.dark.length === 0 ? 'Safe' : 'Safe as far as is seen';
      return `${safe}: ${staying(input, found)}, users notice nothing.`;
    }
    default:
      return weight satisfies never;
  }
};
