/** Who needs whom in a topology, and which checks an inventory calls for. Pure lookups; nothing here judges. */
import type { CheckTarget, ClusterNode, Inventory } from './model/inventory.ts';
import { checkId, instanceId } from './model/inventory.ts';
import type { CheckSpec, Service, ServiceName, Step, Topology, UnitName } from './model/topology.ts';

/** A direct dependency between services; `hard` is Requires=, otherwise Wants=. After= alone only orders. */
export type Dependency = { readonly service: ServiceName; readonly hard: boolean };

/** A service in the tree of dependencies, drawn once, under the parent that ties it most. */
export type DependencyNode = {
  readonly service: ServiceName;
  /** How it depends on the service above; absent at a root. */
  readonly edge?: 'requires' | 'wants';
  /** Its other dependencies, which the tree does not draw. */
  readonly also: readonly Dependency[];
  readonly children: readonly DependencyNode[];
};

export const serviceByName = (topology: Topology, name: ServiceName): Service | undefined =>
  topology.services.find((service) => service.name === name);

export const serviceByUnit = (topology: Topology, unit: UnitName): Service | undefined =>
  topology.services.find((service) => service.unit === unit);

/** The first-boot step with this unit or this short name. */
export const stepByName = (topology: Topology, name: string): Step | undefined =>
  topology.firstBoot.steps.find((step) => step.unit === name || step.name === name);

/**
 * Every unit that systemd stops and restarts together with `unit`, because it requires it directly or through
 * others: nearest first, services before first-boot steps at the same distance. `unit` itself is not among them.
 * `isThere`: whether a node has it at all; what is not there hands nothing on.
 */
export const requiredBy = (
  topology: Topology,
  unit: UnitName,
  isThere: (unit: UnitName) => boolean = () => true,
): UnitName[] => {
  const units = [...topology.services, ...topology.firstBoot.steps];
  const found: UnitName[] = [];
  const seen = new Set([unit]);
  let front = [unit];
  while (front.length > 0) {
    const next = units.filter(
      (candidate) =>
        !seen.has(candidate.unit) &&
        isThere(candidate.unit) &&
        candidate.requires.some((required) => front.includes(required)),
    );
    front = next.map((candidate) => candidate.unit);
    for (const name of front) {
      seen.add(name);
      found.push(name);
    }
  }
  return found;
};

/** The services that this one names in Requires= and Wants=, hard ones first; an unknown name has none. */
export const dependenciesOf = (topology: Topology, name: ServiceName): Dependency[] => {
  const service = serviceByName(topology, name);
  if (service === undefined) return [];
  const found = new Map<ServiceName, Dependency>();
  const add = (units: readonly UnitName[], hard: boolean): void => {
    for (const unit of units) {
      const other = serviceByUnit(topology, unit);
      if (other !== undefined && !found.has(other.name)) found.set(other.name, { service: other.name, hard });
    }
  };
  add(service.requires, true);
  add(service.wants, false);
  return [...found.values()];
};

/** The services that name this one in Requires= or Wants=, in topology order. */
export const dependentsOf = (topology: Topology, name: ServiceName): Dependency[] =>
  topology.services.flatMap((service) => {
    const dependency = dependenciesOf(topology, service.name).find((entry) => entry.service === name);
    return dependency === undefined ? [] : [{ service: service.name, hard: dependency.hard }];
  });

/** Every service without which this one cannot run: Requires= followed to the end, nearest first, itself excluded. */
export const hardClosure = (topology: Topology, name: ServiceName): ServiceName[] => {
  const found = new Set<ServiceName>([name]);
  for (const current of found) {
    for (const dependency of dependenciesOf(topology, current)) {
      if (dependency.hard) found.add(dependency.service);
    }
  }
  found.delete(name);
  return [...found];
};

/** Every service whose unit systemd starts only after this one's, directly or through others, itself excluded. */
export const startedAfter = (topology: Topology, name: ServiceName): ReadonlySet<ServiceName> => {
  const unit = serviceByName(topology, name)?.unit;
  const found = new Set<UnitName>(unit === undefined ? [] : [unit]);
  for (const before of found) {
    for (const service of topology.services) if (service.after.includes(before)) found.add(service.unit);
  }
  return new Set(
    topology.services
      .filter((service) => found.has(service.unit) && service.name !== name)
      .map((service) => service.name),
  );
};

type Placed = {
  readonly depth: number;
  readonly parent?: Dependency;
  readonly also: readonly Dependency[];
};

/**
 * The dependencies as trees for drawing: each service exactly once, under a service it requires if there is one,
 * else under one it wants, and of those under the deepest. Siblings and roots keep the topology's order.
 */
export const dependencyForest = (topology: Topology): DependencyNode[] => {
  const placed = new Map<ServiceName, Placed>();
  const place = (name: ServiceName): void => {
    const dependencies = dependenciesOf(topology, name);
    const depthOf = (dependency: Dependency): number => placed.get(dependency.service)?.depth ?? -1;
    // A dependency that is not placed yet closes a cycle; it cannot be a parent.
    const [parent] = dependencies
      .filter((dependency) => depthOf(dependency) >= 0)
      .sort((a, b) => Number(b.hard) - Number(a.hard) || depthOf(b) - depthOf(a));
    placed.set(name, {
      depth: parent === undefined ? 0 : depthOf(parent) + 1,
      ...(parent === undefined ? {} : { parent }),
      also: dependencies.filter((dependency) => dependency !== parent),
    });
  };

  const names = topology.services.map((service) => service.name);
  const isReady = (name: ServiceName): boolean =>
    !placed.has(name) && dependenciesOf(topology, name).every((entry) => placed.has(entry.service));
  while (placed.size < names.length) {
    const ready = names.filter(isReady);
    const forced = names.find((name) => !placed.has(name));
    if (ready.length > 0) ready.forEach(place);
    else if (forced !== undefined) place(forced);
    else break;
  }

  const childrenOf = (name: ServiceName | undefined): DependencyNode[] =>
    names.flatMap((child) => {
      const entry = placed.get(child);
      if (entry === undefined || entry.parent?.service !== name) return [];
      return [
        {
          service: child,
          ...(entry.parent === undefined
            ? {}
            : { edge: entry.parent.hard ? ('requires' as const) : ('wants' as const) }),
          also: entry.also,
          children: childrenOf(child),
        },
      ];
    });
  return childrenOf(undefined);
};

const targetOf = (node: ClusterNode, service: Service, spec: CheckSpec): CheckTarget => {
  const instance = instanceId(service.name, node.name);
  return {
    id: checkId(instance, spec.id),
    instance,
    service: service.name,
    node: node.name,
    spec,
    host: node.address,
    port: node.ports.get(spec.port) ?? spec.port,
    serverName: node.serverName ?? node.address,
  };
};

/** Every probe that the inventory calls for: node by node, its services in topology order, their checks in order. */
export const expectedTargets = (topology: Topology, inventory: Inventory): CheckTarget[] =>
  inventory.nodes.flatMap((node) =>
    topology.services
      .filter((service) => node.services.includes(service.name))
      .flatMap((service) => service.checks.map((spec) => targetOf(node, service, spec))),
  );

/** The units to ask a node's systemd about: those of its services, then the first-boot steps of these. */
export const watchedUnits = (topology: Topology, node: ClusterNode): UnitName[] => [
  ...topology.services
    .filter((service) => node.services.includes(service.name))
    .map((service) => service.unit),
  ...topology.firstBoot.steps
    .filter((step) => step.service === undefined || node.services.includes(step.service))
    .map((step) => step.unit),
];
