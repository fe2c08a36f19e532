/** What stands below the view: the lower rule or what is told there, and the footer. */
import type { Command } from '../store/events.ts';
import type { AppState } from '../store/state.ts';
import { configLine } from './config-lines.ts';
import { keyHint } from './empty.ts';
import { footerLine } from './footer.ts';
import { jobLines } from './job-lines.ts';
import type { Frame } from './layout.ts';
import { gap, type Line, lineWidth, type Segment, seg } from './paint.ts';
import type { Theme } from './theme.ts';

/** What a newcomer needs, in whole words and in few. */
const HINT: readonly (readonly [Command, string, string])[] = [
  ['help', ' tells all keys', ' help'],
  ['palette', ' finds anything by name', ' palette'],
  ['open', ' opens a row', ' opens a row'],
];

const joined = (parts: readonly Line[], between: Segment): Line =>
  parts.filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? part : [between, ...part]));

/** A whole line, a rule where there is one; nothing where the operator has left these commands no keys. */
const hintLine = (state: AppState, { columns, kind }: Frame, theme: Theme): Line => {
  if (!state.ui.hint) return [];
  const say = (how: 1 | 2): readonly Line[] =>
    HINT.map(([command, ...words]) => keyHint(state, command, words[how - 1] ?? '', theme, 'plain'));
  const long = joined(say(1), seg(', '));
  const short = joined(say(2), gap(2));
  if (long.length === 0) return [];
  if (kind !== 'full') return [gap(1), ...short];
  const rule = (count: number): Segment => seg(theme.symbols.rule.repeat(Math.max(0, count)), 'faint');
  const greeting: Line = [rule(1), gap(1), seg('To begin: ', 'strong'), ...long, gap(1)];
  const line = lineWidth(greeting) < columns ? greeting : [rule(1), gap(1), ...short, gap(1)];
  return [...line, rule(columns - lineWidth(line))];
};

/**
 * What is told of an action or of the configuration; else, until the first key, what a newcomer needs; else the lower
 * rule, which a compact frame does not have.
 */
export const bottomLines = (state: AppState, frame: Frame, theme: Theme): readonly Line[] => {
  const { columns } = frame;
  const isFull = frame.kind === 'full';
  const told = [...configLine(state, columns, theme), ...jobLines(state, columns, isFull, theme)];
  if (told.length > 0) return told;
  if (!isFull) return [];
  const hint = hintLine(state, frame, theme);
  return hint.length > 0 ? [hint] : [[seg(theme.symbols.rule.repeat(columns), 'faint')]];
};

/** The keys; in a compact frame, which has no other line to spare, first what a newcomer needs of them. */
export const lastLine = (state: AppState, frame: Frame, theme: Theme): Line => {
  const isFree = frame.kind === 'compact' && state.ui.notice === undefined;
  const hint = isFree ? hintLine(state, frame, theme) : [];
  return hint.length > 0 ? hint : footerLine(state, frame.columns, theme);
};
