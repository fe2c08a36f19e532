/** A cause by itself as a sentence, and why users feel nothing of it. */
import { formatLatency, plural } from '../format.ts';
import { firstThatFits, onNodes } from '../line-words.ts';
import type { RootCause } from '../model/cause.ts';
import type { InstanceState, QuorumState } from '../model/cluster.ts';
import { type InstanceId, type Inventory, instanceId } from '../model/inventory.ts';
import type { Topology } from '../model/topology.ts';
import { inForce, membersGoOn, quorumHolds, wellAllTheSame } from './in-force.ts';
import { isDark, type Judged, type Subject, stepOn, unique, withoutSuffix } from './judged.ts';
import { leftBehind } from './left.ts';
import { type News, RANK } from './news.ts';
import { isEverywhere } from './path.ts';
import { commonCause, groupSize } from './words.ts';

export type NewsInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly state: Judged;
  readonly subjects: readonly Subject[];
  /** Some service serves nobody for this cause, and for no other. */
  readonly alone: (cause: RootCause) => boolean;
};

type Telling = Omit<News, 'causes' | 'verdict'>;

const CARRY_ON = 'Nothing is lost: the other nodes carry on.';

const placeOf = ({ nodes, shared }: RootCause, total: number): string =>
  shared === undefined ? onNodes(nodes, total) : `${groupSize(shared, nodes.length)} nodes of ${shared.tag}`;

/** Names of nodes stay as they are. */
const asSentence = (place: string, { shared }: RootCause): string =>
  shared === undefined ? place : `${place.slice(0, 1).toUpperCase()}${place.slice(1)}`;

/** Of those that hold and lack votes the one with the fewest to spare. */
const tightestQuorum = ({ services }: Judged): QuorumState | undefined =>
  [...services.values()]
    .flatMap(({ quorum }) => (quorum?.standing === 'held' && quorum.votes < quorum.expected ? [quorum] : []))
    .toSorted((a, b) => a.votes - a.needed - (b.votes - b.needed))[0];

const othersGoOn = (tightest: QuorumState | undefined): string =>
  tightest !== undefined && tightest.votes === tightest.needed
    ? 'Nothing is lost, but one more failure breaks the quorum.'
    : CARRY_ON;

const dark = (cause: RootCause, { inventory, state }: NewsInput): Telling => {
  const { nodes } = cause;
  if (nodes.length === inventory.nodes.length) {
    return {
      rank: RANK.allDark,
      sentence:
        nodes.length === 1
          ? `${nodes[0]} is unreachable, and it is the only node.`
          : `No node can be reached: all ${nodes.length} are silent.`,
      blind: true,
      users: 'If the cloud works for others, the fault is between this host and the nodes.',
    };
  }
  const hidden = [...state.instances.values()].filter((instance) => isDark(state, instance)).length;
  const tightest = tightestQuorum(state);
  const holds = tightest === undefined ? '' : ` Quorum holds, ${tightest.votes} of ${tightest.expected}.`;
  const who = asSentence(placeOf(cause, inventory.nodes.length), cause);
  const are = nodes.length === 1 ? 'is' : 'are';
  return {
    rank: RANK.dark,
    sentence: firstThatFits([
      `${who} ${are} unreachable: ${plural(hidden, 'instance')} unseen.${holds}`,
      `${who} ${are} unreachable.${holds}`,
    ]),
    users: othersGoOn(tightest),
  };
};

const path = (cause: RootCause, { inventory, state, alone }: NewsInput): Telling => {
  const { nodes, overdue } = cause;
  const who = asSentence(placeOf(cause, inventory.nodes.length), cause);
  const within = overdue === undefined ? 'in time' : `within ${formatLatency(overdue.withinMs)}`;
  const checks = overdue === undefined ? 'checks' : plural(overdue.checks, 'check');
  return {
    rank: alone(cause) ? RANK.doubtful : RANK.dark,
    sentence: isEverywhere(nodes, state)
      ? `No check on any of ${nodes.length} nodes answers in time, though ssh to all does.`
      : firstThatFits(
          nodes.length === 1
            ? [
                `${who} answers ssh, but none of its ${checks} ${within}.`,
                `${who} answers ssh, but no check.`,
              ]
            : [
                `${who} answer ssh, but none of their ${checks} ${within}.`,
                `${who} answer ssh, but no check.`,
              ],
        ),
    users: othersGoOn(tightestQuorum(state)),
  };
};

