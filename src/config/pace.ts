/** When checks are made and how many looks count: `poll` for all of them, and what a service or a check has of its own. */
import type { OwnPace } from '../core/model/topology.ts';
import type { Report } from '../topology/source.ts';
import type { ConfigFile } from './schema.ts';
import type { Config } from './types.ts';

const DEFAULT_INTERVAL_MS = 2000;
const DEFAULT_TIMEOUT_MS = 1500;
const MIN_INTERVAL_MS = 100;

/** A block that may say it, with where it stands in the file; the most specific first. */
export type PaceLevel = {
  readonly path: readonly string[];
  readonly written: {
    readonly interval?: number;
    readonly timeout?: number;
    readonly fall?: number;
    readonly rise?: number;
  };
};

const levelWith = (levels: readonly PaceLevel[], key: keyof PaceLevel['written']) => {
  for (const { path, written } of levels) {
    const value = written[key];
    if (value !== undefined) return { value, path: [...path, key] };
  }
  return undefined;
};

/** A short interval alone is no mistake: the timeout nobody wrote follows it. */
const timeoutFor = (intervalMs: number): number =>
  Math.min(DEFAULT_TIMEOUT_MS, Math.floor(intervalMs * 0.75));

/** Reports an interval of this level that is too short. */
export const checkInterval = ({ path, written: { interval } }: PaceLevel, report: Report): void => {
  if (interval === undefined || interval >= MIN_INTERVAL_MS) return;
  report(
    [...path, 'interval'],
    `an interval of ${interval} ms is too short`,
    `write at least ${MIN_INTERVAL_MS}ms`,
  );
};

/** The interval and the timeout that hold where these levels meet; reports a timeout that does not fit. */
const timesOf = (levels: readonly PaceLevel[], report: Report) => {
  const interval = levelWith(levels, 'interval');
  const timeout = levelWith(levels, 'timeout');
  const intervalMs = interval?.value ?? DEFAULT_INTERVAL_MS;
  const timeoutMs = timeout?.value ?? timeoutFor(intervalMs);
  if (timeout !== undefined && timeoutMs >= intervalMs) {
    const every = interval === undefined ? 'by default' : interval.path.join('.');
    // Whoever said the more special of the two is to look at it.
    const place = (interval?.path.length ?? 0) > timeout.path.length ? interval?.path : timeout.path;
    report(
      place ?? timeout.path,
      `the timeout (${timeoutMs} ms, ${timeout.path.join('.')}) must be shorter than the interval (${intervalMs} ms, ${every})`,
      'shorten the timeout or lengthen the interval',
    );
  }
  return { intervalMs, timeoutMs };
};

/** The `poll` block with its defaults. */
export const readPoll = (poll: NonNullable<ConfigFile['poll']>, report: Report): Config['poll'] => {
  const level: PaceLevel = { path: ['poll'], written: poll };
  checkInterval(level, report);
  return { ...timesOf([level], report), fall: poll.fall ?? 2, rise: poll.rise ?? 1 };
};

/** What differs from `poll` where `own`, the most specific first, say something themselves. */
export const ownPace = (
  own: readonly PaceLevel[],
  { written, read }: { readonly written: PaceLevel['written']; readonly read: Config['poll'] },
  report: Report,
): OwnPace => {
  const saysTimes = levelWith(own, 'interval') !== undefined || levelWith(own, 'timeout') !== undefined;
  const times = saysTimes ? timesOf([...own, { path: ['poll'], written }], report) : read;
  const fall = levelWith(own, 'fall')?.value ?? read.fall;
  const rise = levelWith(own, 'rise')?.value ?? read.rise;
  return {
    ...(times.intervalMs === read.intervalMs ? {} : { intervalMs: times.intervalMs }),
    ...(times.timeoutMs === read.timeoutMs ? {} : { timeoutMs: times.timeoutMs }),
    ...(fall === read.fall ? {} : { fall }),
    ...(rise === read.rise ? {} : { rise }),
  };
};
