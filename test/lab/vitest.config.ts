import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The stories on real hosts: one after the other, since there is one lab. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: ['test/lab/stories/*.test.ts'],
    globalSetup: ['test/lab/set-up.ts'],
    fileParallelism: false,
    testTimeout: 150_000,
    hookTimeout: 120_000,
    env: { FORCE_COLOR: '1', TZ: 'UTC' },
  },
});
