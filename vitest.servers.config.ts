import { defineConfig } from 'vitest/config';

/**
 * Tests against real servers that each file starts for itself (test/peers): Redis, HDFS, Druid. A
 * server that cannot be had fails them: `npm run test:servers` needs apt-get or redis-server, Java
 * and Maven.
 */
export default defineConfig({
  test: {
    include: ['test/servers/*.test.ts'],
    disableConsoleIntercept: true,
    testTimeout: 120_000,
    // The first start fetches hundreds of jars.
    hookTimeout: 600_000,
    pool: 'forks',
    // Java servers side by side slow each other down beyond their start times.
    maxWorkers: 1,
    setupFiles: ['test/support/property-seed.ts'],
  },
});
