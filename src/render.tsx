/** Puts the console on the terminal and takes it off again, whatever happens in between. */
import { render } from 'ink';
import type { AppStore } from './store/store.ts';
import { App } from './views/App.tsx';
import type { ThemeOptions } from './views/theme.ts';

export type Screen = {
  /** Resolves when the screen is off the terminal; rejects with what crashed a view. */
  readonly closed: Promise<void>;
  readonly close: () => void;
};

export type ScreenOptions = {
  readonly store: AppStore;
  readonly theme: ThemeOptions;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
};

/** Draws in the alternate screen until closed. */
export const openScreen = ({ store, theme, stdin, stdout }: ScreenOptions): Screen => {
  const instance = render(<App store={store} theme={theme} />, {
    stdin,
    stdout,
    alternateScreen: true,
    incrementalRendering: true,
    // The store already holds data back to ten batches a second; keys must not wait for the next thirtieth.
    maxFps: 120,
    // Ctrl-C is a key like others: it goes through the table, and the terminal is restored by one path.
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return {
    closed: instance.waitUntilExit().then(() => undefined),
    close: () => instance.unmount(),
  };
};
