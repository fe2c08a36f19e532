/** Causes that only systemd tells: units left behind, and first-boot steps that failed. One each, not one per echo. */
import { plural } from './format.ts';
import { type Issue, inForce, type Judged, quorumHolds, RANK, type Subject } from './issue.ts';
import { earliest, firstThatFits, listNodes, onNodes } from './issue-words.ts';
import type { InstanceState, NodeState, StepState } from './model/cluster.ts';
import { instanceId, type NodeName } from './model/inventory.ts';
import type { Topology, UnitName } from './model/topology.ts';
import { isIdle } from './unit-standing.ts';

const withoutSuffix = (unit: UnitName): string => unit.replace(/\.(?:service|target)$/u, '');

const instancesOn = (
  subjects: readonly Subject[],
  node: NodeName,
  state: Judged,
): readonly [Subject, InstanceState][] =>
  subjects.flatMap((subject): [Subject, InstanceState][] => {
    const instance = state.instances.get(instanceId(subject.service.name, node));
    return instance === undefined ? [] : [[subject, instance]];
  });

/** What is dead on one node because something it requires came back alone. */
type Left = {
  readonly node: NodeName;
  /** Services before steps, each in the topology's order. */
  readonly services: readonly UnitName[];
  readonly steps: readonly UnitName[];
  readonly causes: readonly { readonly after: UnitName; readonly sinceMs: number }[];
  /** Services that are down for it; where none is, those that the steps are for. */
  readonly subjects: readonly Subject[];
  /** No service is down or short of a member for it. */
  readonly harmless: boolean;
};

/** Down behind one of `units`: no cause, but nothing will start it either. */
const isCarried = (instance: InstanceState, units: ReadonlySet<UnitName>, topology: Topology): boolean => {
  const { blockedBy, unit } = instance;
  const blocker = topology.services.find((service) => service.name === blockedBy?.service);
  return unit !== undefined && isIdle(unit) && blocker !== undefined && units.has(blocker.unit);
};

const leftOn = (
  topology: Topology,
  subjects: readonly Subject[],
  { name: node, steps }: NodeState,
  state: Judged,
): Left | undefined => {
  const here = instancesOn(subjects, node, state);
  const leftSteps = steps.filter((step) => step.state === 'left-behind');
  const causes = [
    ...here.flatMap(([, { left, sinceMs }]) => (left === undefined ? [] : [{ ...left, sinceMs }])),
    ...leftSteps.flatMap(({ by, sinceMs }) => (by === undefined ? [] : [{ after: by, sinceMs }])),
  ];
  if (causes.length === 0) return undefined;

  const units = new Set(leftSteps.map((step) => step.unit));
  for (const [{ service }, { left }] of here) if (left !== undefined) units.add(service.unit);
  let size: number;
  do {
    size = units.size;
    for (const [{ service }, instance] of here) {
      if (isCarried(instance, units, topology)) units.add(service.unit);
    }
    for (const step of steps) if (step.by !== undefined && units.has(step.by)) units.add(step.unit);
  } while (units.size > size);

  const concerned = leftSteps.flatMap(({ service }) => service ?? []);
  const down = here.filter(([, { left }]) => left !== undefined);
  const about = down.length > 0 ? down : here.filter(([{ service }]) => concerned.includes(service.name));
  return {
    node,
    services: topology.services.flatMap(({ unit }) => (units.has(unit) ? [unit] : [])),
    steps: topology.firstBoot.steps.flatMap(({ unit }) => (units.has(unit) ? [unit] : [])),
    causes,
    subjects: about.map(([subject]) => subject),
    harmless: here.every(([, { left, unmet }]) => left === undefined && (!unmet || !units.has(unmet))),
  };
};

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** "flaredb, iam, 3 steps" */
const unitList = (services: readonly string[], steps: readonly string[]): string => {
  const [only] = steps;
  const rest = steps.length === 1 && only !== undefined ? only : plural(steps.length, 'step');
  return [...services, ...(steps.length === 0 ? [] : [rest])].join(', ');
};

/** Why users feel nothing of it. */
const wellWords = ([subject]: readonly Subject[]): string =>
  subject === undefined
    ? 'Nothing is lost.'
    : `Nothing is lost: ${subject.service.title} is well all the same.`;

