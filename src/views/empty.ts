/** What a list says when it has no rows: why, and which key brings them back. */
import { BINDINGS } from '../keys/bindings.ts';
import { chordLabel } from '../keys/chords.ts';
import type { Command } from '../store/events.ts';
import type { AppState } from '../store/state.ts';
import { gap, type Line, seg } from './paint.ts';
import type { Theme } from './theme.ts';

/** How the key of a command is written. */
export const keyOf = (command: Command, theme: Theme): string => {
  const chord = BINDINGS.find((binding) => binding.command === command)?.chords[0] ?? '';
  return chordLabel(chord, theme.ascii);
};

/** Lines for a list that its filters have emptied; `otherwise` when they have not. */
export const emptyLines = (state: AppState, theme: Theme, otherwise: string): readonly Line[] => {
  const { filter, onlyBroken } = state.ui;
  const lines: Line[] = [[]];
  if (filter.text !== '') {
    lines.push([gap(3), seg(`No row matches "${filter.text}".`)]);
    lines.push([
      gap(3),
      seg(keyOf('filter', theme), 'key'),
      seg(' then '),
      seg(keyOf('text-drop', theme), 'key'),
      seg(' clears the filter.'),
    ]);
  } else if (onlyBroken) {
    lines.push([gap(3), seg('Nothing is broken.', 'ok')]);
  } else {
    lines.push([gap(3), seg(otherwise)]);
  }
  if (onlyBroken) {
    lines.push([gap(3), seg(keyOf('only-broken', theme), 'key'), seg(' shows everything again.')]);
  }
  return lines;
};
