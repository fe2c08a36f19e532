/** Which danger weighs more than which: whoever typed a name for one has not said yes to a heavier one, nor to more. Pure. */
import type { Danger } from './model/action.ts';

const HEAVIEST_FIRST: readonly Danger['kind'][] = ['quorum', 'capability', 'stays-down'];

/** The heavier, the smaller: 0 for a quorum; what is no danger comes last. */
export const dangerRank = (danger: Danger | undefined): number =>
  danger === undefined ? HEAVIEST_FIRST.length : HEAVIEST_FIRST.indexOf(danger.kind);

const titlesOf = (danger: Danger | undefined): readonly string[] =>
  danger?.kind === 'capability' ? danger.titles : [];

/** Heavier than what was said yes to, or it takes away what that does not. */
export const isGraver = (danger: Danger | undefined, than: Danger | undefined): boolean =>
  dangerRank(danger) < dangerRank(than) ||
  (dangerRank(danger) === dangerRank(than) &&
    titlesOf(danger).some((title) => !titlesOf(than).includes(title)));

/** All that both take away, where they weigh the same; else the heavier. */
export const bothDangers = (one: Danger, other: Danger): Danger => {
  if (dangerRank(one) !== dangerRank(other)) return dangerRank(one) < dangerRank(other) ? one : other;
  return one.kind === 'capability'
    ? { kind: 'capability', titles: [...new Set([...one.titles, ...titlesOf(other)])] }
    : one;
};
