/**
 * `npm run test:flink [-- FILTER...]`: builds drey, starts a real Flink cluster of each version,
 * runs the tests of test/flink against them and ends them. Needs Java, Maven and pip; without a
 * cluster it fails. With DREY_TEST_FLINKS, what `test/peers/flink.ts start` prints keyed by
 * version, it takes those clusters and leaves them running.
 */
import { startFlink, type FlinkPeer } from '../test/peers/flink-cluster.ts';
import { flinkVersions } from '../test/peers/flink-distribution.ts';
import { underTest, type FlinksUnderTest } from '../test/peers/flink-under-test.ts';
import { run, secondsSince, timed } from './timed-program.ts';

/** Two test files at once, with up to four jobs each. */
const SLOTS = 8;
const VARIABLE = 'DREY_TEST_FLINKS';

// The clusters are children: they end when this process does.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

process.exitCode = await main(process.argv.slice(2));

async function main(filters: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  const status = await timed('build', () => run('npm', ['run', '--silent', 'build'], {}));
  if (status !== 0) return status;
  const given = process.env[VARIABLE];
  const exit =
    given === undefined ? await withOwnClusters(filters) : await runTests(filters, given);
  console.log(`total ${secondsSince(startedAtMs)} s`);
  return exit;
}

async function withOwnClusters(filters: readonly string[]): Promise<number> {
  const peers: FlinkPeer[] = [];
  let exit = 1;
  try {
    const flinks: Record<string, FlinksUnderTest[string]> = {};
    // One after the other: side by side they take as long, and one may exceed its time.
    for (const version of flinkVersions) {
      const peer = await timed(`start Flink ${version}`, () =>
        startFlink({ version, slots: SLOTS }),
      );
      peers.push(peer);
      flinks[version] = await timed(`job for ${version}`, () => underTest(peer));
    }
    exit = await runTests(filters, JSON.stringify(flinks));
  } finally {
    // Somebody will want to read the logs of a failure.
    const keepsFiles = exit !== 0;
    await timed('stop', () => Promise.all(peers.map((peer) => peer.stop({ keepsFiles }))));
    if (keepsFiles) for (const { home } of peers) console.log(`logs: ${home}/log`);
  }
  return exit;
}

function runTests(filters: readonly string[], flinks: string): Promise<number> {
  const args = ['run', '--config', 'vitest.flink.config.ts', ...filters];
  return timed('tests', () => run('node_modules/.bin/vitest', args, { [VARIABLE]: flinks }));
}
