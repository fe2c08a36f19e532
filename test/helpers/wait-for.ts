/** Waiting for a state: as long as the slowest machine may need, and no longer than it takes. */
import { vi } from 'vitest';

/** Of a state that does not come: a machine with much else to do is slow, and that is no failure. */
const PATIENCE_MS = 40_000;

/** Asks until `look` does not throw; fails with what it threw last. */
export const waitFor = <Result>(
  look: () => Result | Promise<Result>,
  timeoutMs = PATIENCE_MS,
): Promise<Result> => vi.waitFor(look, { timeout: timeoutMs, interval: 50 });
