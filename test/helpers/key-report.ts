/** Ink's report of a key of which nothing is true. */
import type { KeyReport } from '../../src/keys/chords.ts';

export const NO_KEY: KeyReport = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  tab: false,
  backspace: false,
  delete: false,
  ctrl: false,
  meta: false,
};
