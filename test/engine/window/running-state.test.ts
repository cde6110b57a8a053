/** What a running aggregate holds over a stream of groups that never come back. */
import { expect, test } from 'vitest';
import { Batch } from '../../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { LinearMemory } from '../../../src/engine/memory/linear-memory.ts';
import type { Output } from '../../../src/engine/operator/contract.ts';
import { sizeOf, stateOf } from '../../support/operator-state.ts';
import { RunningAggregateOperator } from '../../../src/engine/window/running-aggregate.ts';
import type { RowField } from '../../../src/expression/type.ts';
import { bigint } from './window-runs.ts';

const TTL_MS = 1000;
const schema: readonly RowField[] = [{ name: 'id', type: bigint }];
const id = { kind: 'column', type: bigint, name: 'id', index: 0 } as const;

test('the state of endless new groups stays bounded, and no group sees another one', () => {
  let nowMs = 0;
  const context = {
    evaluation: { timeZone: 'UTC', nowMs: () => nowMs, random: () => 0 },
    memory: new LinearMemory(),
  };
  const operator = new RunningAggregateOperator(
    {
      inputSchema: schema,
      outputSchema: [...schema, { name: 'n', type: bigint }, { name: 'ids', type: bigint }],
      groupBy: [id],
      groupingSets: [[0]],
      aggregates: [
        { kind: 'aggregate', aggregate: { function: 'COUNT', distinct: false, type: bigint } },
        {
          kind: 'aggregate',
          aggregate: { function: 'COUNT', distinct: true, operand: id, type: bigint },
        },
      ],
      ttlMs: TTL_MS,
      takesUpdates: false,
    },
    context,
  );
  const counter = new CountingOutput();
  operator.open({ main: counter, side: () => null });
  const batch = new Batch(schema);
  let next = 0n;
  const sizes = Array.from({ length: 6 }, () => {
    for (let times = 0; times < 80; times++) {
      batch.reset();
      for (let row = 0; row < BATCH_ROWS; row++) writeValue(batch.columns[0]!, row, next++);
      batch.rowCount = BATCH_ROWS;
      expect(operator.processBatch(batch)).toBe(true);
    }
    nowMs += TTL_MS;
    while (operator.nextTimerMs <= nowMs) operator.processTimers(nowMs);
    return sizeOf(stateOf(operator));
  });
  expect(counter).toMatchObject({ rowCount: Number(next), others: 0 });
  expect(operator.nextTimerMs).toBe(Infinity);
  // A dictionary is swept when it has three times what was alive at the last time.
  expect(Math.max(...sizes)).toBeLessThan(3.1 * sizes[0]!);
});

class CountingOutput implements Output {
  readonly isFull = false;
  rowCount = 0;
  /** Rows that are no +I with a count of one. */
  others = 0;

  emit(batch: Batch): void {
    this.rowCount += batch.rowCount;
    for (let row = 0; row < batch.rowCount; row++) {
      const isFirst = batch.kinds?.[row] === 0 && valueAt(batch, 1, row) === 1;
      if (!isFirst || valueAt(batch, 2, row) !== 1) this.others++;
    }
  }

  emitWatermark(): void {
    // No event time.
  }

  emitIdleness(): void {
    // No event time.
  }
}

function valueAt(batch: Batch, index: number, row: number): number {
  const column = batch.columns[index]!;
  return column.kind === 'long' ? column.values[row]! : NaN;
}
