/** The console on screen: header, rule, the current view, the dialog when one is open, footer. */
import { Box } from 'ink';
import { useCallback, useMemo } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { StoreContext, useAppState, useLines } from '../hooks/use-store.ts';
import { useViewport } from '../hooks/use-viewport.ts';
import { type AppState, topFrame } from '../store/state.ts';
import type { AppStore } from '../store/store.ts';
import { bottomLines, lastLine } from './bottom.ts';
import { confirmLines } from './confirm/confirm-lines.ts';
import { headerLines, tinyLines } from './header.ts';
import { type Frame, frameFor, type Size } from './layout.ts';
import { type Line, paintLines } from './paint.ts';
import type { Room } from './painter.ts';
import { paletteLines } from './palette/palette-lines.ts';
import { Lines } from './parts/Lines.tsx';
import { VIEWS } from './registry.ts';
import { ruleLine } from './rule.ts';
import { createTheme, type Theme, type ThemeOptions } from './theme.ts';

/** The whole screen over one store. */
export const App = ({
  store,
  theme: options,
}: {
  readonly store: AppStore;
  readonly theme: ThemeOptions;
}) => {
  const { ascii, color, name = 'default' } = options;
  const theme = useMemo(() => createTheme({ ascii, color, name }), [ascii, color, name]);
  return (
    <StoreContext value={store}>
      <Screen theme={theme} />
    </StoreContext>
  );
};

const roomOf = (size: Size): { readonly bodyRows: number; readonly compact: boolean } => {
  const { listRows, kind } = frameFor(size);
  return { bodyRows: listRows, compact: kind !== 'full' };
};

const Screen = ({ theme }: { readonly theme: Theme }) => {
  useKeys();
  const { columns, rows } = useViewport(roomOf);
  const frame = useMemo(() => frameFor({ columns, rows }), [columns, rows]);
  return (
    // As wide as Ink says: on a resize it draws once before we do, and cuts our old lines to the new width.
    <Box flexDirection="column" width="100%" height={rows}>
      {frame.kind === 'tiny' ? (
        <Part paint={tinyLines} rows={rows} frame={frame} theme={theme} />
      ) : (
        <>
          <Part paint={headerLines} rows={frame.headerRows} frame={frame} theme={theme} />
          <Part paint={upperRule} rows={1} frame={frame} theme={theme} />
          <Body frame={frame} theme={theme} />
          <Part paint={footer} rows={1} frame={frame} theme={theme} />
        </>
      )}
    </Box>
  );
};

type FramePainter = (state: AppState, frame: Frame, theme: Theme) => readonly Line[];

const upperRule: FramePainter = (state, frame, theme) => [ruleLine(state, frame.columns, theme)];
const footer: FramePainter = (state, frame, theme) => [lastLine(state, frame, theme)];

type PartProps = {
  readonly paint: FramePainter;
  readonly rows: number;
  readonly frame: Frame;
  readonly theme: Theme;
};

const Part = ({ paint, rows, frame, theme }: PartProps) => {
  const painted = useCallback(
    (state: AppState) => paintLines(paint(state, frame, theme), frame.columns, theme),
    [paint, frame, theme],
  );
  return <Lines lines={useLines(painted)} rows={rows} />;
};

const viewOf = (state: AppState) => topFrame(state.ui).view;

/**
 * The view, the dialog and the lower rule. The dialog stands below the view, not over it: the rows it is about stay in
 * sight as far as there is room.
 */
const Body = ({ frame, theme }: { readonly frame: Frame; readonly theme: Theme }) => {
  const { Component } = VIEWS[useAppState(viewOf)];
  const { columns, bodyRows, kind } = frame;
  const all = bodyRows + (kind === 'full' ? 1 : 0);
  const paintBottom = useCallback(
    (state: AppState) => paintLines(bottomLines(state, frame, theme), columns, theme),
    [frame, columns, theme],
  );
  const bottom = useLines(paintBottom);
  const left = all - bottom.length;
  const paintDialog = useCallback(
    (state: AppState) => {
      const { dialog, palette } = state.ui;
      const room: Room = { columns, rows: left, compact: kind === 'compact' };
      if (dialog === undefined) {
        return palette === undefined
          ? []
          : paintLines(paletteLines(state, palette.text, room, theme), columns, theme);
      }
      return paintLines(confirmLines(state, dialog, room, theme), columns, theme);
    },
    [columns, left, kind, theme],
  );
  const dialog = useLines(paintDialog);
  const rows = Math.max(0, left - dialog.length);
  const room = useMemo(() => ({ columns, rows, compact: kind === 'compact' }), [columns, rows, kind]);
  return (
    <>
      {rows > 0 && <Component room={room} theme={theme} />}
      <Lines lines={dialog} rows={Math.min(dialog.length, left)} />
      <Lines lines={bottom} rows={bottom.length} />
    </>
  );
};
