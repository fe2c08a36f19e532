/** Keeps what did not change: equal judgements stay the same objects, so that drawing can compare by reference. */

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) && a.length === b.length && a.every((value: unknown, index) => isSame(value, b[index]))
    );
  }
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false;
    for (const [key, value] of a) if (!b.has(key) || !isSame(value, b.get(key))) return false;
    return true;
  }
  let keys = 0;
  for (const key in a) {
    keys += 1;
    if (!isSame(a[key], b[key])) return false;
  }
  for (const _ in b) keys -= 1;
  return keys === 0;
};

/** The previous value when the next one is equal to it in depth (plain objects, arrays and maps), else the next. */
export const reuse = <T>(previous: T | undefined, next: T): T =>
  previous !== undefined && isSame(previous, next) ? previous : next;

/** The same for a map: equal values keep their identity, and the whole map does when all of them do. */
export const reuseMap = <K, V>(
  previous: ReadonlyMap<K, V> | undefined,
  next: ReadonlyMap<K, V>,
): ReadonlyMap<K, V> => {
  if (previous === undefined) return next;
  const kept = new Map<K, V>();
  let isWhole = previous.size === next.size;
  for (const [key, value] of next) {
    const old = previous.get(key);
    const chosen = reuse(old, value);
    if (chosen !== old) isWhole = false;
    kept.set(key, chosen);
  }
  return isWhole ? previous : kept;
};
