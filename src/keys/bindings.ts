/**
 * THE key table. Dispatch, footer, help and docs/keys.md all come from it; no file outside of `tables` names a key, but
 * for the operator's own `keys` in the configuration.
 */
import { questionOf } from '../store/dialog.ts';
import { type AppState, searchesHelp, topFrame } from '../store/state.ts';
import type { Binding, Scope } from './binding.ts';
import { chordLabel } from './chords.ts';
import { withKeys } from './remap.ts';
import { ACTING_KEYS, SELDOM_KEYS } from './tables/acting.ts';
import { DIALOG_KEYS } from './tables/dialog.ts';
import { EVERYWHERE_KEYS } from './tables/everywhere.ts';
import { LOGS_KEYS } from './tables/logs.ts';
import { LOOKING_KEYS } from './tables/looking.ts';
import { PALETTE_KEYS } from './tables/palette.ts';
import { TYPING_KEYS } from './tables/typing.ts';

/** As it is without a configuration. The footer shows keys in this order. */
export const BINDINGS: readonly Binding[] = [
  ...DIALOG_KEYS,
  ...PALETTE_KEYS,
  ...ACTING_KEYS,
  ...LOGS_KEYS,
  ...LOOKING_KEYS,
  ...SELDOM_KEYS,
  ...TYPING_KEYS,
  ...EVERYWHERE_KEYS,
];

/** The table of this console. */
export const bindingsOf = ({ mode }: Pick<AppState, 'mode'>): readonly Binding[] =>
  withKeys(BINDINGS, mode.keys);

/** How the first key of a command is written; undefined when the operator has left it none. */
export const keyLabel = (
  state: Pick<AppState, 'mode'>,
  command: string,
  ascii = false,
): string | undefined => {
  const chord = bindingsOf(state).find((one) => one.command === command)?.chords[0];
  return chord === undefined ? undefined : chordLabel(chord, ascii);
};

/** A sentence of the table with each `{command}` written as its key, or as its name where it has none. */
export const withKeyLabels = (state: Pick<AppState, 'mode'>, text: string, ascii = false): string =>
  text.replace(/\{([a-z-]+)\}/gu, (mark, name: string) =>
    BINDINGS.some(({ command }) => command === name) ? (keyLabel(state, name, ascii) ?? name) : mark,
  );

const SCOPES = { reason: 'confirm-reason', typed: 'confirm-typed', yes: 'confirm' } as const;

/** The scopes that are live, the nearest first. An open input or dialog hides the view beneath it. */
export const liveScopes = (state: AppState): readonly Scope[] => {
  const { dialog, filter, palette } = state.ui;
  if (dialog !== undefined) return [SCOPES[questionOf(dialog)]];
  if (palette !== undefined) return ['palette'];
  if (state.logs?.search.typing === true && topFrame(state.ui).view === 'logs') return ['logs-search'];
  if (searchesHelp(state)) return ['help-search'];
  return filter.editing ? ['filter'] : [topFrame(state.ui).view, 'view'];
};

/** The bindings that work here, nearest scope first; a chord bound nearer hides the farther one. */
export const liveBindings = (state: AppState): readonly Binding[] => {
  const scopes = liveScopes(state);
  return bindingsOf(state).filter((binding) => binding.scopes.some((scope) => scopes.includes(scope)));
};

/** A key that means something nearer is not told of again among those farther off. */
export const hiddenBy = (nearer: readonly Binding[], binding: Binding): boolean =>
  binding.chords.length > 0 &&
  nearer.some((near) => binding.chords.every((chord) => near.chords.includes(chord)));
