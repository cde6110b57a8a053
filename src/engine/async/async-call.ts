/** One row that is in flight: what came in, how often it was called for, and what came back. */
import type { Value } from '../../expression/value.ts';
import type { Attempt } from './attempt.ts';
import type { QueuedRow, Segment } from './result-queue.ts';

/** `called`: an answer is awaited; `paused`: until the next attempt; `done`: waits to leave. */
export type CallState = 'called' | 'paused' | 'done';

export class AsyncCall implements QueuedRow {
  /** The row, canonical values in the order of the input's columns. */
  readonly values: readonly Value[];
  /** The watermark that held before the row. */
  readonly watermarkMs: number;
  /** Which row of the node's input it is, from 1. */
  readonly position: number;
  state: CallState = 'paused';
  /** Attempts so far; an answer to an earlier one is nobody's. */
  attempt = 0;
  /** True once it has taken too long and the module's `timeout` was asked instead. */
  hasTimedOut = false;
  /** The latest of them. */
  latest: Attempt | null = null;
  /** When it is done: the values of the result columns, for each row that comes of it. */
  rows: readonly (readonly Value[])[] = [];
  /** Where it stands in the queue; set by the queue. */
  segment: Segment<QueuedRow> | null = null;

  constructor(values: readonly Value[], watermarkMs: number, position: number) {
    this.values = values;
    this.watermarkMs = watermarkMs;
    this.position = position;
  }
}
