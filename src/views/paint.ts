/** Lines as data, and the one place that turns them into coloured text. */
import { clip, padTo, spaces, width } from './text.ts';
import type { Theme, Tone } from './theme.ts';

export type Segment = { readonly text: string; readonly tone: Tone };
/** One row of the screen. */
export type Line = readonly Segment[];

export const seg = (text: string, tone: Tone = 'plain'): Segment => ({ text, tone });
export const gap = (columns: number): Segment => seg(spaces(columns));

/** A field of exactly `columns` columns. */
export const field = (
  text: string,
  columns: number,
  tone: Tone = 'plain',
  align: 'left' | 'right' = 'left',
): Segment => seg(padTo(text, columns, align), tone);

export const lineWidth = (line: Line): number => line.reduce((sum, { text }) => sum + width(text), 0);

/** At most `columns` columns of the line. */
export const clipLine = (line: Line, columns: number): Line => {
  const kept: Segment[] = [];
  let room = columns;
  for (const { text, tone } of line) {
    if (room <= 0) break;
    const cut = clip(text, room);
    kept.push({ text: cut, tone });
    if (cut !== text) break;
    room -= width(text);
  }
  return kept;
};

/** Exactly `columns` columns of the line, so that something can stand to the right of it. */
export const fitLine = (line: Line, columns: number): Line => {
  const kept = clipLine(line, columns);
  const missing = columns - lineWidth(kept);
  return missing > 0 ? [...kept, gap(missing)] : kept;
};

/** Left and right parts on one line; the left one gives way. */
export const spread = (left: Line, right: Line, columns: number): Line => {
  const taken = lineWidth(right);
  return taken >= columns ? clipLine(right, columns) : [...fitLine(left, columns - taken), ...right];
};

/** Tones whose blanks can be seen. */
const isSolid = (tone: Tone): boolean =>
  tone.startsWith('cursor') || tone === 'alarm' || tone.startsWith('banner-');

/** Without blanks at the end: Ink would send every coloured one of them to the terminal. */
const trimLine = (line: Line): Line => {
  const end = line.findLastIndex(({ text, tone }) => isSolid(tone) || text.trimEnd() !== '');
  return line
    .slice(0, end + 1)
    .map((part, index) =>
      index === end && !isSolid(part.tone) ? { ...part, text: part.text.trimEnd() } : part,
    );
};

/** The line as text with colour, at most `columns` wide. In ASCII mode our own marks are ASCII too. */
export const paintLine = (line: Line, columns: number, theme: Theme): string =>
  trimLine(clipLine(line, columns))
    .map(({ text, tone }) => theme.paint(tone, theme.ascii ? asciiOnly(text) : text))
    .join('');

export const paintLines = (lines: readonly Line[], columns: number, theme: Theme): readonly string[] =>
  lines.map((line) => paintLine(line, columns, theme));

const PLAIN: Readonly<Record<string, string>> = {
  '…': '~',
  '·': '.',
  '–': '-',
  '→': '>',
  '▏': '_',
  '±': '~',
  '─': '-',
};

/** Our own marks, one for one, for terminals without Unicode; the names and words of a cluster stay as they are. */
const asciiOnly = (text: string): string => text.replace(/[…·–→▏─±]/gu, (mark) => PLAIN[mark] ?? mark);
