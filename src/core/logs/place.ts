/** When a node's entries happened, on a clock that all nodes share. */
import type { WallReading } from '../model/observation.ts';
import type { LogEntry, NodeClock } from './model.ts';

/** A look takes a while to answer: less than this is no disagreement of clocks. */
const SKEW_FROM_US = 2_000_000;

const bare = (boot: string | undefined): string | undefined => boot?.replaceAll('-', '');

/** What the newest entry that has all of it tells of its node's clocks. */
export const wallReading = (entries: readonly LogEntry[]): WallReading | undefined => {
  const newest = entries.findLast(({ monotonicUs }) => monotonicUs !== undefined);
  const { atUs, monotonicUs, boot } = newest ?? {};
  return atUs === undefined || monotonicUs === undefined || boot === undefined
    ? undefined
    : { atUs, monotonicUs, boot };
};

/** How far the node's wall clock is ahead of ours, µs; undefined where no look at that boot tells. */
const aheadUs = (wall: WallReading | undefined, clock: NodeClock | undefined): number | undefined =>
  wall === undefined || clock?.monotonicMs === undefined || bare(clock.bootId) !== wall.boot
    ? undefined
    : wall.atUs - wall.monotonicUs - (clock.atMs - clock.monotonicMs) * 1000;

const disagreementUs = (ahead: number): number => (Math.abs(ahead) < SKEW_FROM_US ? 0 : Math.round(ahead));

/** The same in ms; 0 where they agree as far as can be told. */
export const skewMsOf = (wall: WallReading | undefined, clock: NodeClock | undefined): number =>
  Math.round(disagreementUs(aheadUs(wall, clock) ?? 0) / 1000);

export type Placing = {
  /** µs since the epoch, one for each entry. */
  readonly keysUs: readonly number[];
  readonly skewMs: number;
};

/**
 * Keys for entries in their journal's order. Within the boot of the newest entry its monotonic clock counts, which no
 * step of the wall clock moves; where the node's wall clock is wrong by what a look says, ours counts. Keys never
 * go back behind `afterUs`: the journal's order stands above the time.
 */
export const placeEntries = (
  entries: readonly LogEntry[],
  clock: NodeClock | undefined,
  afterUs: number,
  skewBeforeMs = 0,
): Placing => {
  const newest = entries.findLast(({ monotonicUs }) => monotonicUs !== undefined);
  const baseUs = newest?.monotonicUs === undefined ? undefined : newest.atUs - newest.monotonicUs;
  const skewUs = disagreementUs(aheadUs(wallReading(entries), clock) ?? skewBeforeMs * 1000);
  const keysUs: number[] = [];
  let lastUs = afterUs;
  for (const { atUs, monotonicUs, boot } of entries) {
    const wallUs =
      baseUs !== undefined && monotonicUs !== undefined && boot === newest?.boot
        ? baseUs + monotonicUs
        : atUs;
    lastUs = Math.max(lastUs, wallUs - skewUs);
    keysUs.push(lastUs);
  }
  return { keysUs, skewMs: Math.round(skewUs / 1000) };
};
