/** Readings and their forecast put together: when an entry is expected, and what it waits for, in words. */
import type { UnitName } from '../model/topology.ts';
import type { Reading } from './entries.ts';
import type { Forecast } from './forecast.ts';
import type { BootEntry, BootState } from './model.ts';

const isOpen = (state: BootState): boolean => state === 'waiting' || state === 'starting' || state === 'late';

/** Something that it comes after is in the way. */
const isHeld = (reading: Reading, holder: Reading): boolean =>
  reading.state === 'waiting' && reading.isQueued && holder.unit !== reading.unit;

/** "waits for flaredb: starting 0:07 of 0:15", or its own words. */
const waitWords = (reading: Reading, holder: Reading): string =>
  isHeld(reading, holder) && holder.words !== ''
    ? `waits for ${holder.name}: ${holder.words}`
    : reading.words;

/** `elapsedMs` is the time since the node's boot began, where it is known. */
export const buildEntries = (
  readings: readonly Reading[],
  forecasts: ReadonlyMap<UnitName, Forecast>,
  elapsedMs: number | undefined,
): BootEntry[] => {
  return readings.map((reading): BootEntry => {
    const { unit, name, inChain, state, documentedMs, beginMs, endMs } = reading;
    const forecast = forecasts.get(unit);
    const holder = forecast?.holder ?? reading;
    // Nobody can say when a failure ends, and so when what comes behind it begins.
    const isExpected = isOpen(state) && Number.isFinite(forecast?.endsInMs);
    const waitsFor = isHeld(reading, holder) ? holder.name : undefined;
    return {
      unit,
      name,
      inChain,
      state,
      ...(beginMs === undefined ? {} : { beginMs }),
      ...(endMs === undefined ? {} : { endMs }),
      ...(reading.elapsedMs === undefined ? {} : { elapsedMs: reading.elapsedMs }),
      ...(documentedMs === undefined ? {} : { documentedMs }),
      ...(isExpected && forecast !== undefined && elapsedMs !== undefined
        ? {
            expected: {
              beginMs: beginMs ?? elapsedMs + forecast.beginsInMs,
              // A clock that lags behind what it stamped must not turn a bar round.
              endMs: Math.max(beginMs ?? 0, elapsedMs + forecast.endsInMs),
            },
          }
        : {}),
      ...(waitsFor === undefined ? {} : { waitsFor }),
      words: waitWords(reading, holder),
    };
  });
};
