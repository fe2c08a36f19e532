/** What a changed configuration has to wait for. */
import { actionName } from '../core/action-name.ts';
import { operationName } from '../core/operation-words.ts';
import type { AppState } from '../store/state.ts';
import type { Rim } from './rim.ts';

/** In words, to go behind "when"; undefined: nothing. */
export const busyWith = (
  state: AppState,
  { runner, operations }: Pick<Rim, 'runner' | 'operations'>,
): string | undefined => {
  const operation = operations?.running()[0];
  if (operation !== undefined) return `${operationName(operation.plan)} has ended`;
  const job = runner?.running()[0];
  if (job !== undefined) return `${actionName(job.plan)} has ended`;
  if (state.ui.dialog !== undefined) return 'the question is answered';
  return state.ui.away ? 'the terminal is back' : undefined;
};
