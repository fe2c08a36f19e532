/** Puts the console on the terminal and takes it off again, whatever happens in between. */
import { render, useApp } from 'ink';
import { useEffect } from 'react';
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

/** After a stop (kill -STOP) the shell has had the terminal and its modes: take them back and draw everything anew. */
const Continued = () => {
  const { suspendTerminal } = useApp();
  useEffect(() => {
    const onContinue = (): void => {
      // Where it fails the terminal is gone, and its end closes the screen.
      suspendTerminal().then(
        ({ resume }) => resume(),
        () => {},
      );
    };
    process.on('SIGCONT', onContinue);
    return () => {
      process.off('SIGCONT', onContinue);
    };
  }, [suspendTerminal]);
  return null;
};

/** Draws in the alternate screen until closed. */
export const openScreen = ({ store, theme, stdin, stdout }: ScreenOptions): Screen => {
  const screen = (
    <>
      <Continued />
      <App store={store} theme={theme} />
    </>
  );
  const instance = render(screen, {
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
  return {
    closed: instance
      .waitUntilExit()
      .then(() => undefined)
      // A view that crashed before Ink listened has left the keyboard as it found it: raw.
      .finally(() => stdin.setRawMode(false)),
    close: () => instance.unmount(),
  };
};
