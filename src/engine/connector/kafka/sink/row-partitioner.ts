/**
 * Which partition a row goes to. The choice is made once, when the row is taken, and kept with it.
 */
import { partitionOfKey } from '../../../../kafka/murmur2.ts';
import type { Batch, RowSchema } from '../../../batch/batch.ts';
import { FieldBytes, type CreateEncoder } from './field-bytes.ts';
import type { PartitionerSpec } from './kafka-sink-spec.ts';

export interface RowPartitioner {
  /** Before the rows of a batch are asked for. */
  begin(batch: Batch): void;
  partitionOf(row: number, key: Uint8Array | null): number;
  /** A record batch was closed: rows without a key may go on elsewhere. */
  closed(partition: number): void;
}

export interface PartitionerPlace {
  readonly subtask: number;
  readonly partitionCount: number;
}

export function createPartitioner(
  spec: PartitionerSpec,
  place: PartitionerPlace,
  columns: { readonly schema: RowSchema; readonly createEncoder: CreateEncoder },
): RowPartitioner {
  switch (spec.kind) {
    case 'default':
      return new KeyPartitioner(place);
    case 'fixed': {
      const partition = place.subtask % place.partitionCount;
      return { begin: nothing, closed: nothing, partitionOf: () => partition };
    }
    case 'round-robin': {
      let next = place.subtask;
      const partitionOf = (): number => next++ % place.partitionCount;
      return { begin: nothing, closed: nothing, partitionOf };
    }
    case 'columns':
      return new ColumnPartitioner(spec.columns, place, columns);
  }
}

/** As Kafka's own clients; rows without a key fill one record batch after the other. */
class KeyPartitioner implements RowPartitioner {
  private readonly partitionCount: number;
  private current: number;

  constructor({ subtask, partitionCount }: PartitionerPlace) {
    this.partitionCount = partitionCount;
    this.current = subtask % partitionCount;
  }

  begin(): void {
    // Needs only the keys.
  }

  partitionOf(_row: number, key: Uint8Array | null): number {
    return key === null ? this.current : partitionOfKey(key, this.partitionCount);
  }

  closed(partition: number): void {
    if (partition === this.current) this.current = (this.current + 1) % this.partitionCount;
  }
}

/**
 * By the hash that Kafka's clients take of a key. One text column counts as its bytes, as if it
 * were the key; else the columns count as a JSON object.
 */
class ColumnPartitioner implements RowPartitioner {
  private readonly partitionCount: number;
  private readonly fields: FieldBytes;
  /** Position of the one text column; null: there are others. */
  private readonly text: number | null;
  private batch: Batch | null = null;

  constructor(
    columns: readonly number[],
    { partitionCount }: PartitionerPlace,
    {
      schema,
      createEncoder,
    }: { readonly schema: RowSchema; readonly createEncoder: CreateEncoder },
  ) {
    this.partitionCount = partitionCount;
    const [first] = columns;
    const root = first === undefined ? undefined : schema[first]?.type.root;
    const isText = columns.length === 1 && (root === 'VARCHAR' || root === 'CHAR');
    this.text = isText ? (first ?? null) : null;
    const written = columns.map((index) => ({ index, name: schema[index]!.name }));
    this.fields = new FieldBytes(schema, { format: JSON_FORMAT, columns: written }, createEncoder);
  }

  begin(batch: Batch): void {
    this.batch = batch;
    if (this.text === null) this.fields.encode(batch);
  }

  partitionOf(row: number): number {
    return partitionOfKey(this.bytesOf(row), this.partitionCount);
  }

  closed(): void {
    // Rows of a key never move.
  }

  private bytesOf(row: number): Uint8Array {
    if (this.text === null) return this.fields.of(row);
    const column = this.batch?.columns[this.text];
    if (column?.kind !== 'bytes' || column.nulls[row] === 1) return NO_BYTES;
    const start = column.start[row]!;
    return column.block.bytes.subarray(start, start + column.length[row]!);
  }
}

const NO_BYTES = new Uint8Array(0);
const JSON_FORMAT = {
  kind: 'json',
  failOnMissingField: false,
  timestampFormat: 'SQL',
  encodeDecimalAsPlainNumber: true,
  ignoreNullFields: false,
} as const;

function nothing(): void {
  // The choice depends on nothing that changes.
}
