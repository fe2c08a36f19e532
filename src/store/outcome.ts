/** What an event comes to: a new state, and what is asked of the world. */
import type { Effect } from './events.ts';
import type { AppState, Ui, ViewFrame } from './state.ts';

/** The next state, what is asked of the world, and a line to show. */
export type Outcome = {
  readonly state: AppState;
  readonly effects: readonly Effect[];
  readonly notice?: string;
};

export const only = (state: AppState): Outcome => ({ state, effects: [] });
export const withUi = (state: AppState, change: Partial<Ui>): AppState => ({
  ...state,
  ui: { ...state.ui, ...change },
});

export const replaceTop = (ui: Ui, frame: ViewFrame): Ui['stack'] => {
  const [first, ...rest] = ui.stack;
  return rest.length === 0 ? [frame] : [first, ...rest.slice(0, -1), frame];
};
