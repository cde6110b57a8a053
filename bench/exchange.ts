/**
 * What an exchange costs, nanoseconds of CPU a row: `node scripts/run.js bench/exchange.ts [ROUNDS]`. Prints
 * a table, best of the rounds. Rows are those of the exposure pipeline behind its lookup (eight
 * columns, six of them text) grouped by three of them; they go from one producer to some consumers
 * in one thread, against passing the batch on as an edge does.
 */
import { Batch, type RowSchema } from '../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../src/engine/batch/column.ts';
import { writeValue } from '../src/engine/batch/write-value.ts';
import type { StreamConsumer } from '../src/engine/channel/contract.ts';
import { ExchangeChannels, keyTargetsOf } from '../src/engine/channel/exchange-channels.ts';
import { SubtaskInputs } from '../src/engine/channel/subtask-inputs.ts';
import type { Exchange } from '../src/engine/graph/stream-graph.ts';
import { LinearMemory } from '../src/engine/memory/linear-memory.ts';
import { LENGTH_MAX, type LogicalType } from '../src/expression/type.ts';
import { seededRandom } from './seeded-random.ts';

const BATCHES = 500;
const MAX_PARALLELISM = 128;

const text: LogicalType = { root: 'VARCHAR', length: LENGTH_MAX, nullable: true };
const types: Readonly<Record<string, LogicalType>> = {
  ts: { root: 'BIGINT', nullable: true },
  deviceId: text,
  localId: text,
  event: text,
  event_time: { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true },
  province: text,
  city: text,
  county: text,
};
const schema: RowSchema = Object.entries(types).map(([name, type]) => ({ name, type }));
const groupBy = ['province', 'city', 'county'];
const hash: Exchange = {
  kind: 'hash',
  keys: groupBy.map((name) => ({
    kind: 'column',
    name,
    type: text,
    index: schema.findIndex((column) => column.name === name),
  })),
};
const memory = new LinearMemory();
const context = {
  memory,
  evaluation: { timeZone: 'UTC', nowMs: () => 0, random: () => 0 },
};

/** A full batch as a lookup gives it out. */
function exposureRows(): Batch {
  const random = seededRandom(1);
  const below = (limit: number): number => Math.floor(random() * limit);
  const batch = Batch.inMemory(schema, memory);
  const watermarks = new Float64Array(BATCH_ROWS);
  for (let row = 0; row < BATCH_ROWS; row++) {
    const atMs = 1_700_000_000_000 + row * 3;
    const province = below(34);
    const city = province * 12 + below(12);
    const county = city * 9 + below(9);
    const values = [
      BigInt(atMs),
      `device-${String(below(1_000_000)).padStart(8, '0')}`,
      String(1_000_000_000_000 + county),
      ['exposure', 'click', 'delivery', 'view'][below(4)]!,
      BigInt(atMs) * 1_000_000n,
      `province ${province}`,
      `city ${city}`,
      `county ${county}`,
    ];
    for (const [index, value] of values.entries()) writeValue(batch.columns[index]!, row, value);
    watermarks[row] = atMs - 25_000;
  }
  batch.rowCount = BATCH_ROWS;
  batch.watermarksBefore = watermarks;
  batch.watermarkAfter = watermarks[BATCH_ROWS - 1]!;
  return batch;
}

/** Looks at each batch and keeps nothing. */
class Counter implements StreamConsumer {
  readonly isFull = false;
  rows = 0;

  emit(batch: Batch): void {
    this.rows += batch.rowCount;
  }

  emitWatermark(): void {
    // Counts rows alone.
  }

  emitIdleness(): void {
    // Counts rows alone.
  }

  end(): void {
    // Counts rows alone.
  }

  drain(): boolean {
    return true;
  }
}

const batch = exposureRows();

function passedOn(): number {
  const counter = new Counter();
  for (let count = 0; count < BATCHES; count++) counter.emit(batch);
  return counter.rows;
}

function keysOnly(): number {
  const to = { schema, parallelism: 2, maxParallelism: MAX_PARALLELISM };
  const targets = keyTargetsOf(hash, context, to)!;
  let sum = 0;
  for (let count = 0; count < BATCHES; count++) {
    targets.read(batch);
    sum += targets.targets[count % BATCH_ROWS]!;
  }
  return sum;
}

function exchanged(exchange: Exchange, consumers: number): number {
  const channels = new ExchangeChannels({
    exchange: {
      index: 0,
      exchange,
      from: { vertex: 0, node: 'from', stream: 'main' },
      to: { vertex: 1, node: 'to', input: 0 },
    },
    schema,
    producers: 1,
    consumers,
    maxParallelism: MAX_PARALLELISM,
    memoryOf: () => memory,
  });
  const writer = channels.writer(0, context);
  const counter = new Counter();
  const inputs = Array.from(
    { length: consumers },
    (_, consumer) => new SubtaskInputs([channels.gate(consumer, counter)], false),
  );
  for (let count = 0; count < BATCHES; count++) {
    writer.emit(batch);
    writer.emitWatermark(batch.watermarkAfter);
    for (const each of inputs) while (each.step(0) !== null);
  }
  writer.flush();
  for (const each of inputs) while (each.step(0) !== null);
  return counter.rows;
}

const measured: readonly (readonly [name: string, run: () => number])[] = [
  ['passed on', passedOn],
  ['keys and their owners', keysOnly],
  ['forward to another subtask', () => exchanged({ kind: 'forward' }, 1)],
  ['hash 1 -> 2', () => exchanged(hash, 2)],
  ['hash 1 -> 8', () => exchanged(hash, 8)],
  ['hash 1 -> 128', () => exchanged(hash, MAX_PARALLELISM)],
];
const rounds = Number(process.argv[2] ?? '5');
console.log(`Node ${process.version}, ${BATCHES * BATCH_ROWS} rows, best of ${rounds} rounds`);
for (const [name, run] of measured) {
  let best = Infinity;
  // The first round compiles and is thrown away.
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    if (round > 0) best = Math.min(best, user + system);
  }
  const nanos = (best * 1000) / (BATCHES * BATCH_ROWS);
  console.log(`${name.padEnd(28)} ${nanos.toFixed(1).padStart(8)} ns a row`);
}
