/**
 * The watermarks of an operator's inputs in a snapshot: a union list, of which a subtask takes its
 * own element, or, at another parallelism, where the last of all is.
 */
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { WatermarkValve } from '../time/watermark-valve.ts';

/** What begins with `time/` is no state of the operator's own: nothing is lost without it. */
const NAME = 'time/inputs-of-operator';
const VERSION = 1;

export function writeValve(snapshot: SnapshotWriter, valve: WatermarkValve): void {
  const writer = snapshot.unionList(NAME);
  writer.uint8(VERSION);
  valve.snapshotState(writer);
}

/** Into a fresh valve, which stays as it is when the snapshot has none. */
export function readValve(restored: RestoredState, valve: WatermarkValve): void {
  const isSame = restored.parallelism === restored.oldParallelism;
  const old = restored.unionList(NAME).flatMap(({ subtask, reader }) => {
    if (isSame && subtask !== restored.subtask) return [];
    const version = reader.uint8();
    if (version !== VERSION) throw corruptState(`watermarks of unknown version ${version}`);
    const one = new WatermarkValve(valve.inputCount);
    one.restoreState(reader);
    reader.end();
    return one;
  });
  if (old.length > 0) valve.restoreLeast(old);
}
