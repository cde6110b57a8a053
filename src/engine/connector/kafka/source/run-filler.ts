/**
 * Puts the next records of a partition where they can be decoded: their bytes are copied once, many
 * records at a time, and JSON values become lines in place, by blanks and line feeds over what
 * Kafka wrote between them.
 * Invariant: a line is one record, so that rows and records come in the same order.
 */
import type { Value } from '../../../../expression/value.ts';
import { readHeaders, RecordSlices } from '../../../../kafka/record-slices.ts';
import { BATCH_ROWS } from '../../../batch/column.ts';
import { LF, OPEN_BRACE, SPACE } from '../../../format/ascii.ts';
import type { LinearMemory } from '../../../memory/linear-memory.ts';
import type { DeadRecordListener } from '../../contract.ts';
import type { LoadedBatch } from './batch-loader.ts';
import { isBlank, joinLines } from './json-lines.ts';
import type { PartitionLog } from './partition-log.ts';
import { RecordRun } from './record-run.ts';
import { SourceBlock } from './source-block.ts';

export interface RunFillerOptions {
  /** Name of the source node. */
  readonly source: string;
  /** Longest value, and key. */
  readonly maxRecordBytes: number;
  readonly memory: LinearMemory;
  /** Values are JSON, and become lines. */
  readonly hasLines: boolean;
  /** Records whose value is null are kept; else they are skipped. */
  readonly keepsNulls: boolean;
  /** The same for values of no bytes. */
  readonly keepsEmpty: boolean;
  readonly readsKeys: boolean;
  readonly readsHeaders: boolean;
  readonly onDeadRecord: DeadRecordListener;
  /** Of the block; by default what suits a full batch. */
  readonly areaBytes?: number;
}

/** Shorter gaps are filled byte by byte, which is faster than a call. */
const SHORT_GAP_BYTES = 48;
const KEY_AREA_BYTES = 64 * 1024;

export class RunFiller {
  readonly run = new RecordRun();
  readonly values: SourceBlock;
  readonly keys: SourceBlock | null;
  /** Records without a value that were passed over. */
  emptyCount = 0;
  private readonly options: RunFillerOptions;
  private readonly slices = new RecordSlices();
  private sliced: LoadedBatch | null = null;
  /** Behind the records in the block of values, and of keys. */
  private blockEnd = 0;
  private keyEnd = 0;
  /** Behind the last line; -1: there is none. */
  private lineEnd = -1;

  constructor(options: RunFillerOptions) {
    const { memory, areaBytes, readsKeys } = options;
    this.options = options;
    this.values = new SourceBlock(memory, areaBytes);
    this.keys = readsKeys ? new SourceBlock(memory, KEY_AREA_BYTES) : null;
  }

  /** Fills the run anew, as far as records are there. */
  fill(log: PartitionLog): RecordRun {
    const { run } = this;
    run.reset();
    this.values.renew(0);
    this.keys?.renew(0);
    this.blockEnd = 0;
    this.keyEnd = 0;
    this.lineEnd = -1;
    while (!run.isFull) {
      const batch = log.batch();
      if (batch === null || !this.fillFrom(log, batch)) break;
    }
    return run;
  }

  release(): void {
    this.values.release();
    this.keys?.release();
    this.sliced = null;
  }

  /** False: the run takes no further record. */
  private fillFrom(log: PartitionLog, batch: LoadedBatch): boolean {
    const { slices, run } = this;
    this.slice(log, batch);
    while (batch.next < slices.count) {
      const end = this.spanEnd(batch.next);
      if (end > batch.next) {
        this.copySpan(log, batch, end);
        batch.next = end;
        if (log.isAtStop) return false;
      } else if (this.isTooLong(batch.next)) {
        this.passTooLong(log, batch);
        if (log.isAtStop) return false;
      } else if (run.count > 0) {
        return false;
      } else {
        // One record that is longer than the usual block.
        this.values.renew(slices.valueLength[batch.next]! + 1);
        this.blockEnd = 0;
      }
    }
    this.sliced = null;
    log.finishBatch();
    return true;
  }

  private slice(log: PartitionLog, batch: LoadedBatch): void {
    if (this.sliced === batch) return;
    const { bytes, from, to, header } = batch;
    log.placed(header.baseOffset, () => {
      this.slices.read(bytes, from, to, header.recordCount);
    });
    this.sliced = batch;
  }

  /** Behind the last record that fits into run and block, together with those from `first` on. */
  private spanEnd(first: number): number {
    const { slices, run } = this;
    const { valueStart, valueLength } = slices;
    const room = this.values.areaBytes - this.blockEnd;
    const endMax = Math.min(slices.count, first + BATCH_ROWS - run.count);
    const from = valueStart[first]!;
    let end = first;
    while (end < endMax && !this.isTooLong(end)) {
      if (valueStart[end]! + Math.max(0, valueLength[end]!) + 1 - from > room) break;
      end++;
    }
    return end;
  }

  private isTooLong(index: number): boolean {
    const { maxRecordBytes, readsKeys } = this.options;
    const { valueLength, keyLength } = this.slices;
    return (
      valueLength[index]! > maxRecordBytes || (readsKeys && keyLength[index]! > maxRecordBytes)
    );
  }

