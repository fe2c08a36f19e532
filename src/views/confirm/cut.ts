/** What of the confirmation is left where rows are short: the exact command before everything else. */
import { plural } from '../../core/format.ts';
import { type Line, seg } from '../paint.ts';

/** What is told in bold is what runs. */
export const isCommand = (line: Line): boolean => line.some(({ tone }) => tone === 'strong');

/** At most `space` lines. `unsaid`: how many have no place, where no line of its own says so. */
export const cutTo = (
  lines: readonly Line[],
  space: number,
): { readonly kept: readonly Line[]; readonly unsaid: number } => {
  if (lines.length <= space) return { kept: lines, unsaid: 0 };
  const commands = lines.filter(isCommand);
  if (commands.length === space) return { kept: commands, unsaid: lines.length - space };
  const inOrder = lines.slice(0, space - 1);
  const isWhole = inOrder.filter(isCommand).length === commands.length;
  const shown = isWhole ? inOrder : [...commands, ...lines.filter((line) => !isCommand(line))];
  const more = `${plural(lines.length - space + 1, 'more line')}: enlarge the terminal`;
  return { kept: [...shown.slice(0, space - 1), [seg(more, 'faint')]], unsaid: 0 };
};
