import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,frames,e2e}/**/*.test.{ts,tsx}'],
    setupFiles: ['test/helpers/property-seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: { FORCE_COLOR: '1', TZ: 'UTC' },
  },
});
