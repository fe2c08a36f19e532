/** Painters for the ear: no mark, no rule and no colour; what is left of a line becomes one sentence. */
import type { Line } from '../paint.ts';
import { paintLines } from '../paint.ts';
import type { Theme } from '../theme.ts';

/** A verdict's word stands beside its glyph wherever there is one: the word alone is read. */
export const SPOKEN: Theme = {
  // Keys are told in words, too.
  ascii: true,
  hasGrounds: false,
  symbols: {
    folded: '',
    unfolded: '',
    cursor: '',
    mark: '',
    rule: ' ',
    bar: '',
    dot: '',
    none: 'none',
    cut: '',
    caret: '',
    spark: ['', '', '', '', '', '', '', ''],
    sparkFailure: '',
    corners: ['', '', '', ''],
    branch: { tee: '', end: '', down: '', hard: '', soft: '' },
    arrow: 'to',
    because: 'because of',
    into: 'then',
    passed: '',
    rest: '',
  },
  glyph: () => '',
  paint: (_, text) => text,
};

/** As wide as no line is: nothing is broken or cut. */
export const SPOKEN_COLUMNS = 400;

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/ *→ */gu, ' to '],
  [/ ± /gu, ' plus or minus '],
  [/(?<=\d)–(?=\d)/gu, ' to '],
  [/ *· */gu, ', '],
  [/…/gu, '...'],
  [/(?<=[a-z0-9-])@(?=[a-z0-9])/giu, ' on '],
];

const inWords = (text: string): string => WORDS.reduce((now, [mark, word]) => now.replace(mark, word), text);

/** One line as a sentence: columns become commas. */
export const spokenLine = (text: string): string =>
  inWords(text.trim())
    .replace(/(?<=[?!]) {2,}/gu, ' ')
    .replace(/[:,.]? {2,}/gu, ', ')
    .replace(/^[, ]+/u, '');

/** Before what is left of our own marks is made ASCII. */
const painted = (lines: readonly Line[]): readonly string[] =>
  paintLines(
    lines.map((line) => line.map(({ text, tone }) => ({ text: inWords(text), tone }))),
    SPOKEN_COLUMNS,
    SPOKEN,
  );

export const spokenLines = (lines: readonly Line[]): readonly string[] =>
  painted(lines)
    .map(spokenLine)
    .filter((line) => line !== '');

/** As `spokenLines`, of lines that hang below a label: each label's text is one sentence, however it was broken. */
export const spokenEntries = (lines: readonly Line[], labelColumns: number): readonly string[] => {
  const entries: string[] = [];
  for (const line of painted(lines)) {
    const isBelow = line.trim() !== '' && line.search(/\S/u) >= labelColumns;
    if (isBelow && entries.length > 0) entries.push(`${entries.pop() ?? ''} ${line.trim()}`);
    else entries.push(line);
  }
  return entries.map(spokenLine).filter((entry) => entry !== '');
};
