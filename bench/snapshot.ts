/**
 * What a snapshot of a window costs the task: `node scripts/run.js bench/snapshot.ts [ROUNDS]`.
 * Prints the best of the rounds, CPU time: nanoseconds for each distinct pair of a window that counts devices
 * by area, and for each group of one that only counts, to write them and to restore them.
 */
import { Batch } from '../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../src/engine/batch/column.ts';
import { writeValue } from '../src/engine/batch/write-value.ts';
import { LinearMemory } from '../src/engine/memory/linear-memory.ts';
import type { Output } from '../src/engine/operator/contract.ts';
import { NodeCounters } from '../src/engine/operator/node-counters.ts';
import { RestoredParts } from '../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../src/engine/state/snapshot-parts.ts';
import type { StatePart } from '../src/engine/state/state-part.ts';
import { WindowAggregateOperator } from '../src/engine/window/window-aggregate.ts';
import type { AggregateSpec, WindowAggregateSpec } from '../src/engine/window/window-spec.ts';
import { LENGTH_MAX, type LogicalType, type RowField } from '../src/expression/type.ts';
import { seededRandom } from './seeded-random.ts';

const MAX_PARALLELISM = 128;

interface Load {
  readonly name: string;
  readonly unit: string;
  readonly units: number;
  readonly areas: number;
  readonly rows: number;
  readonly devices: number;
  readonly aggregates: readonly AggregateSpec[];
}

const text: LogicalType = { root: 'VARCHAR', length: LENGTH_MAX, nullable: true };
const bigint: LogicalType = { root: 'BIGINT', nullable: true };
const time: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
const local: LogicalType = { root: 'TIMESTAMP', precision: 3, nullable: false };
const schema: readonly RowField[] = [
  { name: 'time', type: time },
  { name: 'area', type: text },
  { name: 'device', type: text },
];

const count: AggregateSpec = {
  kind: 'aggregate',
  aggregate: { function: 'COUNT', distinct: false, type: bigint },
};
const distinct: AggregateSpec = {
  kind: 'aggregate',
  aggregate: {
    function: 'COUNT',
    distinct: true,
    type: bigint,
    operand: { kind: 'column', name: 'device', index: 2, type: text },
  },
};

const loads: readonly Load[] = [
  {
    name: 'a million pairs, devices of one area',
    unit: 'pair',
    units: 1_000_000,
    areas: 3000,
    rows: 1_000_000,
    devices: 1_000_000,
    aggregates: [count, distinct],
  },
  {
    name: 'a million pairs, devices of five areas',
    unit: 'pair',
    units: 1_000_000,
    areas: 3000,
    rows: 1_000_000,
    devices: 200_000,
    aggregates: [count, distinct],
  },
  {
    name: 'groups of four counts',
    unit: 'group',
    units: 200_000,
    areas: 200_000,
    rows: 200_000,
    devices: 1,
    aggregates: [count, count, count, count],
  },
];

const context = {
  evaluation: { timeZone: 'UTC', nowMs: (): number => 0, random: (): number => 0 },
  memory: new LinearMemory(),
};
const noOutput: Output = {
  isFull: false,
  emit: () => undefined,
  emitWatermark: () => undefined,
  emitIdleness: () => undefined,
};

function specOf(aggregates: readonly AggregateSpec[]): WindowAggregateSpec {
  return {
    inputSchema: schema,
    outputSchema: [
      { name: 'window_start', type: local },
      { name: 'window_end', type: local },
      { name: 'area', type: text },
      ...aggregates.map((_aggregate, index) => ({ name: `a${index}`, type: bigint })),
      { name: 'window_time', type: time },
    ],
    timeIndex: 0,
    zone: null,
    window: { kind: 'tumble', sizeMs: 60_000, offsetMs: 0 },
    groupBy: [{ kind: 'column', name: 'area', index: 1, type: text }],
    groupingSets: [[0]],
    aggregates,
  };
}

function operatorOf({ aggregates }: Load): WindowAggregateOperator {
  return new WindowAggregateOperator(specOf(aggregates), context, new NodeCounters());
}

/** Gives the operator rows: all of them, or the first ones once more. */
function feed(
  operator: WindowAggregateOperator,
  { rows, areas, devices }: Load,
  limit: number,
): void {
  const random = seededRandom(1);
  const batch = new Batch(schema);
  for (let from = 0; from < Math.min(rows, limit); from += BATCH_ROWS) {
    batch.reset();
    batch.rowCount = Math.min(BATCH_ROWS, rows - from);
    for (let row = 0; row < batch.rowCount; row++) {
      const number = from + row;
      const area = rows === areas ? number : Math.floor(random() * areas);
      writeValue(batch.columns[0]!, row, 0n);
      writeValue(batch.columns[1]!, row, String(110_000 + area));
      writeValue(batch.columns[2]!, row, `d${String(number % devices).padStart(8, '0')}`);
    }
    operator.processBatch(batch);
  }
}

function snapshot(operator: WindowAggregateOperator): readonly StatePart[] {
  const order = { checkpointId: 1, isSavepoint: false, maxParallelism: MAX_PARALLELISM };
  const parts = new SnapshotParts(order);
  operator.snapshotState(parts);
  return parts.finish();
}

function best(rounds: number, run: () => void): number {
  let bestMs = Infinity;
  for (let round = 0; round < rounds; round++) {
    const startUs = process.cpuUsage().user;
    run();
    bestMs = Math.min(bestMs, (process.cpuUsage().user - startUs) / 1000);
  }
  return bestMs;
}

const rounds = Number(process.argv[2] ?? 5);
const now = { subtask: 0, parallelism: 1, maxParallelism: MAX_PARALLELISM };
for (const load of loads) {
  const operator = operatorOf(load);
  operator.open({ main: noOutput, side: () => null });
  feed(operator, load, Infinity);
  const firstMs = best(1, () => void snapshot(operator));
  const againMs = best(rounds, () => void snapshot(operator));
  let writeMs = Infinity;
  for (let round = 0; round < rounds; round++) {
    feed(operator, load, BATCH_ROWS);
    writeMs = Math.min(
      writeMs,
      best(1, () => void snapshot(operator)),
    );
  }
  const parts = snapshot(operator);
  const bytes = parts.reduce((sum, part) => sum + (part.bytes?.length ?? 0), 0);
  const readMs = best(Math.min(rounds, 3), () => {
    operatorOf(load).restoreState(new RestoredParts([{ subtask: 0, parts }], now));
  });
  const each = (ms: number): string => ((ms * 1e6) / load.units).toFixed(1);
  console.log(
    `${load.name}: first ${firstMs.toFixed(1)} ms, after a batch more ${writeMs.toFixed(1)} ms ` +
      `(${each(writeMs)} ns a ${load.unit}), unchanged ${againMs.toFixed(1)} ms, restore ${readMs.toFixed(1)} ms ` +
      `(${each(readMs)} ns), ${(bytes / load.units).toFixed(1)} bytes a ${load.unit}`,
  );
}
