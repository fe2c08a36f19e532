/** Widths in terminal columns, and text cut or padded to them. */
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/** Text made of these is as wide as it is long; it is nearly all text there is. */
const NARROW = /^[\x20-\x7e●◐◌◔✖⊘·▸▾❯─│–…▏▁▂▃▄▅▆▇█░┌┐└┘├━┄→✓]*$/u;

/** Columns that the text takes; without escape codes in it. */
export const width = (text: string): number => (NARROW.test(text) ? text.length : stringWidth(text));

/** The text in at most `columns` columns; what does not padTo ends in the cut mark. Never splits a wide character. */
export const clip = (text: string, columns: number, cut = '…'): string => {
  if (columns <= 0) return '';
  // Blanks that do not fit are nothing to mark.
  const solid = text.trimEnd();
  if (solid !== text && width(solid) <= columns)
    return `${solid}${spaces(Math.min(columns, width(text)) - width(solid))}`;
  if (width(text) <= columns) return text;
  // The library looks for emoji with a pattern that takes as long to compile as the whole first frame to paint.
  if (NARROW.test(text) && NARROW.test(cut))
    return `${text.slice(0, Math.max(0, columns - cut.length))}${cut}`;
  return cliTruncate(text, columns, { truncationCharacter: cut });
};

/** The end of the text in at most `columns` columns: of what is typed, the caret's side stays in sight. */
export const clipStart = (text: string, columns: number): string =>
  width(text) <= columns
    ? text
    : cliTruncate(text, Math.max(1, columns), { position: 'start', truncationCharacter: '…' });

const SPACES = ' '.repeat(400);
/** `count` spaces; none for a negative count. */
export const spaces = (count: number): string =>
  count <= SPACES.length ? SPACES.slice(0, Math.max(0, count)) : ' '.repeat(count);

/** Exactly `columns` columns: cut or padded. */
export const padTo = (text: string, columns: number, align: 'left' | 'right' = 'left', cut = '…'): string => {
  const kept = clip(text, columns, cut);
  const pad = spaces(columns - width(kept));
  return align === 'left' ? `${kept}${pad}` : `${pad}${kept}`;
};

const hardSplit = (word: string, columns: number): string[] => {
  const pieces: string[] = [];
  let piece = '';
  for (const char of word) {
    if (width(piece + char) > columns) {
      pieces.push(piece);
      piece = '';
    }
    piece += char;
  }
  return [...pieces, piece];
};

/** Blanks to break at: not the one between a number and its unit. */
const BREAKS = / (?<!\d (?=(?:ms|s|m|h|d)(?![\p{L}\d])))/u;

/** The text in lines of at most `columns` columns, broken at spaces where that is possible. At least one line. */
export const wrap = (text: string, columns: number): readonly string[] => {
  const room = Math.max(2, columns);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(BREAKS)) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (width(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = hardSplit(word, room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
};