/** All that was left behind is one cause with one repair, on however many nodes. */
const leftIssue = (topology: Topology, found: readonly Left[], state: Judged): Issue => {
  const nodes = found.map(({ node }) => node);
  const services = unique(found.flatMap((left) => left.services)).map(withoutSuffix);
  const steps = unique(found.flatMap((left) => left.steps)).map(withoutSuffix);
  const causes = found.flatMap((left) => left.causes);
  const count = found.reduce((sum, left) => sum + left.services.length + left.steps.length, 0);
  const harmless = found.every((left) => left.harmless);
  const subjects = found.flatMap((left) => left.subjects);

  const list = unitList(services, steps);
  const where = onNodes(nodes, state.nodes.size);
  const who = count === 1 ? `${list} on ${where} was` : `${plural(count, 'unit')} on ${where} were`;
  const [after, ...others] = unique(causes.map((cause) => cause.after));
  const then = after === undefined || others.length > 0 ? '' : ` after ${withoutSuffix(after)} restarted`;
  const [subject] = subjects;
  const [first = '', ...more] = [...services, ...steps];
  return {
    verdict: 'degraded',
    rank: harmless ? RANK.warning : RANK.partlyDown,
    sentence: firstThatFits([
      ...(count === 1 ? [] : [`${who} left behind${then}: ${list}.`]),
      `${who} left behind${then}.`,
      `${who} left behind.`,
    ]),
    users: harmless || subject === undefined ? wellWords(subjects) : inForce(subject),
    cause: {
      where: `${first}${more.length === 0 ? '' : ` +${more.length}`} on ${listNodes(nodes)}`,
      why: `repair: start ${topology.firstBoot.ready.unit}`,
      sinceMs: earliest(causes.map((cause) => cause.sinceMs)),
    },
  };
};

type Failed = { readonly node: NodeName; readonly step: StepState; readonly holds: readonly StepState[] };

const failedOn = ({ name: node, steps }: NodeState, state: Judged): Failed[] =>
  steps.flatMap((step) => {
    if (step.state !== 'failed') return [];
    const instance = state.instances.get(instanceId(step.service ?? '', node));
    // Where what it works on is down, the step cannot but fail: that is told already.
    const isEcho = ['down', 'blocked'].includes(instance?.verdict ?? '');
    return isEcho ? [] : [{ node, step, holds: steps.filter((other) => other.by === step.unit) }];
  });

/** "failed, exit 1" of "failed, exit 1, 6 tries". */
const withoutTries = (reason: string): string => reason.replace(/, \d+ tries$/u, '');

const membersWords = (subject: Subject | undefined): string => {
  const quorum = subject?.state.quorum;
  if (subject === undefined) return 'Nothing is lost.';
  if (quorum === undefined) return inForce(subject);
  if (quorum.votes < quorum.expected) return quorumHolds(quorum);
  const well = subject.instances.filter((instance) => instance.verdict === 'ok').length;
  return `Nothing is lost: ${well} of ${quorum.expected} members carry on, ${quorum.needed} needed.`;
};

/** One step that failed, on however many nodes. */
const failedIssue = (
  found: readonly [Failed, ...Failed[]],
  subjects: readonly Subject[],
  state: Judged,
): Issue => {
  const [{ step, holds }] = found;
  const nodes = found.map(({ node }) => node);
  const where = onNodes(nodes, state.nodes.size);
  const subject = subjects.find(({ service }) => service.name === step.service);
  const isUnmet = found.some(
    ({ node }) => state.instances.get(instanceId(step.service ?? '', node))?.unmet === step.unit,
  );
  const title = subject?.service.title ?? '';
  const said = withoutTries(step.reason);
  const [held] = holds;
  const sentence = firstThatFits(
    isUnmet
      ? [
          `${title} has not ${subject?.service.quorum ? 'joined' : 'been set up'} on ${where}: ${step.name} ${said}.`,
          `${step.name} on ${where} ${said}.`,
        ]
      : [
          ...(held === undefined ? [] : [`${step.name} on ${where} ${said}, and holds ${held.name}.`]),
          ...(subject === undefined || held !== undefined
            ? []
            : [`${step.name} on ${where} ${said}; ${title} is well all the same.`]),
          `${step.name} on ${where} ${said}.`,
        ],
  );
  const why = held === undefined ? step.reason : `${step.reason}, holds ${plural(holds.length, 'step')}`;
  return {
    verdict: 'degraded',
    rank: isUnmet ? RANK.unmet : RANK.warning,
    sentence,
    users: isUnmet ? membersWords(subject) : wellWords(subject === undefined ? [] : [subject]),
    cause: {
      where: `${step.name} on ${listNodes(nodes)}`,
      why,
      sinceMs: earliest(found.map((one) => one.step.sinceMs)),
    },
  };
};

/** The causes that systemd alone tells, of nodes that can be seen. */
export const unitIssues = (topology: Topology, subjects: readonly Subject[], state: Judged): Issue[] => {
  const withLeft = new Set<NodeName>();
  for (const { left, node } of state.instances.values()) if (left !== undefined) withLeft.add(node);
  const nodes = [...state.nodes.values()].filter(
    ({ name, reachable, steps }) => reachable && (steps.length > 0 || withLeft.has(name)),
  );
  const left = nodes.flatMap((node) => leftOn(topology, subjects, node, state) ?? []);
  const failed = nodes.flatMap((node) => failedOn(node, state));
  const byStep = Map.groupBy(failed, ({ step }) => step.unit);
  return [
    ...(left.length === 0 ? [] : [leftIssue(topology, left, state)]),
    ...[...byStep.values()].flatMap(([first, ...others]) =>
      first === undefined ? [] : [failedIssue([first, ...others], subjects, state)],
    ),
  ];
};
