/** States of a boot's entries as verdicts, marks and words, for every part of the first-boot view alike. */
import type { BootEntry, BootState, NodeBoot } from '../../core/first-boot/model.ts';
import { formatAge, formatTook } from '../../core/format.ts';
import type { Verdict } from '../../core/model/cluster.ts';
import { type Segment, seg } from '../paint.ts';
import type { Theme, Tone } from '../theme.ts';

/** The verdict that a state is painted as; undefined while its turn has not come. */
const bootVerdict = (state: BootState): Verdict | undefined => {
  switch (state) {
    case 'done':
      return 'ok';
    case 'failed':
    case 'left-behind':
      return 'down';
    case 'starting':
    case 'late':
    case 'unknown':
      return state;
    case 'waiting':
      return undefined;
    default:
      return state satisfies never;
  }
};

export const bootTone = (state: BootState): Tone => bootVerdict(state) ?? 'faint';

export const bootMark = (state: BootState, theme: Theme): Segment => {
  const verdict = bootVerdict(state);
  return seg(verdict === undefined ? theme.symbols.dot : theme.glyph(verdict), bootTone(state));
};

/** What a node as a whole looks like. */
export const nodeState = ({ seen, at }: NodeBoot): BootState => {
  if (!seen) return 'unknown';
  if (at === undefined) return 'done';
  return at.state === 'waiting' ? 'starting' : at.state;
};

/** Beyond its documented time by more than a whim. */
const OVER_MS = 2000;

/** Time beyond the documented one that is worth a word; undefined otherwise. */
export const overMs = (tookMs: number | undefined, documentedMs: number | undefined): number | undefined =>
  tookMs !== undefined && documentedMs !== undefined && tookMs - documentedMs >= OVER_MS
    ? tookMs - documentedMs
    : undefined;

/** An entry's words, the long ones first; a painter takes the first that fits. */
export const entryWords = (entry: BootEntry): readonly string[] => {
  const over = entry.state === 'done' ? overMs(entry.elapsedMs, entry.documentedMs) : undefined;
  if (over !== undefined) return [`${entry.words}, ${formatTook(over)} longer than documented`, entry.words];
  return entry.waitsFor === undefined ? [entry.words] : [entry.words, `waits for ${entry.waitsFor}`];
};

const behindWords = (behindMs: number): string => {
  const seconds = Math.round(Math.abs(behindMs) / 1000);
  return seconds === 0 ? '' : `${formatAge(seconds * 1000)} ${behindMs > 0 ? 'behind' : 'ahead'}`;
};

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');

/** What is told of a node on its own line: "same, 1 s behind", "9 of 15, flaredb: starting 0:07 of 0:15". */
export const nodeWords = (node: NodeBoot, staleMs: number): readonly string[] => {
  const { entries, done, at, elapsedMs, behindMs = 0, lookAgeMs = 0 } = node;
  if (!node.seen) return ['not yet seen'];
  const stale = lookAgeMs > staleMs ? `seen ${formatAge(lookAgeMs)} ago` : '';
  const behind = behindWords(behindMs);
  const count = `${done} of ${entries.length}`;
  if (node.earlier) {
    const booted = elapsedMs === undefined ? 'booted earlier' : `booted ${formatAge(elapsedMs)} ago`;
    return [joined(booted, count, at === undefined ? '' : `${at.name} ${at.words}`, stale), booted];
  }
  const last = node.last ? 'LAST' : '';
  if (node.same) return [joined('same', last, behind, stale), joined('same', behind)];
  if (at === undefined) {
    const endMs = entries.find((entry) => entry.name === 'ready')?.endMs;
    return [joined(endMs === undefined ? 'ready' : `ready after ${formatTook(endMs)}`, last, behind, stale)];
  }
  const held = `${at.name} ${at.words}`;
  return [
    joined(count, held, last, behind, stale),
    joined(count, held),
    joined(count, at.name),
    at.name,
    count,
  ];
};
