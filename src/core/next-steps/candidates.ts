/** What could be done about each cause, and what each of these brings back. In no order yet. */
import { unitWord } from '../action-name.ts';
import { deadUnits } from '../dead-units.ts';
import { expectedMs } from '../expected-ms.ts';
import { requiredBy, serviceByName, serviceByUnit, stepByName } from '../graph.ts';
import { listNodes } from '../line-words.ts';
import type { ActionRequest } from '../model/action.ts';
import type { CauseKind, RootCause } from '../model/cause.ts';
import type { InstanceState } from '../model/cluster.ts';
import { type ClusterNode, type InstanceId, instanceId, type NodeName } from '../model/inventory.ts';
import type { NodeUnits } from '../model/observation.ts';
import type { Topology, UnitName } from '../model/topology.ts';
import { LONE_LEADER, loneLeader } from '../safer.ts';
import { loadFault } from '../unit-notes.ts';
import type { Candidate, NextStepsInput } from './candidate.ts';
import { pathCandidates } from './path.ts';

/** Where a unit stands in the order of starts: the services as they are documented, each step behind what it needs. */
const placeOf = (topology: Topology, unit: UnitName, seen: readonly UnitName[] = []): number => {
  const index = topology.services.findIndex((service) => service.unit === unit);
  if (index >= 0) return index;
  const step = stepByName(topology, unit);
  if (step === undefined || seen.includes(unit)) return 0;
  const needs = [...step.requires, ...step.after];
  return Math.max(0, ...needs.map((name) => placeOf(topology, name, [...seen, unit]))) + 0.01;
};

/** A subject of a cause that is an instance or a step: "iam@node02". */
const parted = (subject: string): readonly [name: string, node: NodeName] => {
  const at = subject.lastIndexOf('@');
  return [subject.slice(0, at), subject.slice(at + 1)];
};

const isUp = (look: NodeUnits | undefined, unit: UnitName): boolean =>
  look?.units.some((one) => one.unit === unit && one.active === 'active') === true;

/** The unit and what systemd takes along with it. */
const withDependants = (
  { topology, facts }: NextStepsInput,
  unit: UnitName,
  node: NodeName,
): readonly UnitName[] => [
  unit,
  ...requiredBy(topology, unit).filter((other) => isUp(facts.units.get(node), other)),
];

type Doing = {
  readonly input: NextStepsInput;
  readonly cause: RootCause;
  readonly lastResort?: true;
};

const WORDS = { restart: 'restart', rerun: 'rerun', 'bring-up': 'bring up' } as const;

const onUnit = (
  { input, cause, lastResort }: Doing,
  verb: 'restart' | 'rerun',
  subject: string,
): Candidate | undefined => {
  const { topology } = input;
  const [name, node] = parted(subject);
  const service = serviceByName(topology, name);
  const step = service === undefined ? stepByName(topology, `${name}.service`) : undefined;
  const unit = service?.unit ?? step?.unit;
  if (unit === undefined) return undefined;
  const action: ActionRequest =
    step === undefined
      ? { verb, target: { kind: 'instance', service: name, node } }
      : { verb, target: { kind: 'step', step: step.name, node } };
  return {
    id: `${verb} ${subject}`,
    cause: cause.id,
    action,
    words: `${WORDS[verb]} ${name} on ${node}`,
    why: cause.why,
    lastResort: lastResort === true,
    nodes: [node],
    expectedMs: expectedMs(topology, withDependants(input, unit, node)),
    place: placeOf(topology, unit),
    brings: service === undefined ? [] : [instanceId(name, node)],
  };
};

const byHand = (
  { input, cause }: Doing,
  words: string,
  nodes: readonly NodeName[],
  brings: readonly InstanceId[],
): Candidate => {
  const services = brings.map((id) => parted(id)[0]);
  const places = services.map((name) => input.topology.services.findIndex((one) => one.name === name));
  return {
    id: `${cause.kind} ${nodes.join(' ')} ${cause.subjects[0] ?? ''}`,
    cause: cause.id,
    words,
    why: cause.why,
    lastResort: false,
    nodes,
    place: Math.max(0, Math.min(...places)),
    brings,
  };
};

/** A leader whom the others have left leads longest; where members count differently, the smaller count is the odd one. */
const lonely = ({ input, cause }: Doing): string | undefined => {
  const members = cause.subjects.flatMap((id): InstanceState[] => {
    const instance = input.cluster.instances.get(id as InstanceId);
    return instance === undefined ? [] : [instance];
  });
  const leaders = members.filter(({ raft }) => raft === 'leader');
  const odd = leaders.length > 1 ? leaders : members;
  const [first] = odd.toSorted(
    (a, b) => (a.clusterSize ?? 0) - (b.clusterSize ?? 0) || (a.raftSinceMs ?? 0) - (b.raftSinceMs ?? 0),
  );
  return first?.id;
};

