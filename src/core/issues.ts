/** The causes behind a state, worst first: what the headline chooses from. Blocked services are nobody's cause. */
import { plural, sentenceList } from './format.ts';
import { type Issue, inForce, type Judged, quorumHolds, RANK, type Subject, withVerdict } from './issue.ts';
import { type Cause, causeOf, commonCause, earliest, listNodes, onNodes } from './issue-words.ts';
import type { InstanceState, NodeState, QuorumState } from './model/cluster.ts';
import type { Inventory } from './model/inventory.ts';
import type { Topology } from './model/topology.ts';
import { unitIssues } from './unit-issues.ts';

/** Down by itself: what was left behind is one cause for all of it. */
const downOf = (subject: Subject): readonly InstanceState[] =>
  withVerdict(subject, 'down').filter((instance) => instance.left === undefined);

const nodesOf = (instances: readonly InstanceState[]): string[] => instances.map((instance) => instance.node);

const isDark = (state: Judged, instance: InstanceState): boolean =>
  state.nodes.get(instance.node)?.reachable === false;

const darkIssue = (state: Judged, inventory: Inventory, dark: readonly NodeState[]): Issue => {
  const names = dark.map((node) => node.name);
  const cause: Cause = {
    where: listNodes(names),
    why: 'no answer to any check',
    sinceMs: earliest(dark.map((node) => node.sinceMs)),
  };
  if (dark.length === inventory.nodes.length) {
    return {
      verdict: 'down',
      rank: RANK.allDark,
      sentence:
        names.length === 1
          ? `${names[0]} is unreachable, and it is the only node.`
          : `No node can be reached: all ${names.length} are silent.`,
      blind: true,
      users: 'If the cloud works for others, the fault is between this host and the nodes.',
      cause,
    };
  }
  const hidden = [...state.instances.values()].filter((instance) => isDark(state, instance)).length;
  const short = [...state.services.values()].flatMap(({ quorum }) =>
    quorum?.standing === 'held' && quorum.votes < quorum.expected ? [quorum] : [],
  );
  const [tightest] = short.toSorted((a, b) => a.votes - a.needed - (b.votes - b.needed));
  const holds = tightest === undefined ? '' : ` Quorum holds, ${tightest.votes} of ${tightest.expected}.`;
  return {
    verdict: 'degraded',
    rank: RANK.dark,
    sentence: `${onNodes(names, inventory.nodes.length)} ${names.length === 1 ? 'is' : 'are'} unreachable: ${plural(hidden, 'instance')} unseen.${holds}`,
    users:
      tightest !== undefined && tightest.votes === tightest.needed
        ? 'Nothing is lost, but one more failure breaks the quorum.'
        : 'Nothing is lost: the other nodes carry on.',
    cause,
  };
};

const isAllDark = (state: Judged, instances: readonly InstanceState[]): boolean =>
  instances.length > 0 && instances.every((instance) => isDark(state, instance));

/** The nodes are the cause when they alone are; otherwise the instances are. */
const culprit = (subject: Subject, culprits: readonly InstanceState[], state: Judged): Partial<Issue> => {
  if (culprits.length === 0) return {};
  if (!isAllDark(state, culprits)) return { cause: causeOf(subject.service.name, culprits) };
  const sinceMs = earliest(culprits.map((instance) => instance.sinceMs));
  return { cause: { where: listNodes(nodesOf(culprits)), why: 'unreachable', sinceMs }, byDarkNodes: true };
};

const quorumLost = (subject: Subject, quorum: QuorumState, state: Judged): Issue => {
  const { service, instances } = subject;
  const silent = instances.filter((instance) => instance.verdict === 'down' || isDark(state, instance));
  const culprits = silent.length > 0 ? silent : instances.filter((instance) => instance.verdict !== 'ok');
  return {
    verdict: 'down',
    rank: RANK.quorumLost,
    sentence:
      quorum.votes < quorum.needed
        ? `${service.title} has lost its quorum: ${quorum.votes} of ${plural(quorum.expected, 'vote')}, ${quorum.needed} needed.`
        : `${service.title} has no leader: ${quorum.votes} of ${quorum.expected} members answer, none leads.`,
    users: 'It takes no changes until enough members are back.',
    ...culprit(subject, culprits, state),
  };
};

const serviceDown = (subject: Subject, state: Judged): Issue => {
  const { service, instances } = subject;
  const down = withVerdict(subject, 'down');
  const culprits = down.length > 0 ? down : instances;
  const where = onNodes(nodesOf(instances), instances.length);
  return {
    verdict: 'down',
    rank: RANK.down,
    sentence: `${service.title} is down on ${where}: ${commonCause(culprits) || subject.state.reason}.`,
    ...culprit(subject, culprits, state),
  };
};

const twoLeaders = (subject: Subject, nodes: readonly string[]): Issue => {
  const { service, instances } = subject;
  const rivals = instances.filter((instance) => nodes.includes(instance.node));
  return {
    verdict: 'down',
    rank: RANK.twoLeaders,
    sentence: `${service.title} has ${nodes.length === 2 ? 'two' : nodes.length} leaders: ${sentenceList(nodes)}.`,
    users: 'Nothing has stopped, but the two sides may accept different changes.',
    cause: {
      where: `${service.name} on ${listNodes(nodes)}`,
      why: 'each says it leads',
      sinceMs: earliest(rivals.map((instance) => instance.raftSinceMs ?? instance.sinceMs)),
    },
  };
};

