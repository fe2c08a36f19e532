/** From rows to what an action is about, and back. */
import { stepByName } from '../core/graph.ts';
import type { ActionTarget } from '../core/model/action.ts';
import { instanceId, type NodeName } from '../core/model/inventory.ts';
import type { Topology, UnitName } from '../core/model/topology.ts';
import type { SubjectId } from './state.ts';

/** A first-boot step on one node. */
const stepSubject = (step: string, node: NodeName): SubjectId => `step:${step}@${node}`;

/** The row that stands for what an action is about. */
export const subjectOf = (target: ActionTarget): SubjectId => {
  switch (target.kind) {
    case 'instance':
      return `instance:${instanceId(target.service, target.node)}`;
    case 'step':
      return stepSubject(target.step, target.node);
    case 'node':
      return `node:${target.node}`;
    default:
      return target satisfies never;
  }
};

/** The step or the instance, else the node, that a row names; undefined for rows about more than one of them. */
export const targetOf = (id: SubjectId | undefined): ActionTarget | undefined => {
  const match = /^(?:(instance|step):([^@]+)@|node:)(.+)$/u.exec(id ?? '');
  const [, kind, name, node] = match ?? [];
  if (node === undefined) return undefined;
  if (kind === undefined || name === undefined) return { kind: 'node', node };
  return kind === 'step' ? { kind, step: name, node } : { kind: 'instance', service: name, node };
};

/** The row of a unit of a node's boot that a cursor can stand on; targets have none. */
export const unitSubject = (topology: Topology, unit: UnitName, node: NodeName): SubjectId | undefined => {
  const step = stepByName(topology, unit);
  if (step !== undefined) return stepSubject(step.name, node);
  const service = topology.services.find((one) => one.unit === unit);
  return service && subjectOf({ kind: 'instance', service: service.name, node });
};
