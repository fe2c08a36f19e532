/** The instances of a judgement by service, without looking up each by its name. */
import type { InstanceState } from './model/cluster.ts';
import type { InstanceId } from './model/inventory.ts';
import type { ServiceName } from './model/topology.ts';

type Instances = ReadonlyMap<InstanceId, InstanceState>;

const membersBy = new WeakMap<Instances, ReadonlyMap<ServiceName, readonly InstanceState[]>>();

const NONE: readonly InstanceState[] = [];

/** In the order of the instances; the same list for the same instances. */
export const membersIn = (instances: Instances, service: ServiceName): readonly InstanceState[] => {
  const known = membersBy.get(instances) ?? Map.groupBy(instances.values(), (instance) => instance.service);
  membersBy.set(instances, known);
  return known.get(service) ?? NONE;
};
