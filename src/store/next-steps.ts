/** What would mend what is broken now: worked out once per judgement. */
import type { ClusterState } from '../core/model/cluster.ts';
import type { NextStep } from '../core/next-steps/model.ts';
import { nextSteps } from '../core/next-steps/next-steps.ts';
import { type AppState, type SubjectId, shown } from './state.ts';

const told = new WeakMap<ClusterState, readonly NextStep[]>();

/** As the screen shows it now, in the order in which it is to be done. */
export const nextStepsOf = (state: AppState): readonly NextStep[] => {
  const { cluster, facts } = shown(state);
  const known = told.get(cluster);
  if (known !== undefined) return known;
  const { topology, inventory } = state;
  const next = nextSteps({ topology, inventory, cluster, facts });
  told.set(cluster, next);
  return next;
};

export const nextStepId = (step: NextStep): SubjectId => `next:${step.id}`;
