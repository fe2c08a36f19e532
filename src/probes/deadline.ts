/** One end for a probe that has three: it finished, its time is up, or nobody wants it any more. */

/**
 * Calls `onOver` once and never synchronously: 'timeout' after `timeoutMs`, 'aborted' by the signal.
 * Returns the function that ends the watch.
 */
export const startDeadline = (
  timeoutMs: number,
  signal: AbortSignal,
  onOver: (why: 'timeout' | 'aborted') => void,
): (() => void) => {
  let over = false;
  const end = (): void => {
    over = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
  const onAbort = (): void => {
    if (over) return;
    end();
    onOver('aborted');
  };
  const timer = setTimeout(() => {
    end();
    onOver('timeout');
  }, timeoutMs);
  if (signal.aborted) queueMicrotask(onAbort);
  else signal.addEventListener('abort', onAbort);
  return end;
};
