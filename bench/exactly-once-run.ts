/**
 * Numbered rows through `drey run` into a topic, exactly once, while the process and the broker are
 * killed at random moments; then a reader of its own, kafkajs's consumer with read_committed,
 * counts which rows are there, and which of them twice.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaBrokerPeer } from '../test/peers/kafka-broker.ts';

export interface ExactlyOnceRun {
  readonly brokers: readonly KafkaBrokerPeer[];
  readonly bootstrapServers: readonly string[];
  readonly topic: string;
  readonly rowCount: number;
  readonly rowsPerSecond: number;
  /** Of drey, with kill -9. */
  readonly kills: number;
  readonly brokerKills: number;
  /** Repeats the moments of the kills. */
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface CountedRows {
  readonly seen: number;
  readonly lost: number;
  readonly doubled: number;
  /** Starts of drey until it ended by itself. */
  readonly starts: number;
  readonly kills: number;
  readonly brokerKills: number;
}

const KILL_AFTER_MS_MIN = 1_500;
const KILL_AFTER_MS_MAX = 6_000;
const STARTS_MAX = 500;

export async function runExactlyOnce(run: ExactlyOnceRun): Promise<CountedRows> {
  const folder = mkdtempSync(join(tmpdir(), 'drey-exactly-once-'));
  try {
    writeFileSync(join(folder, 'pipeline.yaml'), pipelineOf(run));
    const killed = await runToItsEnd(run, folder);
    return { ...killed, ...(await countRows(run)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pipelineOf({ rowCount, rowsPerSecond, bootstrapServers, topic }: ExactlyOnceRun): string {
  return `pipeline:
  name: exactly-once
  config:
    execution.checkpointing.interval: 500ms
    execution.checkpointing.dir: ./checkpoints
    restart-strategy.type: fixed-delay
    restart-strategy.fixed-delay.attempts: 1000
    restart-strategy.fixed-delay.delay: 500ms
sources:
  numbers:
    connector: datagen
    rows-per-second: ${rowsPerSecond}
    columns: { n: BIGINT }
    fields.n.kind: sequence
    fields.n.start: 0
    fields.n.end: ${rowCount - 1}
sinks:
  out:
    from: numbers
    connector: kafka
    topic: ${topic}
    properties.bootstrap.servers: ${bootstrapServers.join(',')}
    properties.request.timeout.ms: 10000
    format: csv
    sink.delivery-guarantee: exactly-once
    sink.transactional-id-prefix: ${topic}
    parallelism: 2
`;
}

type Killed = Pick<CountedRows, 'starts' | 'kills' | 'brokerKills'>;

async function runToItsEnd(run: ExactlyOnceRun, folder: string): Promise<Killed> {
  const random = randomOf(run.seed);
  const killed = { starts: 0, kills: 0, brokerKills: 0 };
  for (;;) {
    killed.starts++;
    if (killed.starts > STARTS_MAX) throw new Error(`drey was started ${STARTS_MAX} times`);
    const child = start(folder);
    const end = endOf(child);
    // In turn, so that both kinds are spread over the run.
    const isBrokersTurn = killed.brokerKills * run.kills < killed.kills * run.brokerKills;
    const isOver = killed.kills >= run.kills && killed.brokerKills >= run.brokerKills;
    const afterMs = KILL_AFTER_MS_MIN + random() * (KILL_AFTER_MS_MAX - KILL_AFTER_MS_MIN);
    const exit = isOver ? await end : await Promise.race([end, passed(afterMs)]);
    if (exit?.status === 0) return killed;
    if (exit !== null) run.say(`drey ended with ${exit.status}: ${exit.text.slice(-500)}`);
    if (exit !== null) continue;
    if (isBrokersTurn && killed.brokerKills < run.brokerKills) {
      const broker = run.brokers[Math.floor(random() * run.brokers.length)];
      await broker?.kill();
      await passed(random() * 3_000);
      await broker?.start();
      killed.brokerKills++;
      run.say(`broker killed ${killed.brokerKills} times`);
      // Half of the time drey lives on.
      if (random() < 0.5) await Promise.race([end, passed(afterMs)]);
    }
    child.kill('SIGKILL');
    await end;
    killed.kills++;
    run.say(`drey killed ${killed.kills} times`);
  }
}

function start(folder: string): ChildProcess {
  const bin = join(process.cwd(), 'bin', 'run.js');
  const args = [bin, 'run', 'pipeline.yaml'];
  if (existsSync(join(folder, 'checkpoints')))
    args.push('--restore', 'latest', '--allow-empty-state');
  return spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

interface Exit {
  readonly status: number | null;
  readonly text: string;
}

function endOf(child: ChildProcess): Promise<Exit> {
  let text = '';
  child.stderr?.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, text });
    });
  });
}

/** Resolves to null. */
function passed(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(null);
    }, ms);
  });
}

async function countRows({
  bootstrapServers,
  topic,
  rowCount,
}: ExactlyOnceRun): Promise<Pick<CountedRows, 'seen' | 'lost' | 'doubled'>> {
  const kafka = new Kafka({ brokers: [...bootstrapServers], logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map(
    (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]),
  );
  await admin.disconnect();
  const counts = new Uint8Array(rowCount);
  let seen = 0;
  const open = new Set([...ends].filter(([, end]) => end > 0).map(([partition]) => partition));
  const consumer = kafka.consumer({ groupId: `${topic}-verifier`, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      const { partition, lastOffset } = payload;
      // The last offset of a partition is the marker of its last transaction.
      if (Number(lastOffset) + 1 >= (ends.get(partition) ?? 0)) open.delete(partition);
      if (open.size === 0) resolve();
    });
    consumer
      .run({
        eachBatchAutoResolve: true,
        eachBatch: async ({ batch }) => {
          await Promise.resolve();
          for (const { value } of batch.messages) {
            seen++;
            const row = Number(value?.toString());
            counts[row] = Math.min(255, (counts[row] ?? 0) + 1);
          }
        },
      })
      .catch(reject);
    if (open.size === 0) resolve();
  });
  await consumer.disconnect();
  let lost = 0;
  let doubled = 0;
  for (const count of counts) {
    if (count === 0) lost++;
    if (count > 1) doubled++;
  }
  return { seen, lost, doubled };
}

/** Xorshift. */
function randomOf(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
