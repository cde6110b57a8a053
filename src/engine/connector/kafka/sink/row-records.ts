/**
 * Makes a record of each row: key, value, time, headers, partition. Of a changelog the old row of an
 * update is left out, and a deleted row is a record without a value.
 */
import { errorCodes } from '../../../../errors/codes.ts';
import { EngineError } from '../../../../errors/drey-error.ts';
import type { BatchRecordHeader } from '../../../../kafka/record-batch-writer.ts';
import { rowKinds, type Batch, type RowSchema } from '../../../batch/batch.ts';
import { readValue } from '../../../batch/read-value.ts';
import { FieldBytes, type CreateEncoder } from './field-bytes.ts';
import type { KafkaSinkSpec } from './kafka-sink-spec.ts';
import type { PartitionBatches } from './partition-batches.ts';
import { createPartitioner, type RowPartitioner } from './row-partitioner.ts';

export interface RowRecordsOptions {
  readonly node: string;
  readonly spec: KafkaSinkSpec;
  readonly schema: RowSchema;
  readonly createEncoder: CreateEncoder;
  readonly subtask: number;
  readonly partitionCount: number;
}

const NO_HEADERS: readonly BatchRecordHeader[] = [];

export class RowRecords {
  private readonly options: RowRecordsOptions;
  private readonly value: FieldBytes;
  private readonly key: FieldBytes | null;
  private readonly partitioner: RowPartitioner;

  constructor(options: RowRecordsOptions) {
    const { spec, schema, createEncoder, subtask, partitionCount } = options;
    this.options = options;
    this.value = new FieldBytes(schema, spec.value, createEncoder);
    this.key = spec.key === null ? null : new FieldBytes(schema, spec.key, createEncoder);
    const place = { subtask, partitionCount };
    this.partitioner = createPartitioner(spec.partitioner, place, { schema, createEncoder });
  }

  /** `nowMs`: the time of records that have none of their own. */
  write(batch: Batch, nowMs: number, target: PartitionBatches): void {
    this.value.encode(batch);
    this.key?.encode(batch);
    this.partitioner.begin(batch);
    const { kinds } = batch;
    for (let row = 0; row < batch.rowCount; row++) {
      const kind = kinds === null ? rowKinds.insert : kinds[row]!;
      if (kind === rowKinds.updateBefore) continue;
      const key = this.key === null ? null : this.key.of(row);
      target.append(this.partitioner.partitionOf(row, key), {
        timestampMs: this.timestampOf(batch, row, nowMs),
        key,
        value: kind === rowKinds.delete ? null : this.value.of(row),
        headers: this.headersOf(batch, row),
      });
    }
  }

  /** A record batch of the partition was closed. */
  closed(partition: number): void {
    this.partitioner.closed(partition);
  }

  private timestampOf(batch: Batch, row: number, nowMs: number): number {
    const { timestampColumn } = this.options.spec;
    if (timestampColumn === null) return nowMs;
    const column = batch.columns[timestampColumn];
    if (column?.kind !== 'timestamp' || column.nulls[row] === 1) return nowMs;
    const millis = column.millis[row]!;
    if (millis < 0) throw this.unfit(`its time is ${millis} ms, before 1970`);
    return millis;
  }

  private headersOf(batch: Batch, row: number): readonly BatchRecordHeader[] {
    const { headersColumn } = this.options.spec;
    const column = headersColumn === null ? undefined : batch.columns[headersColumn];
    const map = column === undefined ? null : readValue(column, row);
    if (!Array.isArray(map)) return NO_HEADERS;
    return map.map((entry) => this.headerOf(entry));
  }

  /** An entry of a map as values are kept: key and value. */
  private headerOf(entry: unknown): BatchRecordHeader {
    const [name, value] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    if (typeof name !== 'string') throw this.unfit('a header has no name');
    return { name, value: value instanceof Uint8Array ? value : null };
  }

  private unfit(reason: string): EngineError {
    const { node } = this.options;
    return new EngineError('DREY_KAFKA_SINK_ROW', `${node}: a row cannot be a record: ${reason}`, {
      hint: errorCodes.DREY_KAFKA_SINK_ROW.next,
      details: { node, reason },
    });
  }
}
