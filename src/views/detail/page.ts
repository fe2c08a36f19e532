/** The building blocks of a detail page: sections and labelled, wrapped values. */
import { field, gap, type Line, seg } from '../paint.ts';
import { width, wrap } from '../text.ts';
import type { Tone } from '../theme.ts';

const LABEL_COLUMNS = 12;
const MARGIN = 1;

/** Columns that a value has beside its label. */
export const valueColumns = (columns: number): number => columns - LABEL_COLUMNS - MARGIN - 2;

/** A blank line and a title. */
export const section = (title: string): readonly Line[] => [[], [gap(MARGIN), seg(title, 'strong')]];

/** `label  value`, the value wrapped under itself. Nothing at all for an empty value. */
export const labelled = (
  label: string,
  value: string,
  columns: number,
  tone: Tone = 'plain',
): readonly Line[] =>
  value === ''
    ? []
    : wrap(value, valueColumns(columns)).map((text, index) => [
        gap(MARGIN + 1),
        field(index === 0 ? label : '', LABEL_COLUMNS, 'faint'),
        seg(text, tone),
      ]);

/** `label  one · two · three`, never broken inside an item. */
export const labelledItems = (
  label: string,
  items: readonly string[],
  columns: number,
  tone: Tone = 'plain',
): readonly Line[] => {
  const room = valueColumns(columns);
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    const joined = last === undefined ? item : `${last} · ${item}`;
    if (last !== undefined && width(joined) <= room) lines[lines.length - 1] = joined;
    else lines.push(item);
  }
  return lines.flatMap((line, index) => labelled(index === 0 ? label : '', line, columns, tone));
};

/** One line under a label that is made of coloured parts; it is cut, not wrapped. */
export const labelledLine = (label: string, value: Line): Line => [
  gap(MARGIN + 1),
  field(label, LABEL_COLUMNS, 'faint'),
  ...value,
];

/** A paragraph. */
export const paragraph = (text: string, columns: number, tone: Tone = 'plain'): readonly Line[] =>
  wrap(text, columns - MARGIN - 2).map((words) => [gap(MARGIN + 1), seg(words, tone)]);
