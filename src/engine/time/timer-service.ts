/**
 * The timers of a keyed operator, in event time and in processing time, with the watermark that has
 * been reached. A timer of event time is due when the watermark has reached its time, as in Flink.
 * Keys are dense ids; the queues are tables of the operator's keyed state.
 */
import { WATERMARK_MIN } from '../batch/batch.ts';
import { TimerQueue } from './timer-queue.ts';

export class TimerService {
  readonly eventTime = new TimerQueue('event-timers');
  readonly processingTime = new TimerQueue('processing-timers');
  /** Never falls. Timers up to it are due. */
  watermarkMs = WATERMARK_MIN;

  get hasDueEventTimer(): boolean {
    return this.eventTime.size > 0 && this.eventTime.nextMs <= this.watermarkMs;
  }
}