const partlyDown = (subject: Subject, down: readonly InstanceState[]): Issue => ({
  verdict: 'degraded',
  rank: RANK.partlyDown,
  sentence: `${subject.service.title} is down on ${onNodes(nodesOf(down), subject.instances.length)}: ${commonCause(down)}.`,
  users: inForce(subject),
  cause: causeOf(subject.service.name, down),
});

const degraded = (subject: Subject, bad: readonly InstanceState[]): Issue => {
  const { service, state } = subject;
  if (bad.length === 0) {
    return {
      verdict: 'degraded',
      rank: RANK.degraded,
      sentence: `${service.title} is degraded: ${state.reason}.`,
      users: inForce(subject),
    };
  }
  // "1 of 2 checks: dns timeout" is for the cause; the sentence stops at the colon.
  const [short = ''] = commonCause(bad).split(':');
  const where = onNodes(nodesOf(bad), subject.instances.length);
  const what = short === 'slow' ? `is slow on ${where}` : `is degraded on ${where}: ${short}`;
  return {
    verdict: 'degraded',
    rank: RANK.degraded,
    sentence: `${service.title} ${what}.`,
    users: inForce(subject),
    cause: causeOf(service.name, bad),
  };
};

const issueOf = (subject: Subject, state: Judged): Issue | undefined => {
  const { verdict, quorum } = subject.state;
  const split = quorum?.faults.find((fault) => fault.kind === 'two-leaders');
  if (verdict === 'down') {
    if (quorum?.standing === 'lost') return quorumLost(subject, quorum, state);
    return split === undefined ? serviceDown(subject, state) : twoLeaders(subject, split.nodes);
  }
  if (verdict !== 'degraded') return undefined;
  const down = downOf(subject);
  if (down.length > 0) return partlyDown(subject, down);
  const all = [...withVerdict(subject, 'down'), ...withVerdict(subject, 'degraded')];
  const bad = all.filter((instance) => instance.left === undefined && instance.unmet === undefined);
  // What systemd alone tells is told by itself.
  if (bad.length === 0 && all.length > 0) return undefined;
  // Short of a vote only because a node is dark: the node is the fact.
  if (bad.length === 0 && subject.instances.some((instance) => isDark(state, instance))) return undefined;
  return degraded(subject, bad);
};

/** Several services down on the same one node are one fact about that node. */
const foldByNode = (subjects: readonly Subject[]): { folded: Issue[]; taken: Set<string> } => {
  const byNode = new Map<string, { subject: Subject; down: InstanceState }[]>();
  for (const subject of subjects) {
    const down = downOf(subject);
    const [first] = down;
    if (first === undefined || down.length > 1 || subject.state.verdict !== 'degraded') continue;
    const here = byNode.get(first.node) ?? [];
    byNode.set(first.node, [...here, { subject, down: first }]);
  }
  const folded: Issue[] = [];
  const taken = new Set<string>();
  for (const [node, found] of byNode) {
    const [first] = found;
    if (first === undefined || found.length < 2) continue;
    const down = found.map((entry) => entry.down);
    const names = found.map((entry) => entry.subject.service.name);
    for (const name of names) taken.add(name);
    const who = names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} +${names.length - 2}`;
    const quorum = found.find(({ subject }) => subject.state.quorum?.standing === 'held')?.subject.state
      .quorum;
    folded.push({
      verdict: 'degraded',
      rank: RANK.partlyDown,
      sentence: `${names.length} services are down on ${node}: ${commonCause(down)}.`,
      users: quorum === undefined ? 'Nothing is lost: the other nodes carry on.' : quorumHolds(quorum),
      cause: {
        where: `${who} on ${node}`,
        why: commonCause(down),
        sinceMs: earliest(down.map((instance) => instance.sinceMs)),
      },
    });
  }
  return { folded, taken };
};

/** Every cause of the state, worst first, of equals in topology order. Empty when nothing is wrong that is not on its way. */
export const issuesOf = (topology: Topology, inventory: Inventory, state: Judged): readonly Issue[] => {
  const dark = [...state.nodes.values()].filter((node) => !node.reachable);
  if (dark.length > 0 && dark.length === inventory.nodes.length) return [darkIssue(state, inventory, dark)];

  const subjects = topology.services.flatMap((service): Subject[] => {
    const found = state.services.get(service.name);
    if (found === undefined || found.instances.length === 0) return [];
    const instances = found.instances.flatMap((id) => state.instances.get(id) ?? []);
    return [{ service, state: found, instances }];
  });
  const { folded, taken } = foldByNode(subjects);
  const issues = [
    ...(dark.length === 0 ? [] : [darkIssue(state, inventory, dark)]),
    ...folded,
    ...unitIssues(topology, subjects, state),
    ...subjects
      .filter((subject) => !taken.has(subject.service.name))
      .flatMap((subject) => issueOf(subject, state) ?? []),
  ];
  const ranked = issues.toSorted((a, b) => a.rank - b.rank);
  // However many services dark nodes take down, they are one cause.
  const darkest = ranked.find((issue) => issue.byDarkNodes === true);
  return ranked.filter((issue) => issue.byDarkNodes !== true || issue === darkest);
};
