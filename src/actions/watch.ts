/** Waits until an instance is well again and stays so, or until it is clear that it will not be in time. */
import type { ClusterFacts, ClusterState } from '../core/model/cluster.ts';
import type { Clock } from '../lib/clock.ts';
import { type Sight, sightOf, type Watched } from './settle.ts';

/** How often the watch looks by itself; new facts are looked at as they come. */
const TICK_MS = 250;
/** A poller that has backed off would see the recovery late: it is asked to look while there is none. */
const NUDGE_MS = 1000;
/** The wall clock falls behind the monotonic one by this much only when it is set back. */
const SET_BACK_MS = 100;

export type WatchOptions = {
  readonly watched: Watched;
  readonly facts: () => ClusterFacts;
  readonly cluster: () => ClusterState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly nudge: () => void;
  readonly clock: Clock;
  /** It must stay well for this long, and be seen well once more. */
  readonly stableMs: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Nobody knows whether the command ran: being well counts only with a sign that it did. */
  readonly needsSign: boolean;
  readonly onSight: (sight: Sight) => void;
};

export type WatchEnd =
  /** `healthyAtMs`: monotonic time at which it was first seen well. */
  | { readonly kind: 'recovered'; readonly healthyAtMs: number }
  | { readonly kind: 'late'; readonly sight: Sight; readonly sign: boolean }
  | { readonly kind: 'cancelled' };

export const watchRecovery = (options: WatchOptions): Promise<WatchEnd> => {
  const { facts, cluster, clock, stableMs, timeoutMs, signal, needsSign } = options;
  const startedMs = clock.monotonic();
  return new Promise((resolve) => {
    let sign = false;
    let nudgedMs = Number.NEGATIVE_INFINITY;
    let well: { readonly fromMs: number; readonly seenMs: number } | undefined;
    let { watched } = options;
    let wallAheadMs = clock.now() - startedMs;

    const end = (result: WatchEnd): void => {
      clearInterval(timer);
      unsubscribe();
      signal.removeEventListener('abort', look);
      resolve(result);
    };
    const look = (): void => {
      if (signal.aborted) {
        end({ kind: 'cancelled' });
        return;
      }
      const nowMs = clock.monotonic();
      const wallMs = clock.now();
      if (wallMs - nowMs < wallAheadMs - SET_BACK_MS) {
        // Times of looks from before and after the step cannot be compared: looks count from here on.
        watched = { ...watched, sinceMs: wallMs };
        well = undefined;
      }
      wallAheadMs = wallMs - nowMs;
      const sight = sightOf(facts(), cluster(), watched);
      options.onSight(sight);
      // A silent endpoint is no sign: what took ssh away may have taken that away as well.
      sign ||= sight.renewed === true || sight.moving;
      if (sight.green && (sign || !needsSign)) {
        well ??= { fromMs: nowMs, seenMs: sight.seenMs };
        if (nowMs - well.fromMs >= stableMs && sight.seenMs > well.seenMs) {
          end({ kind: 'recovered', healthyAtMs: well.fromMs });
          return;
        }
      } else {
        well = undefined;
      }
      // Once well it may take until it is known to be stable, but no longer: the looks themselves may have ended.
      const graceMs = well === undefined ? 0 : 3 * stableMs;
      if (nowMs - startedMs >= timeoutMs + graceMs) {
        end({ kind: 'late', sight, sign });
        return;
      }
      if (well === undefined && nowMs - nudgedMs >= NUDGE_MS) {
        nudgedMs = nowMs;
        options.nudge();
      }
    };
    const timer = setInterval(look, TICK_MS);
    const unsubscribe = options.subscribe(look);
    signal.addEventListener('abort', look, { once: true });
    look();
  });
};
