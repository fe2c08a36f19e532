/** What of the confirmation is shown at once where rows are short: the exact command first, the rest page by page. */
import { plural } from '../../core/format.ts';
import { type Line, seg } from '../paint.ts';

/** What is told in bold is what runs. */
export const isCommand = (line: Line): boolean => line.some(({ tone }) => tone === 'strong');

type Page = {
  readonly kept: readonly Line[];
  /** How many lines have no place here, where no line of its own says so. */
  readonly unsaid: number;
};

/** At most `space` lines: a page of them, counted round. `key` turns to the next one. */
export const cutTo = (lines: readonly Line[], space: number, page: number, key: string): Page => {
  if (lines.length <= space) return { kept: lines, unsaid: 0 };
  const commands = lines.filter(isCommand);
  const rows = Math.max(1, space - 1);
  const isWhole = lines.slice(0, rows).filter(isCommand).length === commands.length;
  const ordered = isWhole ? lines : [...commands, ...lines.filter((line) => !isCommand(line))];
  // No line says that there are more where the commands alone fill the first page, or where there is but one row.
  const first = commands.length === space ? space : rows;
  const starts = [0];
  for (let at = first; at < ordered.length; at += rows) starts.push(at);
  const from = starts.at(page % starts.length) ?? 0;
  const size = from === 0 ? first : rows;
  const shown = ordered.slice(from, from + size);
  const left = Math.max(0, ordered.length - from - size);
  if (size === space) return { kept: shown, unsaid: lines.length - shown.length };
  const more = left > 0 ? `${plural(left, 'more line')}: ${key}` : `the end: ${key} begins again`;
  const empty = Array.from({ length: size - shown.length }, (): Line => []);
  return { kept: [...shown, ...empty, [seg(more, 'faint')]], unsaid: 0 };
};
