/** Whether a key may act here and now. */
import type { AppState } from '../store/state.ts';
import type { Binding } from './binding.ts';
import { withKeyLabels } from './bindings.ts';

/**
 * True when the binding may act now, else the reason. Read-only is applied here and nowhere else among the keys;
 * the gate that cannot be passed is in actions/gate.ts.
 */
export const availability = (state: AppState, binding: Binding): true | string => {
  if (binding.danger && state.mode.readOnly) return 'read-only: nothing can be changed from here';
  const answer = binding.enabled?.(state) ?? true;
  return answer === true ? true : withKeyLabels(state, answer);
};
