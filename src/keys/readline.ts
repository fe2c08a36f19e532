/** Keys as words, of what readline reports: it waits half a second after an Esc, and takes what comes for a part of it. */
import { behindEsc, type Chord } from './chords.ts';

/** The parts of readline's key report that matter. */
type SpokenKey = {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
};

const NAMED: Readonly<Record<string, Chord>> = {
  return: 'enter',
  enter: 'enter',
  escape: 'esc',
  space: ' ',
  up: 'up',
  down: 'down',
  left: 'left',
  right: 'right',
  pageup: 'pageup',
  pagedown: 'pagedown',
  home: 'home',
  end: 'end',
  tab: 'tab',
  backspace: 'backspace',
  delete: 'delete',
};

const ESC = '\u001b';
/** What leaves or stops the console does so from everywhere, behind Esc too, where readline has no name for it. */
const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';

/** What a sequence begun by Esc has behind it; none when it is a key of its own, such as an arrow. */
const rest = (sequence: string): string | undefined =>
  sequence.startsWith(ESC) && !/^\u001b+[[O]./u.test(sequence) ? sequence.slice(ESC.length) : undefined;

/** The chord of one report; none of a key that has no meaning. */
export const spokenChord = (
  text: string | undefined,
  { name, ctrl, meta, sequence = '' }: SpokenKey,
): Chord | undefined => {
  const behind = rest(sequence);
  if (behind?.endsWith(CTRL_C)) return 'ctrl-c';
  if (behind?.endsWith(CTRL_Z)) return 'ctrl-z';
  if (behind !== undefined) return behindEsc(behind);
  const named = name === undefined ? undefined : NAMED[name];
  if (named !== undefined && (meta === true || sequence.startsWith(`${ESC}${ESC}`))) return 'esc';
  if (ctrl === true) return name === undefined ? undefined : `ctrl-${name}`;
  if (named !== undefined) return named;
  return text !== undefined && text !== '' && !/\p{Control}/u.test(text) ? text : undefined;
};
