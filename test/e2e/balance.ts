/** What the raw stream of a terminal says of the screens it was switched between. */

const ENTER = '\u001b[?1049h';
const HOME_AFTER = /^(?:\u001b\[\?\d+[hl])+\u001b\[H/u;
const LEAVE = '\u001b[?1049l';

/**
 * How often the alternate screen was really entered, and drawn from its first line on; throws where it was left without
 * having been entered, or never left in the end. Entering it twice in a row is one entry to a terminal.
 */
export const alternateEntries = (output: string): number => {
  let entries = 0;
  let isAlternate = false;
  for (const { 0: switched, index } of output.matchAll(/\u001b\[\?1049[hl]/gu)) {
    if (switched === LEAVE && !isAlternate) throw new Error('the alternate screen is left twice');
    if (switched === ENTER && !isAlternate) {
      entries += 1;
      // A terminal leaves the cursor where it was on the other screen; emulators differ in that.
      if (!HOME_AFTER.test(output.slice(index, index + 40)))
        throw new Error('it is drawn from somewhere else than home');
    }
    isAlternate = switched === ENTER;
  }
  if (isAlternate) throw new Error('the alternate screen is never left');
  return entries;
};
