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
];

/** Keys of the console itself, the same on every one and everywhere; no other command may use them. */
const RESERVED: Readonly<Record<Chord, string>> = {
  'ctrl-c': 'leaves the console, from everywhere',
  'ctrl-z': 'stops the console for a while, from everywhere',
};

/** What a terminal sends for another key as well. */
const SAME_AS: Readonly<Record<Chord, Chord>> = {
  'ctrl-h': 'backspace',
  'ctrl-i': 'tab',
  'ctrl-j': 'enter',
  'ctrl-m': 'enter',
};

/** The keys with a name, as a configuration writes them. */
const WRITTEN: readonly (readonly [string, Chord])[] = [
  ['space', ' '],
  ...NAMED.map(([, chord]) => [chord, chord] as const),
  ['escape', 'esc'],
  ['return', 'enter'],
  ['pgup', 'pageup'],
  ['pgdn', 'pagedown'],
];

const named = (word: string): Chord | undefined => WRITTEN.find(([name]) => name === word.toLowerCase())?.[1];

/** A letter, digit or sign of one column, as a key types it. */
const isTyped = (text: string): boolean => /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(text);

type Read =
  | { readonly ok: true; readonly chord: Chord }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

const bad = (message: string, remedy: string): Read => ({ ok: false, message, remedy });

const EXAMPLES =
  'write one character, ctrl-x, alt-x, or one of enter, esc, tab, space, up, down, left, right, pageup, pagedown, home, end, backspace, delete';

/** The chord that an operator wrote: `j`, `G`, `PgUp`, `ctrl-x`, `alt-x`; or why it cannot be a key. */
export const readChord = (text: string): Read => {
  if (text === ' ' || isTyped(text)) return { ok: true, chord: text };
  const word = named(text);
  if (word !== undefined) return { ok: true, chord: word };
  const [, modifier = '', key = ''] = /^(ctrl|alt)-(.)$/iu.exec(text) ?? [];
  if (modifier.toLowerCase() === 'alt' && isTyped(key)) return { ok: true, chord: `alt-${key}` };
  const chord = `ctrl-${key.toLowerCase()}`;
  if (modifier === '' || !/^ctrl-[a-z]$/u.test(chord)) return bad('is not a key', EXAMPLES);
  const reserved = RESERVED[chord];
  if (reserved !== undefined) return bad(reserved, 'choose another key');
  if (FORBIDDEN_CHORDS.includes(chord)) {
    return bad('is taken by terminals, shells or tmux', 'choose another key');
  }
  const same = SAME_AS[chord];
  return same === undefined
    ? { ok: true, chord }
    : bad(`cannot be told from ${same}: a terminal sends the same for both`, 'choose another key');
};

/**
 * What a terminal sends for Esc and then a key it sends for Alt and that key too. So a character behind Esc is an
 * alt-chord, which stands for Esc where no command has it; of any other key only the Esc counts, that enter never
 * answers what Esc was to close.
 */
export const behindEsc = (input: string): Chord => (isTyped(input) ? `alt-${input}` : 'esc');

/** True of a character with Alt, or behind Esc. */
export const isAlt = (chord: Chord): boolean => chord.startsWith('alt-');

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
  if (isAlt(chord)) return `Alt-${chord.slice('alt-'.length)}`;
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
  if (named !== undefined) return [key.meta ? 'esc' : named];
  if (key.ctrl) {
    const chord = `ctrl-${input}`;
    if (input === '') return [];
    return [key.meta && RESERVED[chord] === undefined ? 'esc' : chord];
  }
  if (key.meta) return input === '' ? [] : [behindEsc(input)];
  return [...input].flatMap((char) => (/^\p{Control}$/u.test(char) ? controlChords(char) : [char]));
};

/** The character that a chord types, when it types one. */
export const textOf = (chord: Chord): string | undefined => ([...chord].length === 1 ? chord : undefined);
