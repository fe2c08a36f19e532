/** Lays plain text out in at most 80 columns: entries with a name, blocks with a heading, two columns, unit files. */

const WIDTH = 80;
const NAME_WIDTH = 14;

/** Words broken into lines of at most `width` characters; a longer word stays whole. */
const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line === '') line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
};

/** Text of several words, without indent. */
export const paragraph = (text: string): string[] => wrap(text, WIDTH);

/** `name   text …` with the text hanging beside the name. */
export const entry = (name: string, text: string): string[] =>
  wrap(text, WIDTH - NAME_WIDTH).map(
    (line, index) => `${(index === 0 ? name : '').padEnd(NAME_WIDTH)}${line}`,
  );

/** An empty line, a heading and its lines; nothing at all when there are none. */
export const block = (heading: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', ...wrap(heading, WIDTH), ...lines];

/** Two columns, indented by two; the first is as wide as its longest text. */
export const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const first = Math.max(0, ...rows.map(([name]) => name.length));
  const indent = ' '.repeat(first + 4);
  return rows.flatMap(([name, text]) =>
    wrap(text, WIDTH - indent.length).map((line, index) =>
      index === 0 ? `  ${name.padEnd(first + 2)}${line}` : `${indent}${line}`,
    ),
  );
};

/** A unit file, indented; lines that are too long go on in the next one, as systemd lets them. */
export const unitFile = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const parts = wrap(line, WIDTH - 6);
      return parts.map((part, index) =>
        index === parts.length - 1
          ? `${index === 0 ? '  ' : '    '}${part}`
          : `${index === 0 ? '  ' : '    '}${part} \\`,
      );
    });

const ASCII: Readonly<Record<string, string>> = {
  '✗': 'x',
  '⚠': '!',
  '✓': '+',
  '·': '-',
  '–': '-',
};

/** The same text with plain characters for the signs that are used here; anything else beyond ASCII becomes `?`. */
export const toAscii = (text: string): string =>
  text.replace(/[^\n\x20-\x7e]/gu, (character) => ASCII[character] ?? '?');
