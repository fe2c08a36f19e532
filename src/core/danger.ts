/** Which danger weighs more than which: whoever typed a name for one has not said yes to a heavier one. Pure. */
import type { Danger } from './model/action.ts';

const HEAVIEST_FIRST: readonly Danger['kind'][] = ['quorum', 'capability', 'stays-down'];

/** The heavier, the smaller: 0 for a quorum; what is no danger comes last. */
export const dangerRank = (danger: Danger | undefined): number =>
  danger === undefined ? HEAVIEST_FIRST.length : HEAVIEST_FIRST.indexOf(danger.kind);
