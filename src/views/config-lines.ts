/** What became of a changed configuration: a line until it is mended or holds, and all of it in the help. */
import { problemLine } from '../core/problem.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { keyLabel } from '../keys/bindings.ts';
import type { AppState, ConfigNews } from '../store/state.ts';
import { gap, type Line, seg } from './paint.ts';
import { clip, width, wrap } from './text.ts';
import type { Theme } from './theme.ts';

/** Why the changed one is not used: its first mistake. */
export const keptWords = ({ problems: [first] }: Extract<ConfigNews, { readonly kind: 'bad' }>): string =>
  `old configuration kept: ${first === undefined ? 'it is wrong' : problemLine(first)}`;

/** Nothing while there is nothing to say. */
export const configLine = (state: AppState, columns: number, theme: Theme): readonly Line[] => {
  const { config } = state;
  if (config === undefined) return [];
  if (config.kind === 'waiting') {
    return [[gap(1), seg(clip(`the changed configuration holds when ${config.until}`, columns - 2), 'flag')]];
  }
  const help = keyLabel(state, 'help', theme.ascii);
  const more = help === undefined ? '' : `  ${help} all`;
  return [[gap(1), seg(clip(keptWords(config), columns - 2 - width(more)), 'down'), seg(more, 'faint')]];
};

/** Every problem with its remedy. */
export const configSection = ({ config }: AppState, columns: number): readonly Line[] => {
  if (config?.kind !== 'bad') return [];
  const text = (words: string, indent: number, tone: 'plain' | 'faint'): readonly Line[] =>
    wrap(words, columns - indent - 1).map((line) => [gap(indent), seg(line, tone)]);
  return [
    [gap(1), seg('The changed configuration is not used', 'strong')],
    ...config.problems.flatMap((problem) => [
      ...text(problemLine(problem), 3, 'plain'),
      ...text(`remedy: ${sanitiseLine(problem.remedy)}`, 5, 'faint'),
    ]),
    [],
  ];
};
