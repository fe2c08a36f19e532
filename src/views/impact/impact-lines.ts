/** Impact: what users have of each capability now and why, and how far a request gets. */
import { requestPathOf } from '../../store/impact.ts';
import { type AppState, shown } from '../../store/state.ts';
import { gap, type Line, seg } from '../paint.ts';
import type { PagePainter, Room } from '../painter.ts';
import { wrap } from '../text.ts';
import type { Theme } from '../theme.ts';
import {
  capabilityHeading,
  capabilityLines,
  foldedLines,
  isAllFolded,
  shortLines,
  shortSummary,
} from './capability-lines.ts';
import { pathAnswer, pathLines } from './path-lines.ts';

/** All that can be said, or as much of it as fits into the rows without scrolling, the least needed left out first. */
const fitted = (state: AppState, room: Room, theme: Theme): ReturnType<PagePainter> => {
  const { capabilities } = shown(state).cluster;
  const path = requestPathOf(state);
  const answer = pathAnswer(state, path, room.columns, theme);
  const roomy = pathLines(state, path, room.columns, theme, true);
  const tight = pathLines(state, path, room.columns, theme, false);
  const isRoom = (lines: readonly Line[]): boolean => lines.length < room.rows;

  const table = capabilityLines(state, room.columns, theme);
  const isPlain = capabilities.every((one) => one.causes.length === 0 && one.mitigation === undefined);
  const summary = shortSummary(capabilities, theme);
  const heading = capabilityHeading(capabilities, room.columns);
  const whole = [
    [...table, [], ...answer, [], ...roomy],
    [...table, [], ...answer, ...tight],
  ].find(isRoom);
  if (whole !== undefined) return { title: isPlain ? summary : heading, lines: whole };

  const folded = foldedLines(state, room.columns, theme);
  const all = [...folded, [], ...answer, ...tight];
  const lines = [
    all,
    [...folded, [], ...answer.slice(0, 2), ...tight],
    [...folded, [], ...answer.slice(0, 1), ...tight],
    [...folded, ...answer.slice(0, 1), ...tight],
  ].find(isRoom);
  return { title: isAllFolded(capabilities) ? summary : heading, lines: lines ?? all };
};

const compact = (state: AppState, room: Room, theme: Theme): readonly Line[] => {
  const path = requestPathOf(state);
  const { verdict } = path;
  const sentence = wrap(path.sentence, room.columns - 4).map(
    (text, index): Line => [
      gap(1),
      index === 0 ? seg(theme.glyph(verdict), verdict) : gap(1),
      gap(1),
      seg(text, 'strong'),
    ],
  );
  return [...(path.sentence === '' ? [] : sentence), ...shortLines(state, room.columns, theme)];
};

export const impactPage: PagePainter = (state, room, theme) =>
  room.compact
    ? { title: shortSummary(shown(state).cluster.capabilities, theme), lines: compact(state, room, theme) }
    : fitted(state, room, theme);
