/**
 * From a run of records to the rows of a batch: values and keys by their formats, metadata columns
 * by what Kafka says. Lines of JSON are decoded in one call as long as each can be read; all else
 * record by record.
 * Invariant: row r of the batch is record `recordOf[r]` of the run.
 */
import { assert } from '../../../../errors/assert.ts';
import { Batch, rowKinds, type RowSchema } from '../../../batch/batch.ts';
import { BATCH_ROWS } from '../../../batch/column.ts';
import type { ByteBlock } from '../../../batch/byte-block.ts';
import type { RecordDecoder } from '../../../format/contract.ts';
import type { FormatOptions } from '../../format-options.ts';
import type { DeadRecordListener } from '../../contract.ts';
import { placedTextEnd } from '../../record-stream/placed-text.ts';
import type { KafkaSourceSpec } from './kafka-source-spec.ts';
import { MetadataWriter } from './metadata-writer.ts';
import type { PartitionLog } from './partition-log.ts';
import { NULL_LENGTH, type RecordRun } from './record-run.ts';
import type { SourceBlock } from './source-block.ts';

/** Of the columns of one format. */
export type KafkaDecoderFactory = (schema: RowSchema, format: FormatOptions) => RecordDecoder;

export interface RunDecoderOptions {
  /** Name of the source node. */
  readonly source: string;
  readonly schema: RowSchema;
  readonly spec: KafkaSourceSpec;
  readonly createDecoder: KafkaDecoderFactory;
  readonly onDeadRecord: DeadRecordListener;
}

/** A format over some columns of the batch. */
interface Part {
  readonly schema: RowSchema;
  readonly indexes: readonly number[];
  readonly decoder: RecordDecoder;
}

/** What is decoded into which batch. */
interface Target {
  readonly run: RecordRun;
  readonly log: PartitionLog;
  readonly batch: Batch;
  readonly values: Batch;
  readonly keys: Batch | null;
}

export class RunDecoder {
  private readonly options: RunDecoderOptions;
  private readonly value: Part;
  private readonly key: Part | null;
  private readonly metadata: MetadataWriter | null;
  /** Keys are read of each record; else only of those without a value. */
  private readonly readsEachKey: boolean;
  private readonly recordOf = new Int32Array(BATCH_ROWS);
  private readonly kinds = new Uint8Array(BATCH_ROWS);
  private target: Target | null = null;
  /** In the block of values, and of keys: where decoded text may go. */
  private valueScratch = 0;
  private keyScratch = 0;

  constructor(options: RunDecoderOptions) {
    const { schema, spec, createDecoder } = options;
    this.options = options;
    const valueSchema = spec.value.columns.map((index) => schema[index]!);
    this.value = {
      schema: valueSchema,
      indexes: spec.value.columns,
      decoder: createDecoder(valueSchema, spec.value.format),
    };
    this.key = spec.key === null ? null : keyPart(schema, spec.key, createDecoder);
    const own = new Set(spec.value.columns);
    this.readsEachKey = this.key !== null && this.key.indexes.some((index) => !own.has(index));
    this.metadata = spec.metadata.length === 0 ? null : new MetadataWriter(spec.metadata);
  }

  /** Fills the empty batch with the rows of the run; records that cannot be read are reported. */
  decode(
    { run, log }: Pick<Target, 'run' | 'log'>,
    blocks: { readonly values: SourceBlock; readonly keys: SourceBlock | null },
    batch: Batch,
  ): void {
    assert(batch.rowCount === 0, 'a run fills an empty batch');
    const target = this.targetOf(run, log, batch);
    this.valueScratch = blocks.values.areaBytes;
    this.keyScratch = blocks.keys?.areaBytes ?? 0;
    const { spec } = this.options;
    const isUpsert = spec.changes === 'upsert';
    if (isUpsert) {
      this.kinds.fill(rowKinds.insert);
      batch.kinds = this.kinds;
    }
    const valueBlock = blocks.values.block;
    if (spec.value.format.kind === 'json' && !this.readsEachKey && !run.hasNullValues) {
      this.decodeLines(target, valueBlock);
    } else {
      for (let record = 0; record < run.count; record++) {
        this.decodeRecord(target, record, { valueBlock, keyBlock: blocks.keys?.block ?? null });
      }
    }
    this.metadata?.write(batch, target, this.recordOf);
  }

  release(): void {
    this.value.decoder.release?.();
    this.key?.decoder.release?.();
  }

  private targetOf(run: RecordRun, log: PartitionLog, batch: Batch): Target {
    const { target: last } = this;
    const isSame = last !== null && last.batch === batch;
    const values = isSame ? last.values : partOf(batch, this.value);
    const keys = isSame ? last.keys : this.key === null ? null : partOf(batch, this.key);
    const target = { run, log, batch, values, keys };
    values.rowCount = 0;
    this.target = target;
    return target;
  }

  private decodeLines(target: Target, block: ByteBlock): void {
    const { run, batch, values } = target;
    const to = run.end + 1;
    let record = 0;
    while (record < run.count) {
      const rowCountBefore = batch.rowCount;
      const { unreadable } = this.value.decoder.decode({
        block,
        from: run.valueStart[record]!,
        to,
        scratchFrom: this.valueScratch,
        batch: values,
      });
      for (let row = rowCountBefore; row < values.rowCount; row++) this.recordOf[row] = record++;
      batch.rowCount = values.rowCount;
      if (unreadable === null) break;
      this.valueScratch = placedTextEnd(values, block, {
        from: this.valueScratch,
        fromRow: rowCountBefore,
      });
      this.report(target, record, block, unreadable);
      record++;
    }
    assert(record === run.count, 'each line of a run is one record');
  }

