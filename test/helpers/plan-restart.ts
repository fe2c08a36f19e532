/** A restart of an instance that is named as a test names it. */
import { type PlanInput, planAction } from '../../src/actions/plan.ts';
import type { ActionTarget, Plan } from '../../src/core/model/action.ts';
import type { InstanceId } from '../../src/core/model/inventory.ts';

export const instanceTarget = (instance: InstanceId): ActionTarget => {
  const [service = '', node = ''] = instance.split('@');
  return { kind: 'instance', service, node };
};

export const planRestart = ({
  instance,
  ...input
}: Omit<PlanInput, 'verb' | 'target'> & { readonly instance: InstanceId }): Plan =>
  planAction({ ...input, verb: 'restart', target: instanceTarget(instance) });
