/**
 * `npm run test:kafka [-- FILTER...]`: starts a real Kafka broker, runs the tests of
 * test/kafka-cluster against it and ends it. Needs Java and Maven; without a broker it fails. With
 * DREY_TEST_KAFKA, what `test/peers/kafka.ts start --secured` prints, it takes that one and leaves
 * it running.
 */
import { startKafka } from '../test/peers/kafka-broker.ts';
import { KAFKA_VARIABLE, kafkaUnderTest } from '../test/peers/kafka-under-test.ts';
import { run, secondsSince, timed } from './timed-program.ts';

// The broker is a child: it ends when this process does.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

process.exitCode = await main(process.argv.slice(2));

async function main(filters: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  const given = process.env[KAFKA_VARIABLE];
  const exit = given === undefined ? await withOwnBroker(filters) : await runTests(filters, given);
  console.log(`total ${secondsSince(startedAtMs)} s`);
  return exit;
}

async function withOwnBroker(filters: readonly string[]): Promise<number> {
  const peer = await timed('start Kafka', () => startKafka({ isSecured: true }));
  let exit = 1;
  try {
    exit = await runTests(filters, JSON.stringify(kafkaUnderTest(peer)));
  } finally {
    // Somebody will want to read the logs of a failure.
    const keepsFiles = exit !== 0;
    await timed('stop', () => peer.stop({ keepsFiles }));
    if (keepsFiles) console.log(`logs: ${peer.home}`);
  }
  return exit;
}

function runTests(filters: readonly string[], kafka: string): Promise<number> {
  const args = ['run', '--config', 'vitest.kafka.config.ts', ...filters];
  return timed('tests', () => run('node_modules/.bin/vitest', args, { [KAFKA_VARIABLE]: kafka }));
}