const BAD: Readonly<Record<string, readonly [one: string, many: string]>> = {
  expired: ['has expired', 'have expired'],
  'not trusted': ['is not trusted', 'are not trusted'],
  'in another name': ['names another host', 'name other hosts'],
};

const certificate = (cause: RootCause, { inventory, alone }: NewsInput): Telling => {
  const { nodes, why, explains, certificates = nodes.length } = cause;
  const [word = ''] = why.split(',');
  const [one, many] = BAD[word] ?? ['is wrong', 'are wrong'];
  const isOne = certificates === 1;
  const whose = placeOf(cause, inventory.nodes.length);
  const count = plural(explains.length, nodes.length === 1 ? 'service' : 'instance');
  return {
    rank: alone(cause) ? RANK.doubtful : RANK.partlyDown,
    sentence: firstThatFits([
      `The ${isOne ? 'certificate' : 'certificates'} of ${whose} ${isOne ? one : many}: ${count} there cannot be trusted.`,
      `The ${isOne ? 'certificate' : 'certificates'} of ${whose} ${isOne ? one : many}.`,
    ]),
    users: CARRY_ON,
  };
};

/** "flaredb, iam, 3 steps" */
const unitList = (services: readonly string[], steps: readonly string[]): string => {
  const [only] = steps;
  const rest = steps.length === 1 && only !== undefined ? only : plural(steps.length, 'step');
  return [...services, ...(steps.length === 0 ? [] : [rest])].join(', ');
};

const leftUnits = ({ nodes, subjects: units }: RootCause, input: NewsInput): Telling => {
  const { topology, state, subjects } = input;
  const found = leftBehind(topology, state);
  const services = unique(found.flatMap((left) => left.services.map(({ name }) => name)));
  const steps = unique(found.flatMap((left) => left.steps)).map(withoutSuffix);
  const harmless = found.every((left) => left.harmless);
  const about = found.flatMap((left) => left.about);
  const subject = subjects.find(({ service }) => about.includes(service.name));
  const list = unitList(services, steps);
  const where = onNodes(nodes, state.nodes.size);
  const who = units.length === 1 ? `${list} on ${where} was` : `${units.length} units on ${where} were`;
  const [after, ...others] = unique(found.flatMap((left) => left.after));
  const then = after === undefined || others.length > 0 ? '' : ` after ${withoutSuffix(after)} restarted`;
  return {
    rank: harmless ? RANK.warning : RANK.partlyDown,
    sentence: firstThatFits([
      ...(units.length === 1 ? [] : [`${who} left behind${then}: ${list}.`]),
      `${who} left behind${then}.`,
      `${who} left behind.`,
    ]),
    users: harmless || subject === undefined ? wellAllTheSame(subject) : inForce(subject),
  };
};

/** "failed, exit 1" of "failed, exit 1, 6 tries". */
const withoutTries = (reason: string): string => reason.replace(/, \d+ tries$/u, '');

