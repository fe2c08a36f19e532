/** One end for a probe that has three: it finished, its time is up, or nobody wants it any more. */

/** In so many parts time is counted: what this process sleeps through within one of them is not the node's silence. */
const PARTS = 5;

/**
 * Calls `onOver` once and never synchronously: 'timeout' after `timeoutMs`, at least, 'aborted' by the signal.
 * Returns the function that ends the watch.
 */
export const startDeadline = (
  timeoutMs: number,
  signal: AbortSignal,
  onOver: (why: 'timeout' | 'aborted') => void,
): (() => void) => {
  let over = false;
  let timer: NodeJS.Timeout | undefined;
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
  const count = (left: number): void => {
    timer = setTimeout(
      () => {
        if (left > 1) return count(left - 1);
        end();
        onOver('timeout');
      },
      Math.ceil(timeoutMs / PARTS),
    );
  };
  count(PARTS);
  if (signal.aborted) queueMicrotask(onAbort);
  else signal.addEventListener('abort', onAbort);
  return end;
};
