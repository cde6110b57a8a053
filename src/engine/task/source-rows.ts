/**
 * From what a format decoded to the rows of a source node: computed columns, event time, the
 * watermark before each row and after the batch. The same for connectors and for pipeline tests.
 */
import { InputError } from '../../errors/drey-error.ts';
import type { EvaluationContext } from '../../expression/function/contract.ts';
import { WATERMARK_MIN, type Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import { RowProjection } from '../batch/project.ts';
import type { SourceStreamNode } from '../graph/stream-graph.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { createStrategy } from '../time/create-strategy.ts';
import { SplitWatermarks } from '../time/split-watermarks.ts';
import type { FanOut } from './edge.ts';
import { WatermarkEmission } from './watermark-emission.ts';

/** How far event time has come in one subtask of a source. */
export interface SourceTime {
  readonly combinedMs: number;
  /** False: no split of it counts any more. */
  readonly isKnown: boolean;
}

export class SourceRows {
  /** A subtask that nothing is left to read for is idle, so that those with splits go on. */
  isIdleWithoutSplits = false;
  private readonly node: SourceStreamNode;
  private readonly projection: RowProjection;
  private readonly output: FanOut;
  private readonly watermarks: SplitWatermarks | null;
  private readonly before = new Float64Array(BATCH_ROWS);
  private readonly emission: WatermarkEmission;

  constructor(
    node: SourceStreamNode,
    splitCount: number,
    context: EvaluationContext,
    output: FanOut,
  ) {
    this.node = node;
    this.output = output;
    this.projection = new RowProjection(
      {
        inputSchema: node.physicalSchema,
        outputSchema: node.schema,
        expressions: node.columns,
      },
      context,
    );
    const intervalMs = node.watermark?.emitIntervalMs ?? null;
    this.emission = new WatermarkEmission(output, intervalMs, context.nowMs);
    this.watermarks =
      node.watermark === null
        ? null
        : new SplitWatermarks(splitCount, createStrategy(node.watermark.strategy, context.nowMs));
  }

  /** Epoch milliseconds; null without event time or before the first row. */
  get watermarkMs(): number | null {
    const { watermarks } = this;
    return watermarks === null || watermarks.watermarkMs === -Infinity
      ? null
      : watermarks.watermarkMs;
  }

  /** How far event time has come in this split; -Infinity without event time. */
  splitWatermark(split: number): number {
    return this.watermarks?.of(split) ?? -Infinity;
  }

  /** Emits the rows of a physical batch of one split, and the watermark behind them. */
  emit(split: number, splitName: string, physical: Batch): void {
    if (physical.rowCount === 0) return;
    const batch = this.projection.apply(physical);
    if (this.watermarks !== null && this.node.watermark !== null) {
      const column = batch.columns[this.node.watermark.columnIndex]!;
      if (column.kind !== 'timestamp' || column.hasNulls) throw this.nullTime(splitName);
      const rows = { split, millis: column.millis, rowCount: batch.rowCount };
      this.watermarks.advance(rows, this.before);
      batch.watermarksBefore = this.before;
      batch.watermarkAfter = this.watermarks.watermarkMs;
      // Rows follow: whoever left this source out of its minimum has to know first.
      this.emission.setIdle(false);
    }
    this.output.emit(batch);
    this.tellTime();
  }

  /** The split sends no rows for now; it does not hold the watermark back. */
  markIdle(split: number): void {
    this.watermarks?.markIdle(split);
    this.tellTime();
  }

  /** The split has no further rows. */
  endSplit(split: number): void {
    this.watermarks?.end(split);
    this.tellTime();
  }

  /** A watermark given from outside, which does not wait for its interval. */
  raiseTo(split: number, watermarkMs: number): void {
    this.watermarks?.raiseTo(split, watermarkMs);
    this.tellTime();
    this.emission.flush();
  }

  /** Processing time, epoch milliseconds, at which a watermark that waits is due; Infinity: none. */
  get dueAtMs(): number {
    return this.emission.dueAtMs;
  }

  emitDue(): void {
    this.emission.emitDue();
  }

  /** The bounded input has ended: every window fires. */
  emitFinalWatermark(): void {
    this.emission.end();
  }

  /** A further split; returns its index. */
  addSplit(): number {
    return this.watermarks?.addSplit() ?? 0;
  }

  /** The split takes no part in the minimum for now. */
  isSplitIdle(split: number): boolean {
    return this.watermarks?.isSplitIdle(split) ?? false;
  }

  /** Where event time is in one split. */
  snapshotSplit(split: number, writer: StateWriter): void {
    if (this.watermarks === null || this.node.watermark === null) return;
    // Under another strategy what this one keeps has no meaning.
    writer.text(this.node.watermark.strategy.kind);
    this.watermarks.snapshotSplit(split, writer);
  }

  /** `reader` holds what `snapshotSplit` wrote, perhaps for another watermark or none. */
  restoreSplit(split: number, reader: StateReader): void {
    if (this.watermarks === null || this.node.watermark === null || reader.remaining === 0) return;
    if (reader.text() === this.node.watermark.strategy.kind) {
      this.watermarks.restoreSplit(split, reader);
    }
  }

  /** How far the source as a whole has come. */
  get progress(): SourceTime {
    const { watermarks } = this;
    if (watermarks === null) return { combinedMs: WATERMARK_MIN, isKnown: false };
    return { combinedMs: watermarks.watermarkMs, isKnown: watermarks.hasActiveSplit };
  }

  /** After all splits were restored. */
  restoreProgress(combinedMs: number): void {
    this.watermarks?.restoreCombined(combinedMs);
  }

  /** Tells consumers that have just started what they have to know; between two batches. */
  announce(): void {
    this.tellTime();
  }

  /** Tells the consumers how far the source has come, and when it has fallen idle or come back. */
  private tellTime(): void {
    const { watermarks, emission } = this;
    if (watermarks === null) return;
    emission.rise(watermarks.watermarkMs);
    const isEmpty = this.isIdleWithoutSplits && !watermarks.hasActiveSplit;
    emission.setIdle(watermarks.isIdle || isEmpty);
  }

  private nullTime(splitName: string): InputError {
    const column = this.node.schema[this.node.watermark!.columnIndex]!.name;
    return new InputError(
      'DREY_EVENT_TIME_NULL',
      `source ${this.node.uid}, ${splitName}: a row has no event time: column ${column} is NULL`,
      {
        hint: `Give every row a ${column}, or compute it with COALESCE in the columns of the source.`,
        details: { source: this.node.uid, split: splitName, column },
      },
    );
  }
}
