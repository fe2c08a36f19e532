/** The console's single keyboard listener. */
import { useInput, usePaste } from 'ink';
import { chordsOf } from '../keys/chords.ts';
import { paste, press } from '../keys/resolve.ts';
import { useStore } from './use-store.ts';

/** Sends every key through the table of bindings. Must be mounted once. */
export const useKeys = (): void => {
  const store = useStore();
  useInput((input, key) => {
    if (key.eventType === 'release') return;
    press(store, chordsOf(input, key));
  });
  // Listening turns bracketed paste on, so that pasted text cannot act as keys.
  usePaste((text) => paste(store, text));
};
