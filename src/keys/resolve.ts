/** From a chord to what it does here and now: the only place that decides. */
import { planOf, questionOf } from '../store/dialog.ts';
import type { AppEvent, Command } from '../store/events.ts';
import type { AppState, Dialog } from '../store/state.ts';
import { availability } from './availability.ts';
import { bindingsOf, liveScopes } from './bindings.ts';
import { type Chord, isAlt, textOf } from './chords.ts';
import { paletteEvent } from './palette.ts';

export type Resolution =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'refused'; readonly command: Command; readonly reason: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' };

/** What the chord means now. */
export const resolve = (state: AppState, chord: Chord): Resolution => {
  if (state.ui.away) return { kind: 'none' };
  const table = bindingsOf(state);
  for (const scope of liveScopes(state)) {
    const binding = table.find((one) => one.scopes.includes(scope) && one.chords.includes(chord));
    if (binding === undefined) continue;
    const available = availability(state, binding);
    return available === true
      ? { kind: 'command', command: binding.command }
      : { kind: 'refused', command: binding.command, reason: available };
  }
  // Esc and a key pressed soon after it come as one.
  if (isAlt(chord)) return resolve(state, 'esc');
  const text = textOf(chord);
  return text !== undefined && takesText(state) ? { kind: 'text', text } : { kind: 'none' };
};

/** True while typed characters go into an input. */
const takesText = (state: AppState): boolean =>
  liveScopes(state).some(
    (scope) =>
      scope === 'filter' ||
      scope === 'palette' ||
      scope === 'logs-search' ||
      scope === 'help-search' ||
      scope === 'confirm-typed' ||
      scope === 'confirm-reason',
  );

const eventOf = (state: AppState, resolution: Resolution): AppEvent | undefined => {
  switch (resolution.kind) {
    case 'command':
      return paletteEvent(state, resolution.command) ?? { kind: 'command', command: resolution.command };
    case 'refused':
      return { kind: 'refused', reason: resolution.reason };
    case 'text':
      return { kind: 'text', text: resolution.text };
    case 'none':
      return undefined;
    default:
      return resolution satisfies never;
  }
};

const isSameQuestion = (one: Dialog | undefined, other: Dialog | undefined): boolean =>
  one === other ||
  (one !== undefined &&
    other !== undefined &&
    planOf(one) === planOf(other) &&
    questionOf(one) === questionOf(other));

type Target = { readonly getState: () => AppState; readonly dispatch: (event: AppEvent) => void };

/**
 * Presses the chords of one chunk in turn. A chunk that comes to another question ends there, and a yes-or-no dialog
 * takes single keys only: what follows was typed (or pasted) at another screen and must not answer a question. Nor is
 * anything chosen in the palette that nobody has seen listed: only a chunk's first key does.
 */
export const press = (target: Target, chords: readonly Chord[]): void => {
  // Whatever the key does, if anything: somebody is at home here now.
  if (target.getState().ui.hint && chords.length > 0) target.dispatch({ kind: 'hint', isShown: false });
  const before = target.getState().ui.dialog;
  if (before !== undefined && chords.length > 1 && !takesText(target.getState())) return;
  for (const [index, chord] of chords.entries()) {
    const state = target.getState();
    const resolution = resolve(state, chord);
    const isChoice = resolution.kind === 'command' && resolution.command === 'palette-choose';
    if (isChoice && index > 0) return;
    const event = eventOf(state, resolution);
    if (event !== undefined) target.dispatch(event);
    if (isChoice) return;
    if (!isSameQuestion(target.getState().ui.dialog, before)) return;
  }
};

/** Pasted text: its first line goes into the open input, without control characters; elsewhere it is ignored. */
export const paste = (target: Target, pasted: string): void => {
  if (!takesText(target.getState())) return;
  const line = pasted.split(/[\r\n]/u)[0] ?? '';
  const text = line.replace(/\p{Control}/gu, '');
  if (text !== '') target.dispatch({ kind: 'text', text });
};
