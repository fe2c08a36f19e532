/** The console for a screen reader: lines that are only ever appended, on the main screen, and the same keys. */
import { emitKeypressEvents, type Key } from 'node:readline';
import type { Chord } from '../keys/chords.ts';
import { spokenChord } from '../keys/readline.ts';
import { paste, press } from '../keys/resolve.ts';
import type { Screen } from '../render.tsx';
import type { AppStore } from '../store/store.ts';
import { createTenure, letGo, readAndDrop } from '../tenure.ts';
import { announce, sayHeadline } from '../views/spoken/announce.ts';
import { sayView } from '../views/spoken/say-view.ts';

type Terminal = { readonly stdin: NodeJS.ReadStream; readonly stdout: NodeJS.WriteStream };

type SpokenOptions = Terminal & {
  readonly store: AppStore;
  /** False of a dumb terminal: it prints every code. */
  readonly hasCodes: boolean;
};

/** Rows of a page, for PgUp and PgDn. */
const PAGE_ROWS = 12;
const PASTE_ON = '\u001b[?2004h';
const PASTE_OFF = '\u001b[?2004l';

/** Chords of one chunk at a time, as the table of keys wants them, and pasted text apart from them. */
const listen = ({ stdin }: Terminal, store: AppStore): (() => void) => {
  let chords: Chord[] = [];
  let pasted: string | undefined;
  const flush = (): void => {
    const now = chords;
    chords = [];
    press(store, now);
  };
  const onKey = (text: string | undefined, key: Key): void => {
    if (key.name === 'paste-start') {
      pasted = '';
      return;
    }
    if (key.name === 'paste-end') {
      if (pasted !== undefined) paste(store, pasted);
      pasted = undefined;
      return;
    }
    if (pasted !== undefined) {
      pasted += key.sequence ?? text ?? '';
      return;
    }
    const chord = spokenChord(text, key);
    if (chord === undefined) return;
    // Whatever one read brings is taken apart in one turn.
    if (chords.length === 0) queueMicrotask(flush);
    chords.push(chord);
  };
  stdin.on('keypress', onKey);
  return () => stdin.off('keypress', onKey);
};

/** Reads out what is there, then what changes, until closed. */
export const openSpokenScreen = ({ store, stdin, stdout, hasCodes }: SpokenOptions): Screen => {
  let finish: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let isAway = false;
  const say = (lines: readonly string[]): void => {
    if (lines.length > 0 && !isAway) stdout.write(`${lines.join('\n')}\n`);
  };
  emitKeypressEvents(stdin);
  const takeKeys = (): (() => void) => {
    stdin.setRawMode(true);
    stdin.resume();
    if (hasCodes) stdout.write(PASTE_ON);
    return listen({ stdin, stdout }, store);
  };
  const giveKeys = (stop: () => void): void => {
    stop();
    if (hasCodes) stdout.write(PASTE_OFF);
    stdin.setRawMode(false);
    stdin.pause();
  };
  store.dispatch({ kind: 'resized', bodyRows: PAGE_ROWS, compact: false });
  const { cluster, mode } = store.getState();
  const modes = `${mode.readOnly ? ' Read-only.' : ''}${mode.source === 'demo' ? ' Demo.' : ''}`;
  say([
    `plasmatop, ${store.getState().inventory.cluster}.${modes} Changes are read out as they come.`,
    ...(cluster.dataAgeMs === undefined ? sayHeadline(store.getState()) : sayView(store.getState())),
    'Keys: ? for help, : to look for anything by name, enter opens, q leaves.',
  ]);
  let stop = takeKeys();
  const unsubscribe = store.subscribe((after, before) => say(announce(before, after)));
  const tenure = createTenure({
    stopReading: () => letGo(stdin),
    takeBack: () => readAndDrop(stdin),
  });
  const leave = tenure.begin(async () => {
    giveKeys(stop);
    isAway = true;
    return {
      resume: async () => {
        isAway = false;
        stop = takeKeys();
        say(sayView(store.getState()));
      },
    };
  });
  const closed = ended.then(() => {
    leave();
    unsubscribe();
    giveKeys(stop);
  });
  return {
    closed,
    close: () => tenure.end(finish),
    lend: tenure.lend,
    suspend: tenure.suspend,
    // Nothing is drawn.
    retheme: () => {},
  };
};