  private passTooLong(log: PartitionLog, batch: LoadedBatch): void {
    const { slices } = this;
    const { source, maxRecordBytes, onDeadRecord } = this.options;
    const index = batch.next++;
    const offset = batch.header.baseOffset + slices.offsetDelta[index]!;
    if (offset < log.position) return;
    log.moveTo(offset);
    if (log.isAtStop) return;
    const start = slices.valueStart[index]!;
    const length = Math.max(0, slices.valueLength[index]!);
    log.moveTo(offset + 1);
    onDeadRecord({
      code: 'DREY_RECORD_TOO_LONG',
      source,
      split: log.name,
      position: offset,
      unit: 'offset',
      column: null,
      reason: `the record is longer than ${maxRecordBytes} bytes`,
      raw: batch.bytes.slice(start, start + Math.min(length, maxRecordBytes)),
    });
  }

  /** Copies the records up to `end` and notes those that count. */
  private copySpan(log: PartitionLog, batch: LoadedBatch, end: number): void {
    const { slices, options } = this;
    const { valueStart, valueLength } = slices;
    const first = batch.next;
    const from = valueStart[first]!;
    const to = valueStart[end - 1]! + Math.max(0, valueLength[end - 1]!) + 1;
    this.values.block.bytes.set(batch.bytes.subarray(from, to), this.blockEnd);
    const shift = this.blockEnd - from;
    this.blockEnd += to - from;
    const { baseOffset } = batch.header;
    const { position } = log;
    const stopOffset = log.stopOffset ?? Infinity;
    for (let index = first; index < end; index++) {
      const offset = baseOffset + slices.offsetDelta[index]!;
      if (offset < position) continue;
      if (offset >= stopOffset) break;
      const length = valueLength[index]!;
      if (length > 0 || (length === 0 ? options.keepsEmpty : options.keepsNulls)) {
        this.add(log, batch, index, shift);
      } else {
        this.emptyCount++;
      }
    }
    log.moveTo(baseOffset + slices.offsetDelta[end - 1]! + 1);
  }

  private add(log: PartitionLog, batch: LoadedBatch, index: number, shift: number): void {
    const { run, slices, options } = this;
    const start = slices.valueStart[index]! + shift;
    const length = slices.valueLength[index]!;
    const at = run.count;
    run.offsets[at] = batch.header.baseOffset + slices.offsetDelta[index]!;
    if (length > 0 && options.hasLines && !this.makeLine(log, start, start + length)) return;
    run.valueStart[at] = start;
    run.valueLength[at] = length;
    if (length < 0) run.hasNullValues = true;
    const { timestampType, baseTimestampMs, maxTimestampMs, partitionLeaderEpoch } = batch.header;
    if (timestampType === 'create') {
      run.timestamps[at] = baseTimestampMs + slices.timestampDelta[index]!;
      run.timestampTypes[at] = 0;
    } else {
      run.timestamps[at] = maxTimestampMs;
      run.timestampTypes[at] = 1;
    }
    run.leaderEpochs[at] = partitionLeaderEpoch;
    if (options.readsKeys) this.addKey(batch, index, at);
    if (options.readsHeaders) {
      run.headers[at] = log.placed(run.offsets[at]!, () =>
        headerMap(batch.bytes, slices.headersStart[index]!, slices.headersEnd[index]!),
      );
    }
    run.count = at + 1;
  }

  /** False: the value cannot be one line, which was reported. */
  private makeLine(log: PartitionLog, start: number, end: number): boolean {
    const { bytes } = this.values.block;
    bytes[end] = LF;
    let reason: string | null = null;
    if (bytes.indexOf(LF, start) !== end && !joinLines(bytes, start, end)) {
      reason = 'a line feed in a string is not escaped';
    } else if (bytes[start] !== OPEN_BRACE && isBlank(bytes, start, end)) {
      reason = 'expected {, found only blanks';
    }
    if (reason !== null) {
      this.reportUnreadable(log, reason, bytes.slice(start, end));
      return false;
    }
    const { lineEnd } = this;
    if (lineEnd >= 0) {
      const gap = start - 1 - lineEnd;
      if (gap > SHORT_GAP_BYTES) bytes.fill(SPACE, lineEnd, start - 1);
      else for (let at = lineEnd; at < start - 1; at++) bytes[at] = SPACE;
      bytes[start - 1] = LF;
    }
    this.lineEnd = end;
    return true;
  }

  private reportUnreadable(log: PartitionLog, reason: string, raw: Uint8Array): void {
    this.options.onDeadRecord({
      code: 'DREY_RECORD_UNREADABLE',
      source: this.options.source,
      split: log.name,
      position: this.run.offsets[this.run.count]!,
      unit: 'offset',
      column: null,
      reason,
      raw,
    });
  }

  private addKey(batch: LoadedBatch, index: number, at: number): void {
    const { keys, slices, run } = this;
    if (keys === null) return;
    const length = slices.keyLength[index]!;
    run.keyStart[at] = this.keyEnd;
    run.keyLength[at] = length;
    if (length <= 0) return;
    if (this.keyEnd + length > keys.areaBytes) keys.grow(this.keyEnd, length);
    const start = slices.keyStart[index]!;
    keys.block.bytes.set(batch.bytes.subarray(start, start + length), this.keyEnd);
    this.keyEnd += length;
  }
}

/** MAP<STRING, BYTES>; as in Flink the last of several headers with one name counts. */
function headerMap(bytes: Uint8Array, start: number, end: number): Value {
  const entries = new Map<string, Value>();
  for (const { name, value } of readHeaders(bytes, start, end)) {
    entries.set(name, value?.slice() ?? null);
  }
  return [...entries];
}
