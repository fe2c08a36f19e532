/** Waits until the facts say that something has come to its end. */
import type { Clock } from '../lib/clock.ts';

/** How often it looks by itself; new facts are looked at as they come. */
const TICK_MS = 250;
/** A poller that has backed off would see the end late: it is asked to look while there is none. */
const NUDGE_MS = 1000;
/** The wall clock falls behind the monotonic one by this much only when it is set back. */
const SET_BACK_MS = 100;

export type FactsSource = {
  /** Calls back after new facts; returns the unsubscriber. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks for looks now. */
  readonly nudge: () => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

export type Turn<End> =
  | { readonly kind: 'end'; readonly end: End }
  /** `calm`: what is waited for is there, and looks at the plain pace do. */
  | { readonly kind: 'open'; readonly calm: boolean };

/**
 * Calls `turn` with the monotonic time and the wall time from which looks count, until it ends or the signal aborts.
 * `isSetBack` is true once after the wall clock was set back: looks from before and after cannot be compared.
 */
export const awaitFacts = <End>(
  { subscribe, nudge, clock, signal }: FactsSource,
  sinceMs: number,
  turn: (nowMs: number, sinceMs: number, isSetBack: boolean) => Turn<End>,
): Promise<End | 'cancelled'> =>
  new Promise((resolve) => {
    let countsFromMs = sinceMs;
    let nudgedMs = Number.NEGATIVE_INFINITY;
    let wallAheadMs = clock.now() - clock.monotonic();

    const end = (result: End | 'cancelled'): void => {
      clearInterval(timer);
      unsubscribe();
      signal.removeEventListener('abort', look);
      resolve(result);
    };
    const look = (): void => {
      if (signal.aborted) {
        end('cancelled');
        return;
      }
      const nowMs = clock.monotonic();
      const wallMs = clock.now();
      const isSetBack = wallMs - nowMs < wallAheadMs - SET_BACK_MS;
      if (isSetBack) countsFromMs = wallMs;
      wallAheadMs = wallMs - nowMs;
      const result = turn(nowMs, countsFromMs, isSetBack);
      if (result.kind === 'end') {
        end(result.end);
        return;
      }
      if (!result.calm && nowMs - nudgedMs >= NUDGE_MS) {
        nudgedMs = nowMs;
        nudge();
      }
    };
    const timer = setInterval(look, TICK_MS);
    const unsubscribe = subscribe(look);
    signal.addEventListener('abort', look, { once: true });
    look();
  });
