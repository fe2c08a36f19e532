/** To the row of a service, a node, an instance or a step, in the view that it belongs to. */
import { unfoldBoot } from './boot.ts';
import { selectId } from './move.ts';
import { replaceTop, withUi } from './outcome.ts';
import { rowIds } from './rows.ts';
import { parentOf } from './selection.ts';
import { push, show } from './stack.ts';
import { type AppState, frameOf, type SubjectId, topFrame, type ViewId } from './state.ts';
import { targetOf } from './subjects.ts';

/** With the cursor on the row; undefined where the view has no such row. */
const onRow = (state: AppState, id: SubjectId): AppState | undefined =>
  rowIds(state, topFrame(state.ui)).includes(id) ? selectId(state, id) : undefined;

/** The view with the row in it, whatever hid it. */
const at = (state: AppState, view: ViewId, id: SubjectId): AppState | undefined => {
  const there = show(state, view);
  return (
    onRow(there, id) ?? onRow(withUi(there, { filter: { text: '', editing: false }, onlyBroken: false }), id)
  );
};

const unfolded = (state: AppState, id: SubjectId | undefined): AppState =>
  id === undefined ? state : withUi(state, { unfolded: new Set([...state.ui.unfolded, id]) });

const place = (state: AppState, id: SubjectId): AppState | undefined => {
  const target = targetOf(id);
  switch (target?.kind) {
    case 'node': {
      const there = at(state, 'nodes', id);
      // The node itself, not one of its services.
      return (
        there && withUi(there, { stack: replaceTop(there.ui, { ...topFrame(there.ui), column: undefined }) })
      );
    }
    case 'step':
      return at(withUi(state, { unfolded: unfoldBoot(state, target.node) }), 'first-boot', id);
    case 'instance':
      return at(unfolded(state, parentOf(id)), 'tree', id);
    case undefined:
      return id.startsWith('service:') ? at(state, 'tree', id) : undefined;
    default:
      return target satisfies never;
  }
};

/** Where it has no row of its own, as the steps of a boot in few rows, its page opens. */
export const goTo = (state: AppState, id: SubjectId): AppState =>
  place(state, id) ?? push(state, frameOf('detail', id));
