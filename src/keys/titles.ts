/** What a key is called here and now: in the footer, in the palette. */
import { bootNodeId, isBootUnfolded } from '../store/boot.ts';
import { planOf } from '../store/dialog.ts';
import { selectedOperation } from '../store/operations.ts';
import { selectedRow } from '../store/rows.ts';
import type { AppState } from '../store/state.ts';
import type { Binding } from './binding.ts';

/** Nothing of it can be confirmed. */
export const isRefused = ({ ui: { dialog } }: AppState): boolean =>
  dialog !== undefined && (planOf(dialog)?.refusals.length ?? 0) > 0;

const isUnfoldedHere = (state: AppState): boolean =>
  state.inventory.nodes.some(
    ({ name }) => bootNodeId(name) === selectedRow(state) && isBootUnfolded(state, name),
  );

/** Switches are named by what they would do now. */
export const titleOf = (state: AppState, binding: Binding): string => {
  if (binding.command === 'cancel' && isRefused(state)) return 'close';
  if (binding.command === 'cancel-job' && selectedOperation(state) !== undefined) return 'end it';
  if (binding.command === 'hold-operation' && selectedOperation(state)?.asked === 'pause') return 'go on';
  if (binding.command === 'pause' && state.held !== undefined) return 'go on';
  if (binding.command === 'logs-follow' && state.logs?.held !== undefined) return 'follow';
  if (binding.command === 'logs-previous' && state.logs?.mode === 'previous') return 'this boot';
  if (binding.command === 'logs-run' && state.logs?.mode === 'run') return 'whole boot';
  if (binding.command === 'logs-only' && state.logs?.onlyFound === true) return 'all lines';
  if (binding.command === 'logs-wrap' && state.logs?.wrap === true) return 'cut';
  if (binding.command === 'only-broken' && state.ui.onlyBroken) return 'show all';
  if (binding.command === 'toggle' && selectedRow(state)?.startsWith('node:') === false) return 'open';
  if (binding.command === 'toggle' && isUnfoldedHere(state)) return 'fold';
  if (binding.command === 'tree-mode' && state.ui.treeMode === 'dependencies') return 'by level';
  if (binding.command === 'by-tag' && state.ui.byTag) return 'one list';
  return binding.title;
};
