/** Puts the console on the terminal and takes it off again, whatever happens in between. */
import { render, useApp } from 'ink';
import { useEffect } from 'react';
import type { AppStore } from './store/store.ts';
import { createTenure, letGo, readAndDrop, type Tenure } from './tenure.ts';
import { App } from './views/App.tsx';
import type { ThemeOptions } from './views/theme.ts';

export type Screen = {
  /** Resolves when the screen is off the terminal; rejects with what crashed a view. */
  readonly closed: Promise<void>;
  /** Takes the screen off; while the terminal is lent, as soon as it is given back. */
  readonly close: () => void;
  /**
   * Leaves the terminal to `use`, cooked and on the main screen, and draws everything anew when it is done. Keys that
   * nobody has read by then are dropped. Passes on what `use` comes to.
   */
  readonly lend: <Result>(use: () => Promise<Result>) => Promise<Result>;
  /**
   * Leaves the terminal to the shell that started us, until it continues us; false: there was none to stop for. Calls
   * `after` before the screen is back.
   */
  readonly suspend: (after: () => void) => Promise<boolean>;
  /** Draws in other colours or signs from now on. */
  readonly retheme: (theme: ThemeOptions) => void;
};

export type ScreenOptions = {
  readonly store: AppStore;
  readonly theme: ThemeOptions;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
};

const ENTER_AT_HOME = '\u001b[?1049h\u001b[H';
const ERASED = '\u001b[H\u001b[J';

/** Hands on the one way to take the screen off the terminal for a while, which Ink gives to components only. */
const Suspender = ({ tenure }: { readonly tenure: Tenure }) => {
  const { suspendTerminal } = useApp();
  useEffect(() => tenure.begin(suspendTerminal), [tenure, suspendTerminal]);
  return null;
};

/**
 * Has the whole frame drawn anew at every change of the terminal's size: what it did to the lines that it had (cut,
 * wrapped, moved) nobody tells, and Ink would leave those alone that it takes for unchanged. Returns the end of that.
 */
const redrawOnResize = (stdout: NodeJS.WriteStream, forget: () => void): (() => void) => {
  let isTold = false;
  const onResize = (): void => {
    isTold = true;
    forget();
  };
  // A terminal that was made small and large again before we came to look has the size that we know, and lost lines.
  const onSignal = (): void => {
    if (!isTold) stdout.emit('resize');
    isTold = false;
  };
  // Before Ink draws for the new size; after Node has read it.
  stdout.prependListener('resize', onResize);
  process.on('SIGWINCH', onSignal);
  return () => {
    stdout.off('resize', onResize);
    process.off('SIGWINCH', onSignal);
  };
};

/** Draws in the alternate screen until closed. */
export const openScreen = ({ store, theme, stdin, stdout }: ScreenOptions): Screen => {
  const tenure = createTenure({
    stopReading: () => letGo(stdin),
    takeBack: async () => {
      await readAndDrop(stdin);
      // Whoever had the terminal was told of its new size, not we.
      process.emit('SIGWINCH');
      // Ink would begin to draw where the cursor was left.
      stdout.write(ENTER_AT_HOME);
    },
  });
  const screenIn = (options: ThemeOptions) => (
    <>
      <Suspender tenure={tenure} />
      <App store={store} theme={options} />
    </>
  );
  const instance = render(screenIn(theme), {
    stdin,
    stdout,
    alternateScreen: true,
    // Who calls this has looked: both are terminals. Left alone, Ink would go by CI in the environment.
    interactive: true,
    incrementalRendering: true,
    // The store already holds data back to ten batches a second; keys must not wait for the next thirtieth.
    maxFps: 120,
    // Ctrl-C is a key like others: it goes through the table, and the terminal is restored by one path.
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const stopRedrawing = redrawOnResize(stdout, () => {
    if (!tenure.isHeld()) return;
    instance.clear();
    stdout.write(ERASED);
  });
  return {
    closed: instance
      .waitUntilExit()
      .then(() => undefined)
      .finally(() => {
        stopRedrawing();
        // A view that crashed before Ink listened has left the keyboard as it found it: raw.
        stdin.setRawMode(false);
      }),
    close: () => tenure.end(() => instance.unmount()),
    lend: tenure.lend,
    suspend: tenure.suspend,
    retheme: (options) => instance.rerender(screenIn(options)),
  };
};
