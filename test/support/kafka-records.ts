/**
 * Record batches for tests, and what a reader sees of those that a broker gives: the rows in their
 * order, without markers, and with read_committed without those of aborted transactions.
 */
import { BATCH_HEADER_BYTES, checkCrc, readBatchHeader } from '../../src/kafka/batch-header.ts';
import { RecordBatchWriter } from '../../src/kafka/record-batch-writer.ts';
import { RecordSlices } from '../../src/kafka/record-slices.ts';
import type { AbortedTransaction, FetchedPartition } from '../../src/platform/kafka.ts';

export interface ReadRow {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: string | null;
}

export interface ReadRows {
  readonly rows: readonly ReadRow[];
  /** Where the next fetch goes on. */
  readonly nextOffset: number;
}

export interface Written {
  readonly producerId: number;
  readonly epoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
}

const NOBODY: Written = { producerId: -1, epoch: -1, baseSequence: -1, isTransactional: false };

/** One batch; each value is a record, of `key=value` the part before the sign is the key. */
export function recordBatch(
  values: readonly string[],
  written: Written = NOBODY,
  timestampMs = 1_000,
): Uint8Array {
  const writer = new RecordBatchWriter();
  const utf8 = new TextEncoder();
  for (const [index, text] of values.entries()) {
    const at = text.indexOf('=');
    writer.append({
      timestampMs: timestampMs + index,
      key: at === -1 ? null : utf8.encode(text.slice(0, at)),
      value: utf8.encode(text.slice(at + 1)),
      headers: [],
    });
  }
  return writer.finish(written);
}

/** What lies in the answer from the offset that was asked for. */
export function readRows(fetched: FetchedPartition, from: number): ReadRows {
  const { records } = fetched;
  const voids = fetched.abortedTransactions.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const aborted = new Set<number>();
  const rows: ReadRow[] = [];
  let nextOffset = from;
  for (let at = 0; at < records.length;) {
    const header = readBatchHeader(records, at);
    if (header === null) break;
    if (!checkCrc(records, at, header)) throw new Error(`checksum of batch ${header.baseOffset}`);
    const end = at + header.sizeBytes;
    nextOffset = Math.max(nextOffset, header.baseOffset + header.lastOffsetDelta + 1);
    begin(voids, aborted, header.baseOffset + header.lastOffsetDelta);
    const slices = new RecordSlices();
    slices.read(records, at + BATCH_HEADER_BYTES, end, header.recordCount);
    if (header.isControl) {
      if (isAbort(records, slices)) aborted.delete(header.producerId);
    } else if (!(header.isTransactional && aborted.has(header.producerId))) {
      for (let index = 0; index < slices.count; index++) {
        const offset = header.baseOffset + (slices.offsetDelta[index] ?? 0);
        const timestampMs =
          header.timestampType === 'log-append'
            ? header.maxTimestampMs
            : header.baseTimestampMs + (slices.timestampDelta[index] ?? 0);
        const key = text(records, slices.keyStart[index], slices.keyLength[index]);
        const value = text(records, slices.valueStart[index], slices.valueLength[index]);
        if (offset >= from) rows.push({ offset, timestampMs, key, value });
      }
    }
    at = end;
  }
  return { rows, nextOffset };
}

/** Producers whose aborted transaction begins at or before `offset`. */
function begin(voids: AbortedTransaction[], aborted: Set<number>, offset: number): void {
  while (voids[0] !== undefined && voids[0].firstOffset <= offset) {
    aborted.add(voids[0].producerId);
    voids.shift();
  }
}

function isAbort(bytes: Uint8Array, slices: RecordSlices): boolean {
  return bytes[(slices.keyStart[0] ?? 0) + 3] === 0;
}

function text(bytes: Uint8Array, start = 0, length = -1): string | null {
  return length === -1 ? null : new TextDecoder().decode(bytes.subarray(start, start + length));
}
