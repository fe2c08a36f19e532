/** The state under another configuration: what stays keeps what is known of it. */
import { carriedFacts } from '../core/facts.ts';
import { expectedTargets } from '../core/graph.ts';
import { reuse } from '../core/reuse.ts';
import type { AppEvent } from './events.ts';
import { rejudged } from './rejudged.ts';
import type { AppState } from './state.ts';

type Configured = Extract<AppEvent, { readonly kind: 'configured' }>;

export const configured = (state: AppState, { topology, inventory, options, mode }: Configured): AppState => {
  const next = {
    ...state,
    mode, // The same object while nothing has changed: what was judged by it need not be judged again.
    options: reuse(state.options, options),
  };
  if (topology === state.topology && inventory === state.inventory) return rejudged(next);
  const nodes = { before: state.inventory.nodes, now: inventory.nodes };
  const facts = carriedFacts(state.facts, expectedTargets(topology, inventory), nodes);
  const judged = rejudged({ ...next, topology, inventory, facts });
  const marks = [...state.ui.marks].filter((id) => judged.cluster.instances.has(id));
  // What was held is of other nodes and services than the rows would be now.
  return { ...judged, held: undefined, ui: { ...judged.ui, marks: new Set(marks) } };
};
