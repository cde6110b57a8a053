/** Takes and restores the state of an operator, as the subtasks of a job do. */
import type { Operator } from '../../src/engine/operator/contract.ts';
import { MAX_PARALLELISM_DEFAULT } from '../../src/engine/state/key-groups.ts';
import { LaterParts } from './later-parts.ts';
import { RestoredParts } from '../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../src/engine/state/snapshot-parts.ts';
import type { StatePart, SubtaskState } from '../../src/engine/state/state-part.ts';

type Stateful = Pick<Operator, 'snapshotState' | 'restoreState'>;

let lastCheckpointId = 0;
/** By id: a restored operator names those of the snapshot that it comes from again. */
const pieces = new Map<string, StatePart & { readonly kind: 'piece' }>();

/** A snapshot whose later states are written when the caller says so. */
export class StateTaken {
  private readonly parts: SnapshotParts;
  private readonly later = new LaterParts((id) => pieces.get(id)!.keyGroups);

  constructor(operator: Pick<Stateful, 'snapshotState'>) {
    this.parts = new SnapshotParts({
      checkpointId: ++lastCheckpointId,
      isSavepoint: false,
      maxParallelism: MAX_PARALLELISM_DEFAULT,
    });
    operator.snapshotState(this.parts);
  }

  /** Whether the operator has left anything for later. */
  get hasLater(): boolean {
    return this.parts.laterStates.length > 0;
  }

  /** Goes on with what is not at its end; false: nothing was left. */
  writeNext(): boolean {
    return this.parts.laterStates.some((state) => state.writeNext(this.later));
  }

  /** Writes what is left. */
  finish(): readonly StatePart[] {
    while (this.writeNext());
    for (const state of this.parts.laterStates) state.end(true);
    return [...this.parts.finish(), ...this.later.take()].map(whole);
  }

  giveUp(): void {
    for (const state of this.parts.laterStates) state.end(false);
  }
}

function whole(part: StatePart): StatePart {
  if (part.kind !== 'piece') return part;
  if (part.bytes !== null) pieces.set(part.id, part);
  return pieces.get(part.id)!;
}

/** All of it, also what the operator leaves for later. */
export function stateOf(operator: Pick<Stateful, 'snapshotState'>): readonly StatePart[] {
  return new StateTaken(operator).finish();
}

export function restoreInto(
  operator: Pick<Stateful, 'restoreState'>,
  parts: readonly StatePart[],
): void {
  restoreSubtask(operator, [{ subtask: 0, parts }], { subtask: 0, parallelism: 1 });
}

/** `states`: of all subtasks that were snapshotted, whatever their number. */
export function restoreSubtask(
  operator: Pick<Stateful, 'restoreState'>,
  states: readonly SubtaskState[],
  now: { readonly subtask: number; readonly parallelism: number },
): void {
  operator.restoreState(
    new RestoredParts(states, { ...now, maxParallelism: MAX_PARALLELISM_DEFAULT }),
  );
}

/** Bytes of all parts together. */
export function sizeOf(parts: readonly StatePart[]): number {
  return parts.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
}
