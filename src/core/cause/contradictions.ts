/** Facts that do not fit together: shown as what they are, and a failure of nobody by themselves. */
import { plural, sentenceList } from '../format.ts';
import { dependenciesOf } from '../graph.ts';
import type { Contradiction } from '../model/cause.ts';
import type { ClusterFacts, InstanceState } from '../model/cluster.ts';
import { type Inventory, instanceId, type NodeName } from '../model/inventory.ts';
import type { Service, ServiceName, Topology } from '../model/topology.ts';
import { nodeTimeAt } from '../node-clock.ts';
import { contradiction as unitContradiction } from '../unit-verdict.ts';
import { identityContradictions, mayBeAnother } from './identity.ts';
import { isOverdue, type Judged, membersOf } from './judged.ts';

export type ContradictionInput = {
  readonly topology: Topology;
  readonly inventory: Inventory;
  readonly facts: ClusterFacts;
  readonly state: Judged;
};

/** When it was last seen well, by our clock; -Infinity when it never was. */
const lastWellMs = ({ checks }: InstanceState, { facts }: ContradictionInput): number =>
  Math.max(...checks.map(({ id }) => facts.checks.get(id)?.lastOk?.atMs ?? Number.NEGATIVE_INFINITY));

/** Nearly all instances of nearly all states have none. */
const NONE: readonly Contradiction[] = [];

/** A service with its instances that are down. */
type DownOn = { readonly name: ServiceName; readonly byNode: ReadonlyMap<NodeName, InstanceState> };

/** Of the services that this one requires, those that are down anywhere. */
const parentsDown = ({ topology, state }: ContradictionInput, service: ServiceName): readonly DownOn[] =>
  dependenciesOf(topology, service).flatMap(({ service: name, hard }): DownOn[] => {
    if (!hard || state.services.get(name)?.verdict === 'ok') return [];
    const down = membersOf(state, name).filter(({ verdict }) => verdict === 'down');
    return down.length === 0 ? [] : [{ name, byNode: new Map(down.map((one) => [one.node, one])) }];
  });

const withoutParent = (
  instance: InstanceState,
  parents: readonly DownOn[],
  input: ContradictionInput,
): readonly Contradiction[] => {
  if (instance.verdict !== 'ok' || parents.length === 0) return NONE;
  return parents.flatMap(({ name, byNode }): Contradiction[] => {
    const other = byNode.get(instance.node);
    if (other === undefined) return [];
    // What was seen well before that only was not looked at since.
    if (lastWellMs(instance, input) <= other.sinceMs) return [];
    return [
      {
        id: `child-without-parent:${instance.id}:${name}`,
        kind: 'child-without-parent',
        words: `${instance.id} is well, though ${name} is down, which it requires`,
        instances: [instance.id, other.id],
      },
    ];
  });
};

/** Its unit is up and so is it. */
const isPlain = ({ unit, verdict }: InstanceState): boolean =>
  verdict !== 'down' && (unit === undefined || (unit.active === 'active' && unit.load === 'loaded'));

/** systemd and the endpoint tell opposite things. */
const withUnit = (instance: InstanceState, input: ContradictionInput): readonly Contradiction[] => {
  const { id, unit, verdict, reason, checks } = instance;
  if (unit === undefined) return NONE;
  if (isPlain(instance)) return NONE;
  // An answer from before the unit went down contradicts nothing.
  const clock = input.facts.clocks.get(instance.node) ?? [];
  const answeredMs = nodeTimeAt(clock, lastWellMs(instance, input));
  const isSince = answeredMs === undefined || answeredMs > (unit.stateChangeMs ?? unit.inactiveEnterMs ?? 0);
  const isAnswering = isSince && checks.some((check) => check.verdict === 'ok');
  const yet = isAnswering ? unitContradiction(unit) : '';
  if (yet !== '') {
    return [
      {
        id: `answers-but-stopped:${id}`,
        kind: 'answers-but-stopped',
        words: `${id} ${yet}`,
        instances: [id],
      },
    ];
  }
  // Where that is so of all that runs on the node, it is one thing, and a cause.
  if (verdict !== 'down' || unit.active !== 'active' || isOverdue(input.state, instance)) return [];
  const words = `systemd calls ${id} active, and its endpoint is dead: ${reason}`;
  return [{ id: `active-but-silent:${id}`, kind: 'active-but-silent', words, instances: [id] }];
};

const ofGroup = (service: Service, state: Judged): Contradiction[] =>
  (state.services.get(service.name)?.quorum?.faults ?? []).flatMap((fault): Contradiction[] => {
    if (fault.kind === 'two-leaders') {
      const words = `${service.title} has ${plural(fault.nodes.length, 'leader')}: ${sentenceList(fault.nodes)}`;
      const instances = fault.nodes.map((node) => instanceId(service.name, node));
      return [{ id: `two-leaders:${service.name}`, kind: 'two-leaders', words, instances }];
    }
    if (fault.kind !== 'size-disagreement') return [];
    const said = [...fault.sizes].map(([node, size]) => `${node} says ${size}`);
    const words = `members of ${service.title} count differently: ${sentenceList(said.slice(0, 5))}`;
    const instances = [...fault.sizes.keys()].map((node) => instanceId(service.name, node));
    return [{ id: `sizes:${service.name}`, kind: 'sizes', words, instances }];
  });

/** Every contradiction of the state, in the topology's order; last, who answers as somebody else. */
export const findContradictions = (input: ContradictionInput): readonly Contradiction[] => {
  const doubtful: InstanceState[] = [];
  const found = input.topology.services.flatMap((service) => {
    const parents = parentsDown(input, service.name);
    const found = [...ofGroup(service, input.state)];
    for (const instance of membersOf(input.state, service.name)) {
      if (mayBeAnother(instance)) doubtful.push(instance);
      if (parents.length === 0 && isPlain(instance)) continue;
      for (const one of withoutParent(instance, parents, input)) found.push(one);
      for (const one of withUnit(instance, input)) found.push(one);
    }
    return found;
  });
  return doubtful.length === 0 ? found : [...found, ...identityContradictions(doubtful, input)];
};
