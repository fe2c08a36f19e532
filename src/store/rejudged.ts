/** The facts of the state judged at its time, and what has changed by it. */
import { diffEvents } from '../core/events.ts';
import { judge } from '../core/judge.ts';
import type { AppState } from './state.ts';

export const EVENTS_KEPT = 1000;

/** Judges the facts at the state's time and writes down what changed. */
export const rejudged = (state: AppState): AppState => {
  const { topology, inventory, options, facts, nowMs } = state;
  const cluster = judge({ topology, inventory, facts, options, nowMs, previous: state.cluster });
  const fresh = diffEvents(state.cluster, cluster, (state.events[0]?.seq ?? 0) + 1);
  return {
    ...state,
    cluster,
    events:
      fresh.length === 0 ? state.events : [...fresh.toReversed(), ...state.events].slice(0, EVENTS_KEPT),
  };
};
