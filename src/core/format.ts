/** Durations and counts in the operator's words. Units always, short always. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago or how long: `0 s`, `42 s`, `3 m`, `5 h`, `12 d`. Negative counts as 0. */
export const formatAge = (ms: number): string => {
  const value = Math.max(0, ms);
  if (value < MINUTE) return `${Math.floor(value / SECOND)} s`;
  if (value < HOUR) return `${Math.floor(value / MINUTE)} m`;
  if (value < 2 * DAY) return `${Math.floor(value / HOUR)} h`;
  return `${Math.floor(value / DAY)} d`;
};

/** A running time against a plan: `0:07`, `12:30`, `1:02:03`. Negative counts as 0. */
export const formatElapsed = (ms: number): string => {
  const total = Math.floor(Math.max(0, ms) / SECOND);
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
};

/** How long something took, to the nearest second: `0:14`. */
export const formatTook = (ms: number): string => formatElapsed(Math.round(ms / SECOND) * SECOND);

/** A latency: `<1 ms`, `4 ms`, `812 ms`, `1.4 s`. */
export const formatLatency = (ms: number): string => {
  if (ms < 0.5) return '<1 ms';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
};

/** A span that somebody chose, told exactly: `100 ms`, `1.5 s`, `10 s`. */
export const formatSpan = (ms: number): string =>
  ms < 1000 ? `${ms} ms` : `${Number((ms / 1000).toFixed(3))} s`;

/** Wall time of day, UTC offset handed in (minutes east): `14:02:31`. */
export const formatClock = (atMs: number, offsetMinutes: number): string =>
  new Date(atMs + offsetMinutes * MINUTE).toISOString().slice(11, 19);

/** `1 node`, `3 nodes`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** `a`, `a and b`, `a, b and c`; or with another word before the last. */
export const sentenceList = (items: readonly string[], word = 'and'): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
