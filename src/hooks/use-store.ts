/** The store as React sees it: a component is drawn again only when what it selected has changed. */
import { createContext, use, useMemo, useSyncExternalStore } from 'react';
import type { AppState } from '../store/state.ts';
import type { AppStore } from '../store/store.ts';

export const StoreContext = createContext<AppStore | undefined>(undefined);

/** The store of this tree of components. */
export const useStore = (): AppStore => {
  const store = use(StoreContext);
  if (store === undefined) throw new Error('useStore outside of StoreContext');
  return store;
};

/** A reading of the state; the old value is kept while `isEqual` says that the new one is the same. */
export const useAppState = <Value>(
  select: (state: AppState) => Value,
  isEqual: (left: Value, right: Value) => boolean = Object.is,
): Value => {
  const store = useStore();
  const read = useMemo(() => {
    let last: { readonly state: AppState; readonly value: Value } | undefined;
    return (): Value => {
      const state = store.getState();
      if (last?.state === state) return last.value;
      const value = select(state);
      last = { state, value: last !== undefined && isEqual(last.value, value) ? last.value : value };
      return last.value;
    };
  }, [store, select, isEqual]);
  return useSyncExternalStore(store.subscribe, read, read);
};

const sameLines = (left: readonly string[], right: readonly string[]): boolean =>
  left === right || (left.length === right.length && left.every((line, index) => line === right[index]));

/**
 * Painted lines of the state. Ink serialises the whole frame for any update, so an update that paints the same
 * lines must not reach it. `paint` must keep its identity between draws.
 */
export const useLines = (paint: (state: AppState) => readonly string[]): readonly string[] =>
  useAppState(paint, sameLines);
