import { configDefaults, defineConfig } from 'vitest/config';
import { runs } from './test/support/property-runs.ts';

const TEST_TIMEOUT_MS = 30_000;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need real servers (npm run test:flink, test:kafka, test:servers); the folders below
    // test/flink do not.
    exclude: [
      ...configDefaults.exclude,
      'test/flink/*.test.ts',
      'test/kafka-cluster/**',
      'test/servers/*.test.ts',
    ],
    disableConsoleIntercept: true,
    // Longer with DREY_RUNS_FACTOR, as the properties then are.
    testTimeout: Math.max(TEST_TIMEOUT_MS, runs(TEST_TIMEOUT_MS)),
    pool: 'forks',
    // By default one core is left idle, which is half of a small machine.
    maxWorkers: '100%',
    setupFiles: ['test/support/property-seed.ts'],
  },
});
