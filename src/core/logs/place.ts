/** When a node's entries happened, on a clock that all nodes share. */
import type { LogEntry, NodeClock } from './model.ts';

/** A look takes a while to answer: less than this is no disagreement of clocks. */
const SKEW_FROM_US = 2_000_000;

const bare = (boot: string | undefined): string | undefined => boot?.replaceAll('-', '');

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
  const isRead =
    newest?.boot !== undefined && clock?.monotonicMs !== undefined && bare(clock.bootId) === newest.boot;
  const ahead =
    isRead && baseUs !== undefined
      ? baseUs - (clock.atMs - (clock.monotonicMs ?? 0)) * 1000
      : skewBeforeMs * 1000;
  const skewUs = Math.abs(ahead) < SKEW_FROM_US ? 0 : Math.round(ahead);
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
