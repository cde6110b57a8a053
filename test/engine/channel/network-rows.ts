/** The rows that flow through the network of these tests, and whom they belong to. */
import type { RowSchema } from '../../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import { keyTargetsOf } from '../../../src/engine/channel/exchange-channels.ts';
import type { KeyTargets } from '../../../src/engine/channel/key-targets.ts';
import type { Exchange } from '../../../src/engine/graph/stream-graph.ts';
import type { TypedExpression } from '../../../src/expression/tree.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { batchOf } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';

export const schema: RowSchema = ['key', 'source', 'id', 'time'].map((name) => ({
  name,
  type: types.int,
}));
export const MAX_PARALLELISM = 16;
export const ROWS_PER_SOURCE = 120;
const KEYS = 7;
export const evaluation = { timeZone: 'UTC', nowMs: () => 0, random: () => 0 };

const column = (index: number): TypedExpression => ({
  kind: 'column',
  index,
  name: schema[index]!.name,
  type: types.int,
});

/** To the middle by the key, from there to the sinks by key and source. */
export const exchanges: readonly Exchange[] = [
  { kind: 'hash', keys: [column(0)] },
  { kind: 'hash', keys: [column(1), column(0)] },
];

export type Row = readonly [key: number, source: number, id: number, time: number];

/** All rows of all sources up to these positions. */
export function rowsUpTo(positions: readonly number[]): Row[] {
  return positions.flatMap((end, source) =>
    Array.from({ length: end }, (_, id) => rowOf(source, id)),
  );
}

export function allRows(sources: number): Row[] {
  return rowsUpTo(Array.from({ length: sources }, () => ROWS_PER_SOURCE));
}

/** The sink of this parallelism that each row belongs to. */
export function sinkOf(rows: readonly Row[], parallelism: number): readonly number[] {
  const targets = targetsOf(exchanges[1]!, parallelism)!;
  const owners: number[] = [];
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    const part = rows.slice(from, from + BATCH_ROWS);
    targets.read(batchOf(schema, part));
    owners.push(...targets.targets.subarray(0, part.length));
  }
  return owners;
}

export function rowOf(source: number, id: number): Row {
  return [(id * 3 + source + (id >> 3)) % KEYS, source, id, id * 10];
}

export function targetsOf(exchange: Exchange, parallelism: number): KeyTargets | null {
  const to = { schema, parallelism, maxParallelism: MAX_PARALLELISM };
  return keyTargetsOf(exchange, { evaluation, memory: roomyTestMemory() }, to);
}
