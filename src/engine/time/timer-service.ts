/**
 * The timers of a keyed operator, in event time and in processing time, with the watermark that has
 * been reached. A timer of event time is due when the watermark has reached its time, as in Flink.
 * Keys are dense ids; who gives them asks `markKeys` before it takes one back.
 */
import { WATERMARK_MIN } from '../batch/batch.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { TimerQueue } from './timer-queue.ts';

export class TimerService {
  readonly eventTime = new TimerQueue();
  readonly processingTime = new TimerQueue();
  /** Never falls. Timers up to it are due. */
  watermarkMs = WATERMARK_MIN;

  get hasDueEventTimer(): boolean {
    return this.eventTime.size > 0 && this.eventTime.nextMs <= this.watermarkMs;
  }

  markKeys(used: Uint8Array): void {
    this.eventTime.markKeys(used);
    this.processingTime.markKeys(used);
  }

  snapshotState(writer: StateWriter): void {
    writer.float64(this.watermarkMs);
    this.eventTime.snapshotState(writer);
    this.processingTime.snapshotState(writer);
  }

  /** Into a fresh service. */
  restoreState(reader: StateReader): void {
    this.watermarkMs = reader.float64();
    this.eventTime.restoreState(reader);
    this.processingTime.restoreState(reader);
  }
}
