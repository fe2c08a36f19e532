import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { storyLabs } from './script.ts';

/** The stories on real hosts: those of a file one after the other, as many files at a time as there are labs. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: ['test/lab/stories/*.test.ts'],
    globalSetup: ['test/lab/set-up.ts'],
    maxWorkers: storyLabs.length,
    testTimeout: 150_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    env: { FORCE_COLOR: '1', TZ: 'UTC' },
  },
});
