/** What every view is: a pure function from the state to lines, for a given room. */
import type { AppState } from '../store/state.ts';
import type { Size } from './layout.ts';
import type { Line } from './paint.ts';
import type { Theme } from './theme.ts';

/** Room for a view: `rows` of body, headings included; `columns` of the terminal. */
export type Room = Size & { readonly compact: boolean };

/** A view that keeps its own cursor in sight: at most `room.rows` lines. */
export type ListPainter = (state: AppState, room: Room, theme: Theme) => readonly Line[];

/** A view that is one long page: a title and all its lines; the frame scrolls them. */
export type PagePainter = (
  state: AppState,
  room: Room,
  theme: Theme,
) => { readonly title: Line; readonly lines: readonly Line[] };
