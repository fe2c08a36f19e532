/** The terminal's size, told to the store so that paging and scrolling know how many rows there are. */
import { useWindowSize } from 'ink';
import { useLayoutEffect } from 'react';
import { useStore } from './use-store.ts';

export type Viewport = { readonly columns: number; readonly rows: number };

/** Columns and rows of the terminal; `roomOf` is the layout's word on what a list gets of them. */
export const useViewport = (
  roomOf: (viewport: Viewport) => { readonly bodyRows: number; readonly compact: boolean },
): Viewport => {
  const store = useStore();
  const { columns, rows } = useWindowSize();
  const { bodyRows, compact } = roomOf({ columns, rows });
  useLayoutEffect(() => {
    const { ui } = store.getState();
    if (ui.bodyRows !== bodyRows || ui.compact !== compact) {
      store.dispatch({ kind: 'resized', bodyRows, compact });
    }
  }, [store, bodyRows, compact]);
  return { columns, rows };
};
