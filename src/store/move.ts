/** Where the cursor goes, and what it folds on its way. */
import { firstOfLogs, scrollLogs } from './logs/reduce.ts';
import { replaceTop, withUi } from './outcome.ts';
import { rowIds, selectedRow, treeRowsOf } from './rows.ts';
import { follow, locate, offHeading, parentOf } from './selection.ts';
import { type AppState, isPage, topFrame } from './state.ts';

export const pageStep = (state: AppState): number => Math.max(1, state.ui.bodyRows - 2);

export const move = (state: AppState, by: number): AppState => {
  const frame = topFrame(state.ui);
  if (frame.view === 'logs') return scrollLogs(state, by);
  if (frame.view === 'impact' || isPage(frame.view)) {
    const last = Math.max(0, state.ui.pageLines - state.ui.bodyRows);
    const scroll = Math.min(Math.max(frame.scroll + by, 0), last);
    return withUi(state, { stack: replaceTop(state.ui, { ...frame, scroll }) });
  }
  const ids = rowIds(state, frame);
  const index = Math.min(Math.max(locate(ids, frame.anchor) + by, 0), ids.length - 1);
  return select(state, ids, offHeading(ids, index, by));
};

/** No anchor: the first row, also when another one takes its place. */
export const toFirst = (state: AppState): AppState =>
  topFrame(state.ui).view === 'logs'
    ? firstOfLogs(state)
    : withUi(state, { stack: replaceTop(state.ui, { ...topFrame(state.ui), anchor: undefined, scroll: 0 }) });

/** Puts the cursor on row `index` of the view on screen and scrolls it into sight. */
const select = (state: AppState, ids: readonly string[], index: number): AppState => {
  const id = ids[index];
  if (id === undefined) return state;
  const frame = topFrame(state.ui);
  const scroll = follow(frame.scroll, index, state.ui.bodyRows, ids.length);
  return withUi(state, { stack: replaceTop(state.ui, { ...frame, anchor: { id, index }, scroll }) });
};

/** Puts the cursor on the row with this id; without such a row it stays where it is. */
export const selectId = (state: AppState, id: string | undefined): AppState => {
  const ids = rowIds(state, topFrame(state.ui));
  return id === undefined ? state : select(state, ids, ids.indexOf(id));
};

const withFold = (state: AppState, id: string, isOpen: boolean): AppState => {
  const unfolded = new Set(state.ui.unfolded);
  if (isOpen) unfolded.add(id);
  else unfolded.delete(id);
  return withUi(state, { unfolded });
};

export const fold = (state: AppState): AppState => {
  const rows = treeRowsOf(state);
  const index = rows.findIndex((row) => row.id === selectedRow(state));
  const row = rows[index];
  if (row === undefined) return state;
  if (row.foldable && !row.folded) return withFold(state, row.id, false);
  const above = rows.slice(0, index).findLast((other) => other.depth < row.depth)?.id;
  return selectId(state, parentOf(row.id) ?? above);
};

export const unfold = (state: AppState): AppState => {
  const rows = treeRowsOf(state);
  const index = rows.findIndex((row) => row.id === selectedRow(state));
  const row = rows[index];
  if (row === undefined) return state;
  if (row.foldable && row.folded) return withFold(state, row.id, true);
  const below = rows[index + 1];
  return below !== undefined && below.depth > row.depth ? selectId(state, below.id) : state;
};

/** The nodes view's cell cursor: the node itself, then its services in the topology's order. */
export const moveColumn = (state: AppState, by: number): AppState => {
  const frame = topFrame(state.ui);
  const columns = [undefined, ...state.topology.services.map((service) => service.name)];
  const at = Math.min(Math.max(columns.indexOf(frame.column) + by, 0), columns.length - 1);
  return withUi(state, { stack: replaceTop(state.ui, { ...frame, column: columns[at] }) });
};