/** What is done about the cause itself; what is stopped or left behind is the nodes' business. */
const ofCause = (doing: Doing): readonly Candidate[] => {
  const { input, cause } = doing;
  const { cluster, inventory } = input;
  const tried = (ids: readonly string[]): readonly Candidate[] =>
    ids.flatMap((id) => onUnit({ ...doing, lastResort: true }, 'restart', id) ?? []);
  switch (cause.kind) {
    case 'failed':
    case 'step':
      return cause.subjects.flatMap((subject) => onUnit(doing, 'rerun', subject) ?? []);
    case 'unreachable': {
      const hidden = inventory.nodes.flatMap(({ name, services }) =>
        cause.nodes.includes(name) ? services.map((service) => instanceId(service, name)) : [],
      );
      return [byHand(doing, `power or network of ${listNodes(cause.nodes)}`, cause.nodes, hidden)];
    }
    case 'path':
      return pathCandidates(input, cause);
    case 'certificate': {
      const own = cause.subjects.filter((id) => cluster.instances.has(id as InstanceId)) as InstanceId[];
      const what = (cause.certificates ?? cause.nodes.length) === 1 ? 'certificate' : 'certificates';
      const whose = own.length === 0 ? listNodes(cause.nodes) : cause.where;
      const verb = cause.why.includes('expired') ? 'renew' : 'replace';
      return [byHand(doing, `${verb} the ${what} of ${whose}`, cause.nodes, [...own, ...cause.explains])];
    }
    case 'no-unit':
      return cause.subjects.flatMap((subject) => {
        const unit = cluster.instances.get(subject as InstanceId)?.unit;
        const [name, node] = parted(subject);
        const remedy = unit === undefined ? undefined : loadFault(unit)?.remedy;
        const words = `unit of ${name} on ${node}: ${remedy ?? 'mend it'}`;
        return [
          byHand(
            { ...doing, cause: { ...cause, subjects: [subject] } },
            words,
            [node],
            [subject as InstanceId],
          ),
        ];
      });
    case 'split': {
      const id = lonely(doing);
      const isLone = cause.services.some((name) => loneLeader(name, cluster)?.id === id);
      const why = isLone ? LONE_LEADER : cause.why;
      return id === undefined ? [] : tried([id]).map((one) => ({ ...one, why, lastResort: false }));
    }
    case 'no-leader': {
      const member = cause.services
        .flatMap((name) => cluster.services.get(name)?.instances ?? [])
        .find((id) => cluster.instances.get(id)?.raft !== undefined);
      return member === undefined ? [] : tried([member]);
    }
    case 'unhealthy':
    case 'slow':
      return tried(cause.subjects);
    case 'stopped':
    case 'left-behind':
    // On their way up: they are waited for.
    case 'late':
    case 'starting':
      return [];
    default:
      return cause.kind satisfies never;
  }
};

/** The look as it will be when these units run. */
const withUp = (look: NodeUnits, up: readonly UnitName[]): NodeUnits => ({
  ...look,
  units: look.units.map((unit) =>
    up.includes(unit.unit) ? { ...unit, active: 'active', sub: 'running', result: 'success', job: 0 } : unit,
  ),
});

const unitOf = ({ topology }: NextStepsInput, { action }: Candidate): UnitName | undefined => {
  if (action === undefined || action.target.kind === 'node') return undefined;
  const { target } = action;
  return target.kind === 'step'
    ? stepByName(topology, target.step)?.unit
    : serviceByName(topology, target.service)?.unit;
};

const STOPPING: ReadonlySet<CauseKind> = new Set(['failed', 'step', 'stopped', 'left-behind']);

/** By node, in their order. */
const byNode = <T extends { readonly nodes: readonly NodeName[] }>(
  all: readonly T[],
): ReadonlyMap<NodeName, readonly T[]> => {
  const found = new Map<NodeName, T[]>();
  for (const one of all) {
    for (const node of one.nodes) {
      const here = found.get(node);
      if (here === undefined) found.set(node, [one]);
      else here.push(one);
    }
  }
  return found;
};

/**
 * What is down on a node once all that failed there runs again: a start of the boot target brings it back at once; a
 * single unit that was stopped is started alone.
 */
const onNode = (
  input: NextStepsInput,
  node: ClusterNode,
  causes: readonly RootCause[],
  reruns: readonly Candidate[],
): readonly Candidate[] => {
  const { topology, facts } = input;
  const look = facts.units.get(node.name);
  const [cause] = causes;
  if (look === undefined || cause === undefined) return [];
  const up = reruns.flatMap((one) => unitOf(input, one) ?? []);
  const { starts } = deadUnits(topology, node, withUp(look, up));
  const stopped = causes.flatMap((one) =>
    one.kind !== 'stopped'
      ? []
      : one.subjects
          .filter((subject) => parted(subject)[1] === node.name)
          .flatMap((subject) => onUnit({ input, cause: one }, 'restart', subject) ?? []),
  );
  const alone = stopped.map((one) => unitOf(input, one));
  if (starts.every((unit) => alone.includes(unit))) return stopped;
  const first = causes.find(({ kind }) => kind === 'stopped' || kind === 'left-behind') ?? cause;
  const names = starts.map(unitWord);
  const bringUp: Candidate = {
    id: `bring-up ${node.name}`,
    cause: first.id,
    action: { verb: 'bring-up', target: { kind: 'node', node: node.name } },
    words: `${WORDS['bring-up']} ${node.name}`,
    why: `starts ${names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} +${names.length - 2}`}`,
    lastResort: false,
    nodes: [node.name],
    expectedMs: expectedMs(topology, starts),
    place: Math.min(...starts.map((unit) => placeOf(topology, unit))),
    brings: starts.flatMap((unit) => {
      const service = serviceByUnit(topology, unit);
      return service === undefined ? [] : [instanceId(service.name, node.name)];
    }),
  };
  const rest = stopped.filter((one) => !starts.includes(unitOf(input, one) ?? ''));
  return [bringUp, ...rest];
};

/** Everything that could be done now or after something else of it. */
export const candidatesOf = (input: NextStepsInput): readonly Candidate[] => {
  const direct = input.cluster.causes.flatMap((cause) => ofCause({ input, cause }));
  const reruns = byNode(direct.filter(({ action }) => action?.verb === 'rerun'));
  const causes = byNode(input.cluster.causes.filter(({ kind }) => STOPPING.has(kind)));
  return [
    ...direct,
    ...input.inventory.nodes.flatMap((node) =>
      onNode(input, node, causes.get(node.name) ?? [], reruns.get(node.name) ?? []),
    ),
  ];
};
