/** Waits until what an action is about is well again and stays so, or until it is clear that it will not be in time. */
import { awaitFacts, type FactsSource } from './await-facts.ts';
import type { Sight } from './settle.ts';

export type WatchOptions<S extends Sight> = FactsSource & {
  /** How it stands, going by looks since then alone. */
  readonly sight: (sinceMs: number) => S;
  /** Wall time from which looks count, ms. */
  readonly sinceMs: number;
  /** It must stay well for this long, and be seen well once more. */
  readonly stableMs: number;
  readonly timeoutMs: number;
  /** Nobody knows whether the command ran: being well counts only with a sign that it did. */
  readonly needsSign: boolean;
  readonly onSight: (sight: S) => void;
};

export type WatchEnd<S extends Sight> =
  /** `healthyAtMs`: monotonic time at which it was first seen well. */
  | { readonly kind: 'recovered'; readonly healthyAtMs: number }
  /** Not in time, or `hopeless` before that. */
  | { readonly kind: 'late'; readonly sight: S; readonly sign: boolean }
  | { readonly kind: 'cancelled' };

export const watchRecovery = async <S extends Sight>(options: WatchOptions<S>): Promise<WatchEnd<S>> => {
  const { clock, stableMs, timeoutMs, needsSign } = options;
  const startedMs = clock.monotonic();
  let sign = false;
  let well: { readonly fromMs: number; readonly seenMs: number } | undefined;
  const end = await awaitFacts<WatchEnd<S>>(options, options.sinceMs, (nowMs, sinceMs, isSetBack) => {
    if (isSetBack) well = undefined;
    const sight = options.sight(sinceMs);
    options.onSight(sight);
    // A silent endpoint is no sign: what took ssh away may have taken that away as well.
    sign ||= sight.renewed === true || sight.moving;
    if (sight.green && (sign || !needsSign)) {
      well ??= { fromMs: nowMs, seenMs: sight.seenMs };
      if (nowMs - well.fromMs >= stableMs && sight.seenMs > well.seenMs) {
        return { kind: 'end', end: { kind: 'recovered', healthyAtMs: well.fromMs } };
      }
    } else {
      well = undefined;
    }
    // Once well it may take until it is known to be stable, but no longer: the looks themselves may have ended.
    const graceMs = well === undefined ? 0 : 3 * stableMs;
    return sight.hopeless === true || nowMs - startedMs >= timeoutMs + graceMs
      ? { kind: 'end', end: { kind: 'late', sight, sign } }
      : // What is asked seldom is asked for the look that confirms it.
        { kind: 'open', calm: well !== undefined && nowMs - well.fromMs < stableMs };
  });
  return end === 'cancelled' ? { kind: 'cancelled' } : end;
};
