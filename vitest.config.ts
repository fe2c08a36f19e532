import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS, TEST_MS } from './test/helpers/patience.ts';

const shared = {
  setupFiles: ['test/helpers/property-seed.ts'],
  testTimeout: TEST_MS,
  hookTimeout: TEST_MS,
  expect: { poll: { timeout: PATIENCE_MS } },
  env: { FORCE_COLOR: '1', TZ: 'UTC' },
};

/** Two groups, one after the other: what computes gets a core each; of what waits for programs more go at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'inside',
          // Whole incidents are simulated: how long that takes is the machine's affair.
          testTimeout: 180_000,
          include: ['test/{unit,frames}/**/*.test.{ts,tsx}'],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'program',
          include: ['test/e2e/**/*.test.ts'],
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
