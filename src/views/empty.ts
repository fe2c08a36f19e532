/** What a list says when it has no rows: why, and which key brings them back. */
import { keyLabel } from '../keys/bindings.ts';
import type { Command } from '../store/events.ts';
import type { AppState } from '../store/state.ts';
import { gap, type Line, seg } from './paint.ts';
import type { Theme, Tone } from './theme.ts';

/** "r restarts it": the key of a command and what it does; nothing where the operator has left it no key. */
export const keyHint = (
  state: AppState,
  command: Command,
  words: string,
  theme: Theme,
  tone: Tone = 'faint',
): Line => {
  const key = keyLabel(state, command, theme.ascii);
  return key === undefined ? [] : [seg(key, 'key'), seg(words, tone)];
};

/** Lines for a list that its filters have emptied; `otherwise` when they have not. */
export const emptyLines = (state: AppState, theme: Theme, otherwise: string): readonly Line[] => {
  const { filter, onlyBroken } = state.ui;
  const lines: Line[] = [[]];
  if (filter.text !== '') {
    lines.push([gap(3), seg(`No row matches "${filter.text}".`)]);
    const first = keyHint(state, 'filter', ' then ', theme, 'plain');
    lines.push(
      first.length === 0
        ? []
        : [gap(3), ...first, ...keyHint(state, 'text-drop', ' clears the filter.', theme, 'plain')],
    );
  } else if (onlyBroken) {
    lines.push([gap(3), seg('Nothing is broken.', 'ok')]);
  } else {
    lines.push([gap(3), seg(otherwise)]);
  }
  if (onlyBroken) {
    lines.push([gap(3), ...keyHint(state, 'only-broken', ' shows everything again.', theme, 'plain')]);
  }
  return lines;
};
