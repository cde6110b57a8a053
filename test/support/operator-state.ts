/** Takes and restores the state of one operator that is alone, as a subtask does. */
import type { Operator } from '../../src/engine/operator/contract.ts';
import { MAX_PARALLELISM_DEFAULT } from '../../src/engine/state/key-groups.ts';
import { RestoredParts } from '../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../src/engine/state/snapshot-parts.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';

type Stateful = Pick<Operator, 'snapshotState' | 'restoreState'>;

export function stateOf(operator: Pick<Stateful, 'snapshotState'>): readonly StatePart[] {
  const parts = new SnapshotParts({
    checkpointId: 1,
    isSavepoint: false,
    maxParallelism: MAX_PARALLELISM_DEFAULT,
  });
  operator.snapshotState(parts);
  return parts.finish();
}

export function restoreInto(
  operator: Pick<Stateful, 'restoreState'>,
  parts: readonly StatePart[],
): void {
  operator.restoreState(
    new RestoredParts([{ subtask: 0, parts }], {
      subtask: 0,
      parallelism: 1,
      maxParallelism: MAX_PARALLELISM_DEFAULT,
    }),
  );
}

/** Bytes of all parts together. */
export function sizeOf(parts: readonly StatePart[]): number {
  return parts.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
}
