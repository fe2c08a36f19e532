/** Where everything runs, laid out once for one topology and inventory: judging goes by numbers, not by names. */
import {
  type CheckId,
  checkId,
  type InstanceId,
  type Inventory,
  instanceId,
  type NodeName,
} from './model/inventory.ts';
import type { Service, ServiceName, Topology } from './model/topology.ts';

/** One placed service with the names of all that is known of it. */
export type Place = {
  readonly id: InstanceId;
  readonly service: Service;
  readonly node: NodeName;
  readonly checks: readonly CheckId[];
  /** Its number among all places. */
  readonly index: number;
  /** The number of its node in the inventory. */
  readonly at: number;
};

export type ServicePlaces = {
  readonly places: readonly Place[];
  readonly ids: readonly InstanceId[];
  /** By the number of a node: which of `places` is there. */
  readonly slots: readonly (number | undefined)[];
};

export type Places = {
  /** Service by service in the topology's order, node by node in the inventory's. */
  readonly all: readonly Place[];
  readonly byService: ReadonlyMap<ServiceName, ServicePlaces>;
  /** By the number of the node, each in the node's own order. */
  readonly byNode: readonly (readonly Place[])[];
};

const placesBy = new WeakMap<Inventory, { readonly topology: Topology; readonly places: Places }>();

const layOut = (topology: Topology, inventory: Inventory): Places => {
  const all: Place[] = [];
  const byService = new Map<ServiceName, ServicePlaces>();
  for (const service of topology.services) {
    const places: Place[] = [];
    const slots = inventory.nodes.map(({ name: node, services }, at) => {
      if (!services.includes(service.name)) return undefined;
      const id = instanceId(service.name, node);
      const checks = service.checks.map((spec) => checkId(id, spec.id));
      return places.push({ id, service, node, checks, index: all.length + places.length, at }) - 1;
    });
    all.push(...places);
    byService.set(service.name, { places, ids: places.map(({ id }) => id), slots });
  }
  const onNode = Map.groupBy(all, ({ at }) => at);
  const byNode = inventory.nodes.map(({ services }, at) => {
    const order = new Map(services.map((name, index) => [name, index]));
    const here = onNode.get(at) ?? [];
    return here.toSorted((a, b) => (order.get(a.service.name) ?? 0) - (order.get(b.service.name) ?? 0));
  });
  return { all, byService, byNode };
};

/** The same object for the same topology and inventory. */
export const placesOf = (topology: Topology, inventory: Inventory): Places => {
  const known = placesBy.get(inventory);
  if (known?.topology === topology) return known.places;
  const places = layOut(topology, inventory);
  placesBy.set(inventory, { topology, places });
  return places;
};

const NOWHERE: ServicePlaces = { places: [], ids: [], slots: [] };

export const placesIn = ({ byService }: Places, name: ServiceName): ServicePlaces =>
  byService.get(name) ?? NOWHERE;
