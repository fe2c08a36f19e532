/** Lines of a unit's log, and why there are none, for every view alike. */
import { formatAge, formatClock } from '../core/format.ts';
import { skewMsOf } from '../core/logs/place.ts';
import type { NodeName } from '../core/model/inventory.ts';
import type { FeedState, LogLine } from '../core/model/observation.ts';
import type { UnitName } from '../core/model/topology.ts';
import { type AppState, shown } from '../store/state.ts';
import { gap, type Line, seg } from './paint.ts';
import { wrap } from './text.ts';
import type { Tone } from './theme.ts';

const ERROR = 3;
const WARNING = 4;

/** Errors and warnings stand out; the rest is quiet. */
export const logTone = ({ priority }: LogLine): Tone =>
  priority <= ERROR ? 'down' : priority === WARNING ? 'degraded' : 'plain';

/** By the node's own wall clock, on the operator's dial. */
export const logTime = (state: AppState, { atMs }: LogLine): string =>
  formatClock(atMs, state.utcOffsetMinutes);

export const logOf = (state: AppState, node: NodeName, unit: UnitName): readonly LogLine[] =>
  shown(state).facts.news.get(node)?.logs.get(unit) ?? [];

export const journalOf = (state: AppState, node: NodeName): FeedState | undefined =>
  shown(state).facts.news.get(node)?.feeds.journal;

/** A look takes a while: a clock that seems some ms less than two hours off is two hours off. */
const roundedMs = (ms: number): number => {
  const stepMs = ms < 60_000 ? 1000 : 60_000;
  return Math.round(ms / stepMs) * stepMs;
};

/** What a node's log has to say that is no line of it. */
export type LogNote = { readonly about: string; readonly words: string; readonly tone: 'degraded' | 'faint' };

/** "2 h ahead". */
export const skewWords = (skewMs: number): string =>
  `${formatAge(roundedMs(Math.abs(skewMs)))} ${skewMs > 0 ? 'ahead' : 'behind'}`;

/** That a node's times are not ours; none where its clock is right. */
export const clockNotes = (about: NodeName, skewMs: number): readonly LogNote[] => {
  if (skewMs === 0) return [];
  const words = `its clock is ${skewWords(skewMs)}; its lines stand where they belong`;
  return [{ about, words, tone: 'faint' }];
};

const NOTE_ROWS = 3;

/** A note, in as many rows as it takes up to a few. */
export const noteLines = (
  { about, words, tone }: LogNote,
  columns: number,
  margin: number,
): readonly Line[] =>
  wrap(words, columns - margin - about.length - 3)
    .slice(0, NOTE_ROWS)
    .map((text, row) => [
      gap(margin),
      row === 0 ? seg(about, 'strong') : gap(about.length),
      gap(2),
      seg(text, tone),
    ]);

/** How far the clock of the node's journal is ahead of ours, ms. */
export const logSkewMs = (state: AppState, node: NodeName): number => {
  const { news, units } = shown(state).facts;
  return skewMsOf(news.get(node)?.wall, units.get(node));
};

export const isLinkUp = (state: AppState, node: NodeName): boolean =>
  shown(state).facts.links.get(node)?.state === 'up';
