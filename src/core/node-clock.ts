/** A node's monotonic clock at any moment of ours, read off the looks that told it. */
import type { ClockReading } from './model/cluster.ts';

/**
 * What the node's clock said at `atMs` of our time, ms; undefined when no look of this boot told it. Exact at the
 * looks, in proportion between two of them; before the first and after the last, both clocks run alike.
 */
export const nodeTimeAt = (readings: readonly ClockReading[], atMs: number): number | undefined => {
  // From the end: what is asked about is recent.
  const index = readings.findLastIndex((reading) => reading.atMs <= atMs);
  const before = readings[index];
  const after = readings[index + 1];
  if (before === undefined) return after === undefined ? undefined : after.monotonicMs - (after.atMs - atMs);
  const sinceMs = atMs - before.atMs;
  if (after === undefined) return before.monotonicMs + sinceMs;
  return (
    before.monotonicMs + (sinceMs * (after.monotonicMs - before.monotonicMs)) / (after.atMs - before.atMs)
  );
};

/** Our time, ms, when the node's clock said `monotonicMs`; undefined as above. */
export const ourTimeAt = (readings: readonly ClockReading[], monotonicMs: number): number | undefined =>
  nodeTimeAt(
    readings.map((reading) => ({ atMs: reading.monotonicMs, monotonicMs: reading.atMs })),
    monotonicMs,
  );
