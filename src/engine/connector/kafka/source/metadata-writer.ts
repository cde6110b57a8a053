/** Fills the metadata columns of a batch: what Kafka says of each record, under Flink's names. */
import { assert } from '../../../../errors/assert.ts';
import type { Batch } from '../../../batch/batch.ts';
import type { BytesColumn, Column } from '../../../batch/column.ts';
import type { MetadataColumn, MetadataKey } from './kafka-source-spec.ts';
import type { PartitionLog } from './partition-log.ts';
import { TIMESTAMP_TYPES, type RecordRun } from './record-run.ts';

export interface RecordsOfRows {
  readonly run: RecordRun;
  readonly log: PartitionLog;
}

const utf8 = new TextEncoder();

export class MetadataWriter {
  private readonly columns: readonly MetadataColumn[];

  constructor(columns: readonly MetadataColumn[]) {
    this.columns = columns;
  }

  /** `recordOf`: the record of each row. */
  write(batch: Batch, records: RecordsOfRows, recordOf: Int32Array): void {
    const { rowCount } = batch;
    for (const { index, key } of this.columns) {
      writeColumn(batch.columns[index]!, key, { ...records, recordOf, rowCount });
    }
  }
}

interface Rows extends RecordsOfRows {
  readonly recordOf: Int32Array;
  readonly rowCount: number;
}

function writeColumn(column: Column, key: MetadataKey, rows: Rows): void {
  const { run, log, recordOf, rowCount } = rows;
  switch (key) {
    case 'topic':
      writeTexts(column, [log.topic], () => 0, rowCount);
      return;
    case 'timestamp-type':
      writeTexts(column, TIMESTAMP_TYPES, (row) => run.timestampTypes[recordOf[row]!]!, rowCount);
      return;
    case 'partition':
      assert(column.kind === 'int', 'partition is INT');
      column.values.fill(log.partition, 0, rowCount);
      return;
    case 'leader-epoch':
      assert(column.kind === 'int', 'leader-epoch is INT');
      for (let row = 0; row < rowCount; row++) {
        const epoch = run.leaderEpochs[recordOf[row]!]!;
        if (epoch < 0) column.setNull(row);
        else column.values[row] = epoch;
      }
      return;
    case 'offset':
      assert(column.kind === 'long', 'offset is BIGINT');
      for (let row = 0; row < rowCount; row++) column.values[row] = run.offsets[recordOf[row]!]!;
      return;
    case 'timestamp':
      assert(column.kind === 'timestamp', 'timestamp is TIMESTAMP_LTZ(3)');
      for (let row = 0; row < rowCount; row++) {
        column.millis[row] = run.timestamps[recordOf[row]!]!;
      }
      return;
    case 'headers':
      assert(column.kind === 'object', 'headers is MAP<STRING, BYTES>');
      for (let row = 0; row < rowCount; row++) {
        column.values[row] = run.headers[recordOf[row]!] ?? [];
      }
  }
}

/** Each row points to one of the texts, which stand in the column's own block once. */
function writeTexts(
  column: Column,
  texts: readonly string[],
  textOf: (row: number) => number,
  rowCount: number,
): void {
  assert(column.kind === 'bytes', 'a text is STRING');
  const places = texts.map((text) => placeText(column, utf8.encode(text)));
  for (let row = 0; row < rowCount; row++) {
    const { start, length } = places[textOf(row)]!;
    column.start[row] = start;
    column.length[row] = length;
  }
}

function placeText(column: BytesColumn, bytes: Uint8Array): { start: number; length: number } {
  const arena = column.reserve(bytes.length);
  const start = arena.end;
  arena.block.bytes.set(bytes, start);
  arena.end = start + bytes.length;
  return { start, length: bytes.length };
}
