/** The first frame, painted without Ink: loading and mounting that takes longer than all before it. */
import type { AppState } from '../store/state.ts';
import { bottomLines, lastLine } from './bottom.ts';
import { headerLines, tinyLines } from './header.ts';
import { frameFor, type Size } from './layout.ts';
import { type Line, paintLines } from './paint.ts';
import { ruleLine } from './rule.ts';
import { createTheme, type ThemeOptions } from './theme.ts';
import { treeLines } from './tree/tree-lines.ts';

/** Home as the App draws it first: one painted string per row of the terminal, blank rows at the end left out. */
export const firstFrame = (before: AppState, size: Size, options: ThemeOptions): readonly string[] => {
  const theme = createTheme(options);
  const frame = frameFor(size);
  const { columns, bodyRows, listRows, kind } = frame;
  // What the mounted screen will tell the store of its size.
  const state = { ...before, ui: { ...before.ui, bodyRows: listRows, compact: kind !== 'full' } };
  if (kind === 'tiny') return paintLines(tinyLines(state, frame, theme), columns, theme);
  const fill = (lines: readonly Line[], rows: number): readonly Line[] =>
    Array.from({ length: rows }, (_, row) => lines[row] ?? []);
  const bottom = bottomLines(state, frame, theme);
  const rows = bodyRows + (kind === 'full' ? 1 : 0) - bottom.length;
  const room = { columns, rows, compact: kind === 'compact' };
  const lines = [
    ...fill(headerLines(state, frame, theme), frame.headerRows),
    ruleLine(state, columns, theme),
    ...fill(treeLines(state, room, theme), rows),
    ...bottom,
    lastLine(state, frame, theme),
  ];
  return paintLines(lines, columns, theme);
};
