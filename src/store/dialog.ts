/** The question that is open: what it asks for now, what is typed into it, and what follows from its answer. */
import type { Plan } from '../core/model/action.ts';
import type { OperationPlan } from '../core/model/operation.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import type { Effect } from './events.ts';
import { dropMarks } from './marks.ts';
import { type Outcome, only, withUi } from './outcome.ts';
import type { AppState, Dialog, Why } from './state.ts';

const TYPED_MAX = 80;
const REASON_MAX = 200;

/** What no line of the audit may hold, nor what is typed as a search: controls, and what is not seen. */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A reason comes first, then the name where one must be typed; else a yes. */
export const questionOf = (dialog: Dialog): 'reason' | 'typed' | 'yes' => {
  if (dialog.why?.given === false) return 'reason';
  const plan = planOf(dialog);
  // What may not run is only closed, by any of the keys that say no.
  return plan?.typed === undefined || plan.refusals.length > 0 ? 'yes' : 'typed';
};

/** What would run; none of a shell. */
export const planOf = (dialog: Dialog): Plan | OperationPlan | undefined =>
  dialog.kind === 'shell' ? undefined : dialog.plan;

/** What is still to be said, where nothing runs without a reason. */
export const whyOf = ({ mode }: AppState, refusals: readonly string[] = []): { readonly why?: Why } =>
  mode.needsReason === true && refusals.length === 0 ? { why: { text: '', given: false } } : {};

/** True once a reason is there, else why it does not go on. */
export const reasonGiven = ({ ui: { dialog } }: AppState): true | string =>
  dialog?.why !== undefined && dialog.why.text.trim() === '' ? 'a reason is required (audit.reason)' : true;

/** Changes what is typed into the dialog; one that only asks yes or no takes nothing. */
export const editDialog = (dialog: Dialog, edit: (text: string) => string): Dialog => {
  if (dialog.why?.given === false) {
    const text = edit(dialog.why.text).replace(UNSEEN, '');
    return { ...dialog, why: { text: [...text].slice(0, REASON_MAX).join(''), given: false } };
  }
  if (dialog.kind === 'shell' || questionOf(dialog) !== 'typed') return dialog;
  return { ...dialog, typed: [...edit(dialog.typed)].slice(0, TYPED_MAX).join('') };
};

/** Turns its pages. */
export const turnDialog = (state: AppState, by: 1 | -1): AppState => {
  const { dialog } = state.ui;
  return dialog === undefined || dialog.kind === 'shell'
    ? state
    : withUi(state, { dialog: { ...dialog, page: (dialog.page ?? 0) + by } });
};

const reasonOf = ({ why }: Dialog): { readonly reason?: string } =>
  why === undefined ? {} : { reason: why.text };

/** Goes on to the question itself; a shell has none. */
export const giveReason = (state: AppState): Outcome => {
  const { dialog } = state.ui;
  // The table of keys refuses this with a reason; nothing must go on without one even if a key slipped through.
  if (dialog?.why === undefined || reasonGiven(state) !== true) return only(state);
  const why: Why = { text: sanitiseLine(dialog.why.text, REASON_MAX), given: true };
  if (dialog.kind !== 'shell') return only(withUi(state, { dialog: { ...dialog, why } }));
  const effect: Effect = { kind: 'shell', node: dialog.node, reason: why.text };
  return { state: withUi(state, { dialog: undefined, away: true }), effects: [effect] };
};

/** Runs what the dialog shows, once all that it asks for is there. */
export const confirm = (state: AppState): Outcome => {
  const { dialog } = state.ui;
  if (dialog === undefined || dialog.kind === 'shell') return only(state);
  const { plan, typed } = dialog;
  const isAnswered = questionOf(dialog) !== 'reason' && (plan.typed === undefined || plan.typed === typed);
  // As above: a plan must not run by a key that slipped through.
  if (plan.refusals.length > 0 || !isAnswered) return only(state);
  const effect: Effect =
    dialog.kind === 'operation'
      ? { kind: 'run-operation', plan: dialog.plan, ...reasonOf(dialog) }
      : { kind: 'run-plan', plan: dialog.plan, ...reasonOf(dialog) };
  return { state: dropMarks(withUi(state, { dialog: undefined })), effects: [effect] };
};
