/**
 * Reads the raw stream that the program writes to its terminal, and tells what in it is not the console's own.
 * It is taken apart from the first byte to the last: what is not known is foreign.
 */

/** Control characters, and text that changes its direction, hides, or ends a line for some terminals. */
const UNPRINTABLE =
  '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}';
/** As much of a sequence as a terminal would take for it: CSI, a string up to its end, or another escape. */
const ESCAPE =
  '\\u001b(?:\\[[0-?]*[ -/]*[@-~]?|[\\]PX^_][^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?|[ -/]*[0-~]?)';
const TOKENS = new RegExp(`[^${UNPRINTABLE}]+|[\\r\\n]+|(?<foreign>${ESCAPE}|.)`, 'gsu');

/** Cursor movements, erasing, and the modes of a full screen: cursor, alternate screen, paste, synchronised output. */
const OURS = /^\u001b\[(?:\d*[ABCDEFGK]|J|\d*(?:;\d*)?H|\?(?:25|1049|2004|2026)[hl])$/u;
/** Colours, bold, dim, italic, underlined and reversed. Text that blinks or is concealed is not ours. */
const COLOURS =
  /^\u001b\[(?:(?:[012347]|2[2347]|[34][0-79]|(?:9|10)[0-7]|[34]8;(?:5;\d{1,3}|2;\d{1,3};\d{1,3};\d{1,3}))(?:;|(?=m)))*m$/u;
const CLIPBOARD = /^\u001b\]52;c;([A-Za-z0-9+/]+=*)\u0007$/u;

export type TerminalBytes = {
  /** What the console never sends; each once, readable. */
  readonly foreign: readonly string[];
  /** What was put into the clipboard, in order. */
  readonly copied: readonly string[];
};

const readable = (text: string): string =>
  JSON.stringify(text).replace(
    new RegExp(`[${UNPRINTABLE}]`, 'gu'),
    (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`,
  );

/** Takes a stream apart. */
export const readTerminal = (output: string): TerminalBytes => {
  const foreign = new Set<string>();
  const copied: string[] = [];
  for (const { groups } of output.matchAll(TOKENS)) {
    const token = groups?.foreign;
    if (token === undefined || OURS.test(token) || COLOURS.test(token)) continue;
    const [, payload] = CLIPBOARD.exec(token) ?? [];
    if (payload === undefined) foreign.add(readable(token));
    else copied.push(Buffer.from(payload, 'base64').toString('utf8'));
  }
  return { foreign: [...foreign], copied };
};

/** All of it that is foreign on a plain stream, where nothing but text and line ends is written. */
export const unprintable = (output: string): readonly string[] => [
  ...new Set([...output.matchAll(TOKENS)].flatMap(({ groups }) => groups?.foreign ?? []).map(readable)),
];
