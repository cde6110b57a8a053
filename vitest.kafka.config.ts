import { defineConfig } from 'vitest/config';

/** Tests against the real Kafka cluster that `npm run test:kafka` starts. */
export default defineConfig({
  test: {
    include: ['test/kafka-cluster/**/*.test.ts'],
    disableConsoleIntercept: true,
    // On a busy machine a broker answers in seconds, and takes minutes to start.
    testTimeout: 600_000,
    // A test may start a cluster of its own.
    hookTimeout: 600_000,
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['test/support/property-seed.ts'],
  },
});
