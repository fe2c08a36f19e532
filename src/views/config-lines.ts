/** What became of a changed configuration: a line until it is mended or holds, and all of it in the help. */
import { plural } from '../core/format.ts';
import { problemLine } from '../core/problem.ts';
import { sanitiseLine } from '../core/sanitise.ts';
import { keyLabel } from '../keys/bindings.ts';
import type { AppState, ConfigNews, Notice, Reloaded } from '../store/state.ts';
import { gap, type Line, seg } from './paint.ts';
import { clip, width, wrap } from './text.ts';
import type { Theme } from './theme.ts';

/** Why the changed one is not used: its first mistake. */
export const keptWords = ({ problems: [first] }: Extract<ConfigNews, { readonly kind: 'bad' }>): string =>
  `old configuration kept: ${first === undefined ? 'it is wrong' : problemLine(first)}`;

const waitingWords = ({ until }: Extract<ConfigNews, { readonly kind: 'waiting' }>): string =>
  `the changed configuration holds when ${until}`;

/** What stands on the line of a configuration that does not hold. */
export const newsWords = (news: ConfigNews): string =>
  news.kind === 'bad' ? keptWords(news) : waitingWords(news);

/** The answer to whoever asked for it to be read; that it holds now is told of however it came to that. */
export const reloadedNotice = (
  reloaded: Reloaded,
  { config }: Pick<AppState, 'config'>,
): Pick<Notice, 'text' | 'tone'> | undefined => {
  switch (reloaded) {
    case 'holds':
      return undefined;
    case 'unchanged':
      return { text: 'the configuration is unchanged', tone: 'info' };
    case 'waits':
      // Until when is on a line of its own, as the mistakes are.
      return { text: 'the configuration was read, and waits', tone: 'info' };
    case 'bad': {
      const count = config?.kind === 'bad' ? config.problems.length : 1;
      return { text: `${plural(count, 'mistake')}: the old one is kept`, tone: 'bad' };
    }
    default:
      return reloaded satisfies never;
  }
};

/** Nothing while there is nothing to say. */
export const configLine = (state: AppState, columns: number, theme: Theme): readonly Line[] => {
  const { config } = state;
  if (config === undefined) return [];
  if (config.kind === 'waiting') {
    return [[gap(1), seg(clip(waitingWords(config), columns - 2), 'flag')]];
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
