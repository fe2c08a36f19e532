/** The judgement as far as it goes before anybody asks why, and lookups in it. */
import { membersIn } from '../members.ts';
import type { ClusterState, InstanceState, ServiceState, StepState } from '../model/cluster.ts';
import { instanceId, type NodeName } from '../model/inventory.ts';
import type { Service, ServiceName, Topology, UnitName } from '../model/topology.ts';

export type Judged = Omit<ClusterState, 'headline' | 'causes' | 'contradictions'>;

/** A placed service with its instances at hand. */
export type Subject = {
  readonly service: Service;
  readonly state: ServiceState;
  readonly instances: readonly InstanceState[];
};

export const subjectsOf = (topology: Topology, state: Judged): readonly Subject[] =>
  topology.services.flatMap((service): Subject[] => {
    const found = state.services.get(service.name);
    if (found === undefined || found.instances.length === 0) return [];
    return [{ service, state: found, instances: membersIn(state.instances, service.name) }];
  });

export const isDark = (state: Judged, { node }: InstanceState): boolean =>
  state.nodes.get(node)?.reachable === false;

/** It is one of those that no check of their node gets an answer of in time, though they run. */
export const isOverdue = (
  state: Pick<ClusterState, 'nodes'> | undefined,
  { id, node }: Pick<InstanceState, 'id' | 'node'>,
): boolean => state?.nodes.get(node)?.overdue?.instances.includes(id) === true;

export const stepOn = (state: Judged, node: NodeName, unit: UnitName): StepState | undefined =>
  state.nodes.get(node)?.steps.find((step) => step.unit === unit);

/** Where the service that a step works on is down, the step cannot but fail: that is told already. */
export const isEchoStep = (state: Judged, node: NodeName, step: StepState): boolean => {
  const verdict = state.instances.get(instanceId(step.service ?? '', node))?.verdict;
  return verdict === 'down' || verdict === 'blocked';
};

export const membersOf = (state: Judged, service: ServiceName): readonly InstanceState[] =>
  membersIn(state.instances, service);

export const withoutSuffix = (unit: UnitName): string => unit.replace(/\.(?:service|target)$/u, '');

/** `flaredb-cluster-join@node02`. */
export const stepId = (unit: UnitName, node: NodeName): string => `${withoutSuffix(unit)}@${node}`;

export const unique = <T>(values: Iterable<T>): readonly T[] => [...new Set(values)];
