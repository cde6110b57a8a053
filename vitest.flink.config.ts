import { defineConfig } from 'vitest/config';

/**
 * Tests against the real clusters that `npm run test:flink` starts: the files right in test/flink.
 * The folders below mirror src/flink and need none.
 */
export default defineConfig({
  test: {
    include: ['test/flink/*.test.ts'],
    disableConsoleIntercept: true,
    // On a busy machine a request to the gateway alone takes seconds.
    testTimeout: 180_000,
    // A test may start a cluster of its own.
    hookTimeout: 180_000,
    pool: 'forks',
    // Together the tests of two files need fewer slots than a cluster has.
    maxWorkers: 2,
    maxConcurrency: 4,
    setupFiles: ['test/support/property-seed.ts'],
  },
});
