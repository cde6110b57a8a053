/** Runs a decoder over bytes as a source would, and shows what came out as plain values. */
import { Batch, type RowSchema } from '../../../src/engine/batch/batch.ts';
import { ByteBlock } from '../../../src/engine/batch/byte-block.ts';
import { readValue } from '../../../src/engine/batch/read-value.ts';
import type { RecordDecoder } from '../../../src/engine/format/contract.ts';
import type { LinearMemory } from '../../../src/engine/memory/linear-memory.ts';
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';

export interface DecodedRow {
  readonly values: readonly Value[];
}

export interface UnreadableRow {
  readonly raw: string;
  readonly column: string | null;
  readonly reason: string;
}

export interface Decoded {
  /** Rows and records that could not be read, in the order of the input. */
  readonly records: readonly (DecodedRow | UnreadableRow)[];
  /** Line ends that the decoder counted, plus those of unreadable records. */
  readonly lineCount: number;
}

export interface DecodePlan {
  /** Content bytes read at a time; records that are not whole are carried over. */
  readonly chunkBytes?: number;
  /** Bytes for decoded text behind the content; as many as content when not given. */
  readonly scratchBytes?: number;
  /** Where blocks and batches are made; null: on the heap. */
  readonly memory?: LinearMemory | null;
  /** Fill each batch by calls that see one line each. */
  readonly isLineByLine?: boolean;
}

const LF = 0x0a;
const decoder = new TextDecoder();

export function column(name: string, type: LogicalType): RowSchema[number] {
  return { name, type };
}

export function decodeRows(
  recordDecoder: RecordDecoder,
  schema: RowSchema,
  content: Uint8Array,
  plan: DecodePlan = {},
): Decoded {
  const { memory = null } = plan;
  const chunkBytes = plan.chunkBytes ?? content.length;
  const records: (DecodedRow | UnreadableRow)[] = [];
  let lineCount = 0;
  let at = 0;
  let carried = new Uint8Array(0);
  while (at < content.length) {
    const next = content.subarray(at, at + chunkBytes);
    at += next.length;
    const area = carried.length + next.length;
    const block = new ByteBlock(area + (plan.scratchBytes ?? area), memory);
    // What lies behind the content must not matter.
    block.bytes.fill(0x31);
    block.bytes.set(carried);
    block.bytes.set(next, carried.length);
    const isLast = at === content.length;
    const to = isLast ? area : recordDecoder.lastRecordEnd(block, 0, area);
    let from = 0;
    let shown = 0;
    const batch = memory === null ? new Batch(schema) : batchInMemory(schema, memory);
    while (from < to) {
      if (plan.isLineByLine !== true || batch.isFull) {
        batch.reset();
        shown = 0;
      }
      const lineFeed = block.bytes.subarray(from, to).indexOf(LF);
      const end = plan.isLineByLine === true && lineFeed >= 0 ? from + lineFeed + 1 : to;
      const scratchFrom = area + (plan.scratchBytes === undefined ? from : 0);
      const result = recordDecoder.decode({ block, from, to: end, scratchFrom, batch });
      lineCount += result.lineCount;
      const { unreadable } = result;
      if (batch.rowCount === shown && result.next === from && unreadable === null) {
        throw new Error('the decoder does not move');
      }
      // Rows are looked at as late as possible: later calls must leave them alone.
      const isDue = unreadable !== null || result.next >= to || batch.isFull;
      if (isDue || plan.isLineByLine !== true) {
        for (; shown < batch.rowCount; shown++) records.push(rowOf(batch, shown));
      }
      from = result.next;
      if (unreadable !== null) {
        records.push({
          raw: decoder.decode(block.bytes.subarray(unreadable.start, unreadable.end)),
          column: unreadable.column,
          reason: unreadable.reason,
        });
        lineCount += block.bytes.subarray(from, unreadable.next).filter((b) => b === LF).length;
        from = unreadable.next;
      }
    }
    carried = block.bytes.slice(to, area);
    memory?.release(block.bytes);
  }
  recordDecoder.release?.();
  return { records, lineCount };
}

/** Linear memory is not collected, so one batch is made for a schema. */
const batches = new WeakMap<RowSchema, Batch>();

function batchInMemory(schema: RowSchema, memory: LinearMemory): Batch {
  let batch = batches.get(schema);
  if (batch === undefined) batches.set(schema, (batch = Batch.inMemory(schema, memory)));
  batch.reset();
  return batch;
}

function rowOf(batch: Batch, row: number): DecodedRow {
  return { values: batch.columns.map((column) => readValue(column, row)) };
}
