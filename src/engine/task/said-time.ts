/**
 * The watermark and the idleness that the consumers of one stream of one node have been told. After
 * a restore the node tells them again: a watermark is not part of an operator's state that has
 * passed it on, and whoever reads the stream now may not have been there.
 * Invariant: at another parallelism it is the lowest that any subtask had said.
 */
import { WATERMARK_MIN } from '../batch/batch.ts';
import { outputTimeName } from '../channel/time-state.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';

/** Version of what is written. */
const FORMAT_VERSION = 1;

export class SaidTime {
  watermarkMs = WATERMARK_MIN;
  isIdle = false;

  get isAnything(): boolean {
    return this.watermarkMs > WATERMARK_MIN || this.isIdle;
  }

  /** Writes nothing as long as nothing was said. */
  snapshotState(snapshot: SnapshotWriter, stream: string): void {
    if (!this.isAnything) return;
    const writer = snapshot.unionList(outputTimeName(stream));
    writer.uint8(FORMAT_VERSION);
    writer.float64(this.watermarkMs);
    writer.boolean(this.isIdle);
  }

  restoreState(restored: RestoredState, stream: string): void {
    const isRescaled = restored.parallelism !== restored.oldParallelism;
    let count = 0;
    let lowestMs = Infinity;
    let areIdle = true;
    for (const { subtask, reader } of restored.unionList(outputTimeName(stream))) {
      const version = reader.uint8();
      if (version !== FORMAT_VERSION) throw corruptState(`format ${version} of an output`);
      const watermarkMs = reader.float64();
      const isIdle = reader.boolean();
      if (!isRescaled && subtask !== restored.subtask) continue;
      count++;
      lowestMs = Math.min(lowestMs, watermarkMs);
      areIdle &&= isIdle;
    }
    // One that had said nothing had no watermark yet.
    if (count === 0 || (isRescaled && count < restored.oldParallelism)) return;
    this.watermarkMs = lowestMs;
    this.isIdle = areIdle;
  }
}