const step = ({ nodes, subjects: steps }: RootCause, input: NewsInput): Telling => {
  const { topology, state, subjects } = input;
  const [first = ''] = steps;
  const name = first.slice(0, first.lastIndexOf('@'));
  const spec = topology.firstBoot.steps.find(({ unit }) => withoutSuffix(unit) === name);
  const unit = spec?.unit ?? '';
  const where = onNodes(nodes, state.nodes.size);
  const subject = subjects.find(({ service }) => service.name === spec?.service);
  const isUnmet = nodes.some(
    (node) => state.instances.get(instanceId(spec?.service ?? '', node))?.unmet === unit,
  );
  const [node = ''] = nodes;
  const told = stepOn(state, node, unit);
  const said = withoutTries(told?.reason ?? 'failed');
  const label = told?.name ?? name;
  const title = subject?.service.title ?? '';
  const held = state.nodes.get(node)?.steps.find((other) => other.by === unit);
  return {
    rank: isUnmet ? RANK.unmet : RANK.warning,
    sentence: firstThatFits(
      isUnmet
        ? [
            `${title} has not ${subject?.service.quorum ? 'joined' : 'been set up'} on ${where}: ${label} ${said}.`,
            `${label} on ${where} ${said}.`,
          ]
        : [
            ...(held === undefined ? [] : [`${label} on ${where} ${said}, and holds ${held.name}.`]),
            ...(subject === undefined || held !== undefined
              ? []
              : [`${label} on ${where} ${said}; ${title} is well all the same.`]),
            `${label} on ${where} ${said}.`,
          ],
    ),
    users: isUnmet ? membersGoOn(subject) : wellAllTheSame(subject),
  };
};

/** What is wrong with the group though its members are well, or with members that are well by themselves. */
const group = (subject: Subject): Telling => ({
  rank: RANK.degraded,
  sentence: `${subject.service.title} is degraded: ${subject.state.reason}.`,
  users: inForce(subject),
});

const subjectInstances = (cause: RootCause, state: Judged): readonly InstanceState[] =>
  cause.subjects.flatMap((id) => state.instances.get(id as InstanceId) ?? []);

const sentenceOf = (title: string, where: string, bad: readonly InstanceState[]): string => {
  const why = commonCause(bad);
  const isDown = bad.some(({ verdict }) => verdict === 'down');
  // "1 of 2 checks: dns timeout", "unit is masked: unmask it": the sentence stops at the colon.
  const [short = ''] = why.split(': ');
  if (isDown) return `${title} down on ${where}: ${short}.`;
  return short === 'slow' ? `${title} slow on ${where}.` : `${title} degraded on ${where}: ${short}.`;
};

const instances = (cause: RootCause, input: NewsInput): Telling | undefined => {
  const { state, inventory } = input;
  const bad = subjectInstances(cause, state);
  const concerned = input.subjects.filter(({ service }) => cause.services.includes(service.name));
  const [subject, ...others] = concerned;
  if (subject === undefined || bad.length === 0) return undefined;
  const total = others.length === 0 ? subject.instances.length : inventory.nodes.length;
  const who = others.length === 0 ? `${subject.service.title} is` : `${concerned.length} services are`;
  const quorum = concerned.find(({ state: { quorum: one } }) => one?.standing === 'held')?.state.quorum;
  const isShort = quorum !== undefined && quorum.votes < quorum.expected;
  return {
    rank: bad.some(({ verdict }) => verdict === 'down') ? RANK.partlyDown : RANK.degraded,
    sentence: sentenceOf(who, placeOf(cause, total), bad),
    users: others.length === 0 ? inForce(subject) : isShort ? quorumHolds(quorum) : CARRY_ON,
  };
};

const tell = (cause: RootCause, input: NewsInput): Telling | undefined => {
  switch (cause.kind) {
    case 'unreachable':
      return dark(cause, input);
    case 'path':
      return path(cause, input);
    case 'certificate':
      return cause.services.length > 1 ? certificate(cause, input) : instances(cause, input);
    case 'left-behind':
      return leftUnits(cause, input);
    case 'step':
      return step(cause, input);
    case 'split':
    case 'no-leader': {
      const subject = input.subjects.find(({ service }) => cause.services.includes(service.name));
      return subject === undefined ? undefined : group(subject);
    }
    case 'failed':
    case 'stopped':
    case 'no-unit':
    case 'unhealthy':
    case 'slow':
      return instances(cause, input);
    // On its way up: that has a headline of its own.
    case 'late':
    case 'starting':
      return undefined;
    default: {
      const never: never = cause.kind;
      return never;
    }
  }
};

/** The cause as news; undefined for what is merely on its way. */
export const causeNews = (cause: RootCause, input: NewsInput): News | undefined => {
  const told = tell(cause, input);
  if (told === undefined) return undefined;
  return { ...told, verdict: cause.verdict === 'down' ? 'down' : 'degraded', causes: [cause] };
};
