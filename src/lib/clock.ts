/** Time is handed in: everything outside this file takes a Clock. */

export type Clock = {
  /** Wall time, ms since the epoch. */
  readonly now: () => number;
  /** Monotonic time in ms, for durations. */
  readonly monotonic: () => number;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** How many minutes the operator's wall clock is ahead of UTC at that moment. */
export const utcOffsetMinutes = (atMs: number): number => -new Date(atMs).getTimezoneOffset();
