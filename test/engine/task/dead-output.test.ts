import { expect, test } from 'vitest';
import type { Batch } from '../../../src/engine/batch/batch.ts';
import type { DeadRecord } from '../../../src/engine/connector/contract.ts';
import type { Operator } from '../../../src/engine/operator/contract.ts';
import { NodeCounters } from '../../../src/engine/operator/node-counters.ts';
import { deadSchema as engineSchema } from '../../../src/engine/graph/output-schema.ts';
import { DeadOutput } from '../../../src/engine/task/dead-output.ts';
import { Edge, NodeOutputs } from '../../../src/engine/task/edge.ts';
import { deadSchema } from '../../../src/pipeline/plan/stream-schema.ts';
import type { Value } from '../../../src/expression/value.ts';
import { rowsOf } from '../batch/batch-of.ts';

function record(position: number, column: string | null = null): DeadRecord {
  return {
    code: 'DREY_RECORD_UNREADABLE',
    source: 'events',
    split: 'a.jsonl',
    position,
    unit: 'line',
    column,
    reason: 'broken',
    raw: Uint8Array.of(position & 255),
  };
}

/** Takes so many batches, then no more until it is given room again. */
class Taker implements Operator {
  readonly rows: Value[][] = [];
  room: number;

  constructor(room: number) {
    this.room = room;
  }

  open(): void {
    // Has no outputs.
  }

  processBatch(batch: Batch): boolean {
    if (this.room === 0) return false;
    this.room--;
    this.rows.push(...rowsOf(batch));
    return true;
  }

  processWatermark(): boolean {
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(): void {
    // Keeps nothing.
  }

  restoreState(): void {
    // Keeps nothing.
  }

  close(): void {
    // Holds nothing.
  }
}

test('a dead record becomes a row that says where it was, why it is dead, and what it was', () => {
  const outputs = new NodeOutputs(new NodeCounters());
  const taker = new Taker(Infinity);
  outputs.stream('dead').edges.push(new Edge(taker, 0));
  expect(new DeadOutput(outputs).emit([record(7), record(8, 'id')])).toBe(2);
  expect(taker.rows).toEqual([
    ['events', 'a.jsonl', 7n, 'broken', Uint8Array.of(7)],
    ['events', 'a.jsonl', 8n, 'column id: broken', Uint8Array.of(8)],
  ]);
});

test('as many records go out as there is room for; the rest can follow later', () => {
  const outputs = new NodeOutputs(new NodeCounters());
  const taker = new Taker(1);
  outputs.stream('dead').edges.push(new Edge(taker, 0));
  const output = new DeadOutput(outputs);
  const records = Array.from({ length: 10_000 }, (_, index) => record(index));
  let sent = 0;
  for (let turn = 0; sent < records.length && turn < 100; turn++) {
    const done = output.emit(records.slice(sent));
    expect(done).toBeLessThan(records.length);
    sent += done;
    taker.room = 1;
    outputs.drain();
    taker.room = 1;
  }
  outputs.drain();
  expect(taker.rows.map(([, , position]) => position)).toEqual(
    records.map(({ position }) => BigInt(position)),
  );
});

test('nobody reads the side stream: the records are done with', () => {
  const outputs = new NodeOutputs(new NodeCounters());
  expect(new DeadOutput(outputs).emit([record(1)])).toBe(1);
});

test('the engine writes the columns that the plan promises', () => {
  expect(engineSchema).toEqual(deadSchema);
});
