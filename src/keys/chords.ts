/** Keys as words: what Ink reports, split into single chords such as `j`, `G`, `enter`, `ctrl-c`. */

/** A printable character, a named key, or either behind `ctrl-` / `alt-`. */
export type Chord = string;

/** The parts of Ink's key report that this table needs. */
export type KeyReport = {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageDown: boolean;
  readonly pageUp: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly ctrl: boolean;
  readonly meta: boolean;
};

const NAMED: readonly (readonly [keyof KeyReport, Chord])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** Keys that terminals, tmux or the line discipline take for themselves; no binding may use them. */
export const FORBIDDEN_CHORDS: readonly Chord[] = [
  'ctrl-a',
  'ctrl-b',
  'ctrl-d',
  'ctrl-k',
  'ctrl-s',
  'ctrl-q',
  'ctrl-z',
];

/** How a chord is written on screen and in the docs. */
export const chordLabel = (chord: Chord, ascii = false): string => {
  const arrows: Readonly<Record<string, string>> = { up: '↑', down: '↓', left: '←', right: '→' };
  const words: Readonly<Record<string, string>> = {
    ' ': 'space',
    pageup: 'PgUp',
    pagedown: 'PgDn',
    home: 'Home',
    end: 'End',
  };
  if (chord.startsWith('ctrl-')) return `Ctrl-${chord.slice('ctrl-'.length).toUpperCase()}`;
  return (ascii ? undefined : arrows[chord]) ?? words[chord] ?? chord;
};

/** What a control character is on the keyboard; none for those that no key sends. */
const controlChords = (char: string): readonly Chord[] => {
  if (char === '\r' || char === '\n') return ['enter'];
  if (char === '\t') return ['tab'];
  if (char === '\b' || char === '\u007f') return ['backspace'];
  const letter = char.charCodeAt(0);
  return letter >= 1 && letter <= 26 ? [`ctrl-${String.fromCharCode(letter + 96)}`] : [];
};

/**
 * The chords of one report. Terminals deliver fast typing and key repeat in one chunk ('jj', 'j\r'), so text is
 * taken apart: a Ctrl-C behind held keys must not be lost.
 */
export const chordsOf = (input: string, key: KeyReport): readonly Chord[] => {
  const named = NAMED.find(([field]) => key[field])?.[1];
  if (named !== undefined) return [named];
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input}`];
  if (key.meta) return input === '' ? [] : [`alt-${input}`];
  return [...input].flatMap((char) => (/^\p{Control}$/u.test(char) ? controlChords(char) : [char]));
};

/** The character that a chord types, when it types one. */
export const textOf = (chord: Chord): string | undefined => ([...chord].length === 1 ? chord : undefined);
