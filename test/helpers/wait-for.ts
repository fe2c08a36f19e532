/** Waiting for a state: as long as the slowest machine may need, and no longer than it takes. */
import { vi } from 'vitest';
import { PATIENCE_MS } from './patience.ts';

/** Of an end that should wait for nobody: one that hangs on an ssh takes three times as long. */
export const PROMPT_MS = 10_000;

/** Asks until `look` does not throw; fails with what it threw last. */
export const waitFor = <Result>(
  look: () => Result | Promise<Result>,
  timeoutMs = PATIENCE_MS,
): Promise<Result> => vi.waitFor(look, { timeout: timeoutMs, interval: 50 });
