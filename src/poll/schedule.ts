/** When a task runs next: jitter, backoff and "never twice at once", as pure data. All times are monotonic ms. */

/** Nothing waits longer than this between two looks, unless its own interval is longer. */
export const BACKOFF_CAP_MS = 15_000;
/** Up to this many failures in a row the interval stays plain, so that a fault is confirmed promptly. */
const PATIENT_FAILURES = 2;
/** A first contact costs a TLS handshake: so many ms lie between two of them (200 a second). */
export const FIRST_CONTACT_SPACING_MS = 5;

const JITTER = 0.1;

export type Schedule = {
  readonly intervalMs: number;
  readonly dueMs: number;
  readonly failuresInRow: number;
  /** When the run in flight began; undefined while none is. */
  readonly runningSinceMs?: number;
  /** Asked for while a run was in flight: that run may have seen the world before the question. */
  readonly again: boolean;
};

/** The first run of the task at position `index`, spaced from the others so that first contacts are paced. */
export const firstSchedule = (intervalMs: number, index: number, nowMs: number): Schedule => ({
  intervalMs,
  dueMs: nowMs + index * FIRST_CONTACT_SPACING_MS,
  failuresInRow: 0,
  again: false,
});

/** Time from the start of one run to the start of the next, ms; `random` is in [0, 1). */
export const delayAfter = (intervalMs: number, failuresInRow: number, random: number): number => {
  const doublings = Math.max(0, failuresInRow - PATIENT_FAILURES);
  // The cap leaves room for the jitter, so that capped tasks stay spread and still keep the promise.
  const backedOff = Math.min(intervalMs * 2 ** doublings, BACKOFF_CAP_MS / (1 + JITTER));
  return Math.max(intervalMs, backedOff) * (1 - JITTER + 2 * JITTER * random);
};

/** Marks a run as begun, or gives undefined when it is not due or another run is in flight. */
export const begin = (schedule: Schedule, nowMs: number): Schedule | undefined =>
  schedule.runningSinceMs !== undefined || schedule.dueMs > nowMs
    ? undefined
    : { ...schedule, runningSinceMs: nowMs, again: false };

/** Marks the run in flight as over and sets the next due time, which is never in the past. */
export const finish = (schedule: Schedule, ok: boolean, nowMs: number, random: number): Schedule => {
  const { runningSinceMs = nowMs, ...rest } = schedule;
  const failuresInRow = ok ? 0 : schedule.failuresInRow + 1;
  const next = runningSinceMs + delayAfter(schedule.intervalMs, failuresInRow, random);
  return { ...rest, failuresInRow, dueMs: schedule.again ? nowMs : Math.max(nowMs, next), again: false };
};

/** Makes the task due at `dueMs` at the latest; a run in flight is followed by another one. */
export const nudge = (schedule: Schedule, dueMs: number): Schedule =>
  schedule.runningSinceMs === undefined
    ? { ...schedule, dueMs: Math.min(schedule.dueMs, dueMs) }
    : { ...schedule, again: true };
