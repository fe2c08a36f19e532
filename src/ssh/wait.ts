/** Waiting with an end: for a promise, for so long, unless told to stop. */

export type Settled<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'late' }
  | { readonly kind: 'aborted' };

/** What `promise` came to within `ms`; a rejection is passed on. Leaves no timer and no listener behind. */
export const settleWithin = async <T>(
  promise: Promise<T>,
  ms: number,
  signal?: AbortSignal,
): Promise<Settled<T>> => {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const late = new Promise<Settled<T>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'late' }), Math.max(0, ms));
  });
  const aborted = new Promise<Settled<T>>((resolve) => {
    onAbort = () => resolve({ kind: 'aborted' });
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise.then((value) => ({ kind: 'value' as const, value })), late, aborted]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
};
