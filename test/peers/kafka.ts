/**
 * A real Kafka cluster by hand: `node scripts/run.js test/peers/kafka.ts start [--port N]
 * [--brokers 1|3] [--secured] [-D key=value]...` goes on in the background and prints what
 * KafkaUnderTest names; `... stop [--port N]` ends it and removes its folder.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isRunning, stopJava, type JavaProcess } from './java-process.ts';
import { kafkaClustersFolder, startKafka } from './kafka-broker.ts';
import { kafkaUnderTest, type KafkaUnderTest } from './kafka-under-test.ts';

const PORT = '9092';

/** What is kept of a cluster in its folder. */
interface StartedKafka {
  readonly kafka: KafkaUnderTest;
  readonly processes: readonly JavaProcess[];
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: PORT },
    brokers: { type: 'string', default: '1' },
    secured: { type: 'boolean', default: false },
    define: { type: 'string', short: 'D', multiple: true, default: [] },
  },
});
const [verb = ''] = positionals;
if (!['start', 'stop'].includes(verb) || !['1', '3'].includes(values.brokers)) {
  process.stderr.write('usage: start|stop [--port N] [--brokers 1|3] [--secured] [-D key=value]\n');
  process.exit(2);
}
const home = join(kafkaClustersFolder(), `kafka-port-${values.port}`);
if (verb === 'start') await start();
else await stop();

async function start(): Promise<void> {
  const before = startedBefore();
  const alive = await Promise.all((before?.processes ?? []).map(isRunning));
  if (before !== undefined && alive.every(Boolean)) return print(before.kafka);
  await stop();
  const peer = await startKafka({
    home,
    port: Number(values.port),
    brokerCount: values.brokers === '3' ? 3 : 1,
    isSecured: values.secured,
    settings: Object.fromEntries(values.define.map(keyAndValue)),
    isDetached: true,
  });
  const kafka = kafkaUnderTest(peer);
  const processes = peer.brokers.map((broker) => broker.process());
  const started: StartedKafka = { kafka, processes };
  writeFileSync(recordFile(), JSON.stringify(started));
  print(kafka);
}

async function stop(): Promise<void> {
  await Promise.all((startedBefore()?.processes ?? []).map(stopJava));
  rmSync(home, { recursive: true, force: true });
}

function startedBefore(): StartedKafka | undefined {
  const file = recordFile();
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StartedKafka) : undefined;
}

function recordFile(): string {
  return join(home, 'started.json');
}

function keyAndValue(definition: string): [string, string] {
  const at = definition.indexOf('=');
  return at === -1 ? [definition, ''] : [definition.slice(0, at), definition.slice(at + 1)];
}

function print(kafka: KafkaUnderTest): void {
  process.stdout.write(`${JSON.stringify(kafka)}\n`);
}
