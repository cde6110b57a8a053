/**
 * What an operator emits, kept for comparison; and the outputs of several subtasks as the one that a
 * consumer of all of them sees.
 */
import { expect } from 'vitest';
import type { Batch } from '../../src/engine/batch/batch.ts';
import { readValue } from '../../src/engine/batch/read-value.ts';
import type { Output } from '../../src/engine/operator/contract.ts';
import type { Value } from '../../src/expression/value.ts';

export const kindNames = ['+I', '-U', '+U', '-D'] as const;

export type RowKindName = (typeof kindNames)[number];

/** A watermark, or that rows are not expected for now, or are again. */
export type OutputTime = number | 'idle' | 'active';

export class CollectingOutput implements Output {
  isFull = false;
  /** What is emitted was emitted before, by those that the operators were restored from. */
  isMuted = false;
  /** What was emitted meanwhile: kinds and values. */
  readonly repeated: (readonly [RowKindName, readonly Value[]])[] = [];
  readonly rows: Value[][] = [];
  readonly kinds: RowKindName[] = [];
  readonly times: OutputTime[] = [];
  private readonly fillsUp: boolean;

  constructor(capacity: 1 | 'unlimited') {
    this.fillsUp = capacity === 1;
  }

  emit(batch: Batch): void {
    expect(this.isFull, 'a full output takes no batch').toBe(false);
    for (let row = 0; row < batch.rowCount; row++) {
      const values = batch.columns.map((column) => readValue(column, row));
      const kind = kindNames[batch.kinds?.[row] ?? 0]!;
      if (this.isMuted) {
        this.repeated.push([kind, values]);
        continue;
      }
      this.rows.push(values);
      this.kinds.push(kind);
    }
    this.isFull = this.fillsUp;
  }

  emitWatermark(watermarkMs: number): void {
    if (!this.isMuted) this.times.push(watermarkMs);
  }

  emitIdleness(isIdle: boolean): void {
    if (!this.isMuted) this.times.push(isIdle ? 'idle' : 'active');
  }
}

/**
 * Subtasks that get the same watermarks and idleness: the consumer's watermark rises, and it falls
 * idle, with the last of them.
 */
export class MergedTimes {
  private readonly target: CollectingOutput;
  private readonly watermarks: number[];
  private readonly areIdle: boolean[];
  private watermarkMs = -Infinity;
  private isIdle: boolean;

  constructor(target: CollectingOutput, subtasks: number) {
    this.target = target;
    this.watermarks = Array<number>(subtasks).fill(-Infinity);
    this.isIdle = target.times.findLast((time) => typeof time !== 'number') === 'idle';
    this.areIdle = Array<boolean>(subtasks).fill(this.isIdle);
  }

  outputOf(subtask: number): Output {
    const { target } = this;
    return {
      get isFull(): boolean {
        return target.isFull;
      },
      emit: (batch) => {
        target.emit(batch);
      },
      emitWatermark: (watermarkMs) => {
        this.watermarks[subtask] = watermarkMs;
        this.combine();
      },
      emitIdleness: (isIdle) => {
        this.areIdle[subtask] = isIdle;
        const areAllIdle = this.areIdle.every((each) => each);
        if (areAllIdle === this.isIdle) return;
        this.isIdle = areAllIdle;
        target.emitIdleness(areAllIdle);
      },
    };
  }

  private combine(): void {
    const lowest = Math.min(...this.watermarks);
    if (this.watermarks.length > 1 && lowest <= this.watermarkMs) return;
    this.watermarkMs = lowest;
    this.target.emitWatermark(lowest);
  }
}
