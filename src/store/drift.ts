/** Where the nodes' units depend on something else than the topology says: found once per answer. */
import { findDrift } from '../core/dependency-drift/drift.ts';
import type { Drift } from '../core/dependency-drift/model.ts';
import type { ClusterFacts } from '../core/model/cluster.ts';
import { type AppState, shown } from './state.ts';

const found = new WeakMap<ClusterFacts['relations'], readonly Drift[]>();

/** As the screen shows it now. */
export const driftOf = (state: AppState): readonly Drift[] => {
  const { relations } = shown(state).facts;
  const known = found.get(relations);
  if (known !== undefined) return known;
  const next = findDrift({ topology: state.topology, inventory: state.inventory, relations });
  found.set(relations, next);
  return next;
};
