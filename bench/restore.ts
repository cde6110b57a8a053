/**
 * What it costs to read state by key back: `node scripts/run.js bench/restore.ts [--keys N]
 * [--rounds N] [--only NAME]`. Operators get a row of each of N keys and are written; fresh ones are
 * restored from that, and get one more batch, which finds out what the restore has left undone.
 * Prints the best of the rounds, CPU time of the whole process.
 */
import { parseArgs } from 'node:util';
import { Batch } from '../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../src/engine/batch/column.ts';
import { writeValue } from '../src/engine/batch/write-value.ts';
import { LinearMemory } from '../src/engine/memory/linear-memory.ts';
import type { Operator, Output } from '../src/engine/operator/contract.ts';
import { NodeCounters } from '../src/engine/operator/node-counters.ts';
import type { TaskContext } from '../src/engine/operator/task-context.ts';
import { FirstRowOperator } from '../src/engine/rank/first-row.ts';
import { LastRowOperator } from '../src/engine/rank/last-row.ts';
import { RestoredParts } from '../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../src/engine/state/snapshot-parts.ts';
import type { StatePart } from '../src/engine/state/state-part.ts';
import { RunningAggregateOperator } from '../src/engine/window/running-aggregate.ts';
import { WindowAggregateOperator } from '../src/engine/window/window-aggregate.ts';
import type { AggregateSpec } from '../src/engine/window/window-spec.ts';
import { LENGTH_MAX, type LogicalType, type RowField } from '../src/expression/type.ts';
import { LaterParts } from '../test/support/later-parts.ts';

const MAX_PARALLELISM = 128;

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});
const keyCount = Number(values.keys);

const text: LogicalType = { root: 'VARCHAR', length: LENGTH_MAX, nullable: true };
const bigint: LogicalType = { root: 'BIGINT', nullable: true };
const time: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
const local: LogicalType = { root: 'TIMESTAMP', precision: 3, nullable: false };
const schema: readonly RowField[] = [
  { name: 'id', type: text },
  { name: 'amount', type: bigint },
  { name: 'words', type: text },
  { name: 'time', type: time },
];
const aggregates: readonly AggregateSpec[] = (['COUNT', 'SUM', 'MAX'] as const).map((name) => ({
  kind: 'aggregate',
  aggregate: {
    function: name,
    distinct: false,
    type: bigint,
    operand: { kind: 'column', name: 'amount', index: 1, type: bigint },
  },
}));
const results = aggregates.map((_aggregate, index) => ({ name: `a${index}`, type: bigint }));
const grouping = {
  inputSchema: schema,
  groupBy: [{ kind: 'column', name: 'id', index: 0, type: text }],
  groupingSets: [[0]],
  aggregates,
} as const;

const operators: Readonly<Record<string, (context: TaskContext) => Operator>> = {
  'running aggregate': (context) =>
    new RunningAggregateOperator(
      { ...grouping, outputSchema: [schema[0]!, ...results], ttlMs: 0, takesUpdates: false },
      context,
    ),
  'tumbling window': (context) =>
    new WindowAggregateOperator(
      {
        ...grouping,
        outputSchema: [
          { name: 'window_start', type: local },
          { name: 'window_end', type: local },
          schema[0]!,
          ...results,
          { name: 'window_time', type: time },
        ],
        timeIndex: 3,
        zone: null,
        window: { kind: 'tumble', sizeMs: 60_000, offsetMs: 0 },
      },
      context,
      new NodeCounters(),
    ),
  'first row': (context) =>
    new FirstRowOperator({ schema, keys: [0], timeIndex: null, ttlMs: 0 }, context),
  'last row': (context) =>
    new LastRowOperator({ schema, keys: [0], timeIndex: null, ttlMs: 0 }, context),
};

const noOutput: Output = {
  isFull: false,
  emit: () => undefined,
  emitWatermark: () => undefined,
  emitIdleness: () => undefined,
};

function openedBy(create: (context: TaskContext) => Operator): Operator {
  const operator = create({
    evaluation: { timeZone: 'UTC', nowMs: () => 0, random: () => 0 },
    memory: new LinearMemory(),
  });
  operator.open({ main: noOutput, side: () => null });
  return operator;
}

/** A batch of rows of the keys from `from` on. */
function feed(operator: Operator, batch: Batch, from: number): void {
  batch.reset();
  for (let row = 0; row < BATCH_ROWS; row++) {
    const key = from + row;
    writeValue(batch.columns[0]!, row, `key-${String(key).padStart(16, '0')}`);
    writeValue(batch.columns[1]!, row, BigInt(key % 1000));
    writeValue(batch.columns[2]!, row, `sixteen letters ${key}`);
    writeValue(batch.columns[3]!, row, 0n);
  }
  batch.rowCount = BATCH_ROWS;
  while (!operator.processBatch(batch, 0));
}

function snapshot(operator: Operator): readonly StatePart[] {
  const order = { checkpointId: 1, isSavepoint: false, maxParallelism: MAX_PARALLELISM };
  const parts = new SnapshotParts(order);
  operator.snapshotState(parts);
  const later = new LaterParts(() => ({ first: 0, last: 0 }));
  for (const state of parts.laterStates) {
    while (state.writeNext(later));
    state.end(true);
  }
  return [...parts.finish(), ...later.take()];
}

function cpuMsOf(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

for (const [name, create] of Object.entries(operators)) {
  if (!name.includes(values.only)) continue;
  const batch = new Batch(schema);
  const first = openedBy(create);
  for (let from = 0; from < keyCount; from += BATCH_ROWS) feed(first, batch, from);
  const parts = snapshot(first);
  const sizeMb = parts.reduce((sum, part) => sum + (part.bytes?.length ?? 0), 0) / 1e6;
  const now = { subtask: 0, parallelism: 1, maxParallelism: MAX_PARALLELISM };
  const best = { restore: Infinity, batch: Infinity };
  for (let round = 0; round < Number(values.rounds); round++) {
    const operator = openedBy(create);
    const restoreMs = cpuMsOf(() => {
      operator.restoreState(new RestoredParts([{ subtask: 0, parts }], now));
    });
    const batchMs = cpuMsOf(() => {
      feed(operator, batch, keyCount);
    });
    best.restore = Math.min(best.restore, restoreMs);
    best.batch = Math.min(best.batch, batchMs);
  }
  console.log(
    `${name}: ${keyCount} keys, ${sizeMb.toFixed(0)} MB; restore ${best.restore.toFixed(0)} ms of CPU ` +
      `(${((best.restore * 1e6) / keyCount).toFixed(0)} ns a key, ${((best.restore * 100) / sizeMb).toFixed(0)} ms for 100 MB), ` +
      `the next batch ${best.batch.toFixed(1)} ms`,
  );
}
