/** What is dead on a node because something that it requires came back alone: one cause with one repair. */
import type { InstanceState, NodeState } from '../model/cluster.ts';
import { instanceId, type NodeName } from '../model/inventory.ts';
import type { Service, ServiceName, Topology, UnitName } from '../model/topology.ts';
import { isIdle } from '../unit-standing.ts';
import type { Judged } from './judged.ts';

export type Left = {
  readonly node: NodeName;
  /** Each in the topology's order. */
  readonly services: readonly Service[];
  readonly steps: readonly UnitName[];
  readonly after: readonly UnitName[];
  readonly sinceMs: number;
  /** Services that are down for it; where none is, those that the steps are for. */
  readonly about: readonly ServiceName[];
  /** No service is down or short of a member for it. */
  readonly harmless: boolean;
};

type Here = readonly (readonly [Service, InstanceState])[];

/** Down behind one of `units`: not wrong by itself, but nothing will start it either. */
const isCarried = (instance: InstanceState, units: ReadonlySet<UnitName>, here: Here): boolean => {
  const { blockedBy, unit } = instance;
  const blocker = here.find(([service]) => service.name === blockedBy?.service)?.[0];
  return unit !== undefined && isIdle(unit) && blocker !== undefined && units.has(blocker.unit);
};

/** All that was left behind on one node; undefined when nothing was. */
const leftOn = (topology: Topology, { name: node, steps }: NodeState, state: Judged): Left | undefined => {
  const here: Here = topology.services.flatMap((service) => {
    const instance = state.instances.get(instanceId(service.name, node));
    return instance === undefined ? [] : [[service, instance] as const];
  });
  const leftSteps = steps.filter((step) => step.state === 'left-behind');
  const down = here.filter(([, { left }]) => left !== undefined);
  if (down.length + leftSteps.length === 0) return undefined;

  const units = new Set([...leftSteps.map((step) => step.unit), ...down.map(([service]) => service.unit)]);
  let size: number;
  do {
    size = units.size;
    for (const [{ unit }, instance] of here) if (isCarried(instance, units, here)) units.add(unit);
    for (const step of steps) if (step.by !== undefined && units.has(step.by)) units.add(step.unit);
  } while (units.size > size);

  const concerned = leftSteps.flatMap(({ service }) => service ?? []);
  return {
    node,
    services: here.flatMap(([service]) => (units.has(service.unit) ? [service] : [])),
    steps: topology.firstBoot.steps.flatMap(({ unit }) => (units.has(unit) ? [unit] : [])),
    after: [...down.flatMap(([, { left }]) => left?.after ?? []), ...leftSteps.flatMap(({ by }) => by ?? [])],
    sinceMs: Math.min(...down.map(([, { sinceMs }]) => sinceMs), ...leftSteps.map(({ sinceMs }) => sinceMs)),
    about: down.length > 0 ? down.map(([{ name }]) => name) : concerned,
    harmless: here.every(([, { left, unmet }]) => left === undefined && (!unmet || !units.has(unmet))),
  };
};

/** What was left behind, node by node, of nodes that can be seen. */
export const leftBehind = (topology: Topology, state: Judged): readonly Left[] => {
  const concerned = new Set<NodeName>();
  for (const { left, node } of state.instances.values()) if (left !== undefined) concerned.add(node);
  for (const { steps, name } of state.nodes.values()) {
    if (steps.some((step) => step.state === 'left-behind')) concerned.add(name);
  }
  return [...state.nodes.values()].flatMap((node) =>
    concerned.has(node.name) && node.reachable ? (leftOn(topology, node, state) ?? []) : [],
  );
};
