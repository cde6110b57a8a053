/**
 * The records that one poll decodes: where each lies in the block, and what Kafka says of it.
 * Columns of numbers that are filled again for every poll.
 */
import type { Value } from '../../../../expression/value.ts';
import { BATCH_ROWS } from '../../../batch/column.ts';

/** The length of what is null. */
export const NULL_LENGTH = -1;

/** By the number in `timestampTypes`; Kafka's names. */
export const TIMESTAMP_TYPES = ['CreateTime', 'LogAppendTime'] as const;

export class RecordRun {
  count = 0;
  readonly offsets = new Float64Array(BATCH_ROWS);
  readonly timestamps = new Float64Array(BATCH_ROWS);
  /** See TIMESTAMP_TYPES. */
  readonly timestampTypes = new Uint8Array(BATCH_ROWS);
  readonly leaderEpochs = new Int32Array(BATCH_ROWS);
  /** In the block; NULL_LENGTH as length: the record takes the row of its key away. */
  readonly valueStart = new Int32Array(BATCH_ROWS);
  readonly valueLength = new Int32Array(BATCH_ROWS);
  /** In the block of keys, where keys are read. */
  readonly keyStart = new Int32Array(BATCH_ROWS);
  readonly keyLength = new Int32Array(BATCH_ROWS);
  /** Canonical maps, where headers are read. */
  readonly headers: Value[] = [];
  /** Whether some value is null. */
  hasNullValues = false;

  get isFull(): boolean {
    return this.count === BATCH_ROWS;
  }

  /** Behind the last value in the block. */
  get end(): number {
    for (let index = this.count - 1; index >= 0; index--) {
      if (this.valueLength[index] !== NULL_LENGTH) {
        return this.valueStart[index]! + this.valueLength[index]!;
      }
    }
    return 0;
  }

  reset(): void {
    this.count = 0;
    this.headers.length = 0;
    this.hasNullValues = false;
  }
}
