/** Answers a store's requests for plans as the composition root does. */
import { planOperation } from '../../src/actions/operation/plan.ts';
import { planAction } from '../../src/actions/plan.ts';
import type { Plan } from '../../src/core/model/action.ts';
import type { Effect } from '../../src/store/events.ts';
import type { AppStore } from '../../src/store/store.ts';

/** Returns the effects as they come. `recent`: what others have done lately to each of what is asked about. */
export const withPlanner = (store: AppStore, recent: readonly string[] = []): readonly Effect[] => {
  const effects: Effect[] = [];
  store.onEffect((effect) => {
    effects.push(effect);
    if (effect.kind !== 'plan' && effect.kind !== 'plan-operation') return;
    const { topology, inventory, cluster, facts, options } = store.getState();
    const known = { topology, inventory, cluster, facts, options, sudo: true };
    if (effect.kind === 'plan') {
      store.dispatch({ kind: 'planned', plan: planAction({ ...effect.request, ...known }), recent });
    } else {
      store.dispatch({
        kind: 'planned-operation',
        plan: planOperation({ ...effect.request, ...known }),
        recent,
      });
    }
  });
  return effects;
};

/** The action that the open dialog asks about. */
export const askedPlan = (store: AppStore): Plan => {
  const { dialog } = store.getState().ui;
  if (dialog?.kind !== 'confirm') throw new Error('no action is asked about');
  return dialog.plan;
};