  private decodeRecord(
    target: Target,
    record: number,
    {
      valueBlock,
      keyBlock,
    }: { readonly valueBlock: ByteBlock; readonly keyBlock: ByteBlock | null },
  ): void {
    const { run, batch, keys } = target;
    const row = batch.rowCount;
    const isNull = run.valueLength[record] === NULL_LENGTH;
    const isDelete = isNull && this.options.spec.changes === 'upsert';
    if (keys !== null && keyBlock !== null && (this.readsEachKey || isDelete)) {
      if (!this.decodeKey(target, record, keyBlock)) return;
    }
    if (isNull) {
      for (const index of this.value.indexes) {
        const isKey = isDelete && this.key?.indexes.includes(index) === true;
        if (!isKey) batch.columns[index]!.setNull(row);
      }
      if (isDelete) this.kinds[row] = rowKinds.delete;
      target.values.rowCount = row + 1;
    } else if (!this.decodeValue(target, record, valueBlock)) {
      for (const column of keys?.columns ?? []) column.nulls[row] = 0;
      return;
    }
    this.recordOf[row] = record;
    batch.rowCount = row + 1;
  }

  private decodeValue(target: Target, record: number, block: ByteBlock): boolean {
    const { run, values } = target;
    const start = run.valueStart[record]!;
    const range = { start, length: run.valueLength[record]! };
    const failure = decodeOne(this.value, values, { block, range, scratch: this.valueScratch });
    if (failure !== null) {
      this.report(target, record, block, failure);
      return false;
    }
    const fromRow = values.rowCount - 1;
    this.valueScratch = placedTextEnd(values, block, { from: this.valueScratch, fromRow });
    return true;
  }

  private decodeKey(target: Target, record: number, block: ByteBlock): boolean {
    const { run, batch, keys } = target;
    assert(keys !== null && this.key !== null, 'there is a format of keys');
    const row = batch.rowCount;
    keys.rowCount = row;
    const length = run.keyLength[record]!;
    // Unlike Flink, which passes over a record whose key is null without a word.
    if (length === NULL_LENGTH) {
      for (const column of keys.columns) column.setNull(row);
      return true;
    }
    const range = { start: run.keyStart[record]!, length };
    const failure = decodeOne(this.key, keys, { block, range, scratch: this.keyScratch });
    if (failure !== null) {
      this.report(target, record, block, { ...failure, reason: `key: ${failure.reason}` });
      return false;
    }
    this.keyScratch = placedTextEnd(keys, block, { from: this.keyScratch, fromRow: row });
    return true;
  }

  private report(
    { run, log }: Target,
    record: number,
    block: ByteBlock,
    { column, reason, range }: Failure,
  ): void {
    const start = range?.start ?? run.valueStart[record]!;
    const length = range?.length ?? run.valueLength[record]!;
    this.options.onDeadRecord({
      code: 'DREY_RECORD_UNREADABLE',
      source: this.options.source,
      split: log.name,
      position: run.offsets[record]!,
      unit: 'offset',
      column,
      reason,
      raw: block.bytes.slice(start, start + length),
    });
  }
}

interface Range {
  readonly start: number;
  readonly length: number;
}

interface Failure {
  readonly column: string | null;
  readonly reason: string;
  /** Null or left out: the value of the record. */
  readonly range?: Range;
}

/** Decodes one record into the batch's next row; what it left behind after a failure is cleared. */
function decodeOne(
  { decoder }: Part,
  batch: Batch,
  {
    block,
    range,
    scratch,
  }: { readonly block: ByteBlock; readonly range: Range; readonly scratch: number },
): Failure | null {
  const row = batch.rowCount;
  const to = range.start + range.length;
  const { unreadable, next } = decoder.decode({
    block,
    from: range.start,
    to,
    scratchFrom: scratch,
    batch,
  });
  if (unreadable === null && batch.rowCount === row + 1 && next === to) return null;
  const rowCount = batch.rowCount;
  batch.rowCount = row;
  for (const column of batch.columns) column.nulls.fill(0, row, Math.max(rowCount, row + 1));
  if (unreadable !== null) return { column: unreadable.column, reason: unreadable.reason, range };
  const reason = rowCount === row ? 'there is no row in it' : 'there is more than one row in it';
  return { column: null, reason, range };
}

function partOf(batch: Batch, { schema, indexes }: Part): Batch {
  return new Batch(
    schema,
    indexes.map((index) => batch.columns[index]!),
  );
}

function keyPart(
  schema: RowSchema,
  { columns, format }: NonNullable<KafkaSourceSpec['key']>,
  createDecoder: KafkaDecoderFactory,
): Part {
  const keySchema = columns.map(({ index, name }) => ({ name, type: schema[index]!.type }));
  const indexes = columns.map(({ index }) => index);
  return { schema: keySchema, indexes, decoder: createDecoder(keySchema, format) };
}
