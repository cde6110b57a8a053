/** Event times of a batch on the clocks that window bounds are on. */
import { assert } from '../../errors/assert.ts';
import type { ZoneClock } from '../../expression/zone-clock.ts';
import type { Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';

export class RowTimes {
  private readonly timeIndex: number;
  private readonly zone: ZoneClock | null;
  private readonly zoned = new Float64Array(BATCH_ROWS);

  /** `timeIndex`: position of the time attribute. `zone`: null where its clocks are the bounds'. */
  constructor({
    timeIndex,
    zone,
  }: {
    readonly timeIndex: number;
    readonly zone: ZoneClock | null;
  }) {
    this.timeIndex = timeIndex;
    this.zone = zone;
  }

  /** Milliseconds by row; valid until the next call or until the batch is filled again. */
  read(batch: Batch): Float64Array {
    const column = batch.columns[this.timeIndex]!;
    assert(column.kind === 'timestamp', 'the time attribute is a timestamp');
    const { zone, zoned } = this;
    if (zone === null) return column.millis;
    for (let row = 0; row < batch.rowCount; row++) zoned[row] = zone.toLocalMs(column.millis[row]!);
    return zoned;
  }
}
