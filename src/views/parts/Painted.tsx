/** From a pure painter to a view on screen. */
import { useCallback, useEffect } from 'react';
import { useAppState, useLines, useStore } from '../../hooks/use-store.ts';
import { type AppState, topFrame } from '../../store/state.ts';
import { gap, type Line, paintLine, paintLines, seg, spread } from '../paint.ts';
import type { ListPainter, PagePainter, Room } from '../painter.ts';
import type { Theme } from '../theme.ts';
import { Lines } from './Lines.tsx';

export type ViewProps = { readonly room: Room; readonly theme: Theme };

/** A list: its painter keeps the cursor in sight. */
export const PaintedList = ({ painter, room, theme }: ViewProps & { readonly painter: ListPainter }) => {
  const paint = useCallback(
    (state: AppState) => paintLines(painter(state, room, theme).slice(0, room.rows), room.columns, theme),
    [painter, room, theme],
  );
  return <Lines lines={useLines(paint)} rows={room.rows} />;
};

/** Which lines of a page are shown, when it is longer than the room. */
const placeLine = (top: number, shownRows: number, total: number): Line =>
  total <= shownRows || shownRows <= 0
    ? []
    : [seg(`${top + 1}–${Math.min(total, top + shownRows)} of ${total}`, 'faint'), gap(1)];

/** A page longer than its room: a title that stays and lines that scroll. */
export const PaintedPage = ({ painter, room, theme }: ViewProps & { readonly painter: PagePainter }) => {
  const store = useStore();
  const shownRows = Math.max(0, room.rows - 1);
  const paint = useCallback(
    (state: AppState) => {
      const { title, lines } = painter(state, room, theme);
      const top = Math.min(topFrame(state.ui).scroll, Math.max(0, lines.length - shownRows));
      const head = spread(title, placeLine(top, shownRows, lines.length), room.columns);
      return [
        paintLine(head, room.columns, theme),
        ...paintLines(lines.slice(top, top + shownRows), room.columns, theme),
      ];
    },
    [painter, room, theme, shownRows],
  );
  const count = useCallback(
    (state: AppState) => painter(state, room, theme).lines.length,
    [painter, room, theme],
  );
  const total = useAppState(count);
  useEffect(() => {
    store.dispatch({ kind: 'measured', lines: total });
  }, [store, total]);
  return <Lines lines={useLines(paint)} rows={room.rows} />;
};
