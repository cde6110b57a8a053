/**
 * `node scripts/run.js bench/kafka-exactly-once.ts [ROWS] [KILLS] [BROKER-KILLS] [SEED]`: rows
 * through the shipped program into a real topic, exactly once, while drey and the broker are killed.
 * Prints how many rows are lost, and how many are there twice; both must be 0. With DREY_TEST_KAFKA
 * (what test/peers/kafka.ts prints) it takes that cluster and leaves its brokers alive.
 */
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { runExactlyOnce } from './exactly-once-run.ts';
import { startKafka } from '../test/peers/kafka-broker.ts';
import { givenKafka, KAFKA_VARIABLE } from '../test/peers/kafka-under-test.ts';

const [rows = '1000000', kills = '30', brokerKills = '10', seed = '1'] = process.argv.slice(2);
const PARTITIONS = 4;
/** So that all kills find a running job. */
const RUN_SECONDS_PER_KILL = 1.5;

const given = process.env[KAFKA_VARIABLE];
const peer = given === undefined ? await startKafka() : null;
try {
  const topic = `exactly-once-${randomUUID()}`;
  const bootstrapServers = peer?.bootstrapServers() ?? givenKafka().servers.PLAINTEXT;
  const admin = new Kafka({ brokers: [...bootstrapServers], logLevel: logLevel.ERROR }).admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic, numPartitions: PARTITIONS }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  const rowCount = Number(rows);
  const startedAtMs = performance.now();
  const counted = await runExactlyOnce({
    brokers: peer?.brokers ?? [],
    bootstrapServers,
    topic,
    rowCount,
    rowsPerSecond: Math.ceil(rowCount / (RUN_SECONDS_PER_KILL * Number(kills) + 1)),
    kills: Number(kills),
    brokerKills: peer === null ? 0 : Number(brokerKills),
    seed: Number(seed),
    say: (line) => {
      console.error(line);
    },
  });
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
  console.log(JSON.stringify({ rowCount, ...counted, seconds }));
  process.exitCode = counted.lost === 0 && counted.doubled === 0 ? 0 : 1;
} finally {
  await peer?.stop();
}
