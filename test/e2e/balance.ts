/** What the raw stream of a terminal says of the screens it was switched between. */

const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';

/**
 * What was written from each real entry of the alternate screen on; throws where it was left without having been entered,
 * or never left in the end. Entering it twice in a row is one entry to a terminal.
 */
const entered = (output: string): readonly string[] => {
  const starts: number[] = [];
  let isAlternate = false;
  for (const { 0: switched, index } of output.matchAll(/\u001b\[\?1049[hl]/gu)) {
    if (switched === LEAVE && !isAlternate) throw new Error('the alternate screen is left twice');
    if (switched === ENTER && !isAlternate) starts.push(index);
    isAlternate = switched === ENTER;
  }
  if (isAlternate) throw new Error('the alternate screen is never left');
  return starts.map((start) => output.slice(start));
};

/** How often the alternate screen was entered. */
export const alternateEntries = (output: string): number => entered(output).length;

/** How often it was drawn from its first line on: terminals differ in where the cursor is after the switch. */
export const drawnFromHome = (output: string): number =>
  entered(output).filter((text) => /^(?:\u001b\[\?\d+[hl])+\u001b\[H/u.test(text)).length;
