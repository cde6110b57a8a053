/**
 * Numbers of one subtask that belong to no key, such as its watermark and its counters: an element of
 * union list state. At the same parallelism each subtask goes on with its own. At another one all
 * go on with what `merges` makes of those of all.
 */
import { corruptState } from './corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from './operator-snapshot.ts';
import type { StateReader } from './state-reader.ts';

/** `sum`: goes on in the first subtask alone, so that the sum of all stays what it was. */
export type Merge = 'least' | 'greatest' | 'sum';

const NAME = 'progress';
const VERSION = 1;

export function writeSubtaskValues(snapshot: SnapshotWriter, values: readonly number[]): void {
  const writer = snapshot.unionList(NAME);
  writer.uint8(VERSION);
  for (const value of values) writer.float64(value);
}

/** Null: the operator has left none. Sums are counts: whole and not negative. */
export function readSubtaskValues(
  restored: RestoredState,
  merges: readonly Merge[],
): readonly number[] | null {
  const all = restored.unionList(NAME).map(({ subtask, reader }) => ({
    subtask,
    values: readElement(reader, merges),
  }));
  if (all.length === 0) return null;
  const own = all.find(({ subtask }) => subtask === restored.subtask);
  if (own !== undefined && restored.parallelism === restored.oldParallelism) return own.values;
  return merges.map((merge, index) => {
    const values = all.map((each) => each.values[index]!);
    switch (merge) {
      case 'least':
        return Math.min(...values);
      case 'greatest':
        return Math.max(...values);
      case 'sum':
        return restored.subtask === 0 ? values.reduce((sum, value) => sum + value, 0) : 0;
    }
  });
}

function readElement(reader: StateReader, merges: readonly Merge[]): readonly number[] {
  const version = reader.uint8();
  if (version !== VERSION) throw corruptState(`progress of unknown version ${version}`);
  const values = merges.map((merge) => {
    const value = reader.float64();
    const isCount = Number.isSafeInteger(value) && value >= 0;
    if (Number.isNaN(value) || (merge === 'sum' && !isCount)) {
      throw corruptState('the progress of a subtask is none');
    }
    return value;
  });
  reader.end();
  return values;
}
