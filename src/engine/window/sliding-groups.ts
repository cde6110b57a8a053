/** The groups of a hopping window, whose counts of distinct values are looked up by their key. */
import type { Column } from '../batch/column.ts';
import { writeLongs } from '../function/write-result.ts';
import type { FiredGroups } from './fired-groups.ts';
import type { OpenWindow } from './open-window.ts';
import type { SlidingDistinct } from './sliding-distinct.ts';

export class SlidingGroups implements FiredGroups {
  private readonly window: OpenWindow;
  private readonly sliding: readonly (SlidingDistinct | null)[];

  constructor(window: OpenWindow, sliding: readonly (SlidingDistinct | null)[]) {
    this.window = window;
    this.sliding = sliding;
  }

  get slotCount(): number {
    return this.window.slotCount;
  }

  keysOf(from: number, to: number): Int32Array {
    return this.window.keysOf(from, to);
  }

  writeResult(aggregateIndex: number, from: number, to: number, column: Column): void {
    const sliding = this.sliding[aggregateIndex] ?? null;
    if (sliding === null) {
      this.window.writeResult(aggregateIndex, from, to, column);
      return;
    }
    const keys = this.window.keysOf(from, to);
    writeLongs(
      column,
      keys.map((key) => sliding.countOf(key)),
    );
  }
}
