/** The one store: events in, effects out. No React, no clock, no I/O. */
import { createStore } from 'zustand/vanilla';
import type { AppEvent, Effect } from './events.ts';
import { type AppInit, initialState } from './initial.ts';
import { reduce } from './reduce.ts';
import type { AppState } from './state.ts';

export type AppStore = {
  readonly getState: () => AppState;
  /** Folds the event in, tells subscribers, then hands effects to their handlers, in that order. */
  readonly dispatch: (event: AppEvent) => void;
  /** Called after every change; returns the unsubscriber. */
  readonly subscribe: (listener: (state: AppState, previous: AppState) => void) => () => void;
  /** Handlers may dispatch; returns the remover. */
  readonly onEffect: (handler: (effect: Effect) => void) => () => void;
};

/** A store over one cluster; its first state is the judgement of no facts at all. */
export const createAppStore = (init: AppInit): AppStore => {
  const store = createStore<AppState>(() => initialState(init));
  const handlers = new Set<(effect: Effect) => void>();
  return {
    getState: store.getState,
    subscribe: store.subscribe,
    onEffect: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    dispatch: (event) => {
      const { state, effects } = reduce(store.getState(), event);
      store.setState(state, true);
      for (const effect of effects) for (const handler of handlers) handler(effect);
    },
  };
};
