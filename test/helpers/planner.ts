/** Answers a store's requests for plans as the composition root does. */
import { planAction } from '../../src/actions/plan.ts';
import type { Effect } from '../../src/store/events.ts';
import type { AppStore } from '../../src/store/store.ts';

/** Returns the effects as they come. */
export const withPlanner = (store: AppStore): readonly Effect[] => {
  const effects: Effect[] = [];
  store.onEffect((effect) => {
    effects.push(effect);
    if (effect.kind !== 'plan') return;
    const { topology, inventory, cluster, facts, options } = store.getState();
    const { request } = effect;
    const plan = planAction({ ...request, topology, inventory, cluster, facts, options, sudo: true });
    store.dispatch({ kind: 'planned', plan });
  });
  return effects;
};
