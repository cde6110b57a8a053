/**
 * Collects what an operator writes in the synchronous phase of a snapshot. Parts that stay empty
 * are left out, but for elements of lists: an empty element is one.
 */
import { assert } from '../../errors/assert.ts';
import type { LaterState, SnapshotWriter } from './operator-snapshot.ts';
import type { StatePart } from './state-part.ts';
import { StateWriter } from './state-writer.ts';

/** What is asked for. */
export interface SnapshotOrder {
  readonly checkpointId: number;
  readonly isSavepoint: boolean;
  readonly maxParallelism: number;
}

/** Makes the part of what its writer holds; null: it holds nothing that counts. */
type PendingPart = () => StatePart | null;

export class SnapshotParts implements SnapshotWriter {
  /** What the operator writes later. */
  readonly laterStates: LaterState[] = [];
  readonly checkpointId: number;
  readonly isSavepoint: boolean;
  readonly maxParallelism: number;
  private readonly pending: PendingPart[] = [];
  private readonly groups = new Set<number>();
  private hasSubtask = false;

  constructor(order: SnapshotOrder) {
    this.checkpointId = order.checkpointId;
    this.isSavepoint = order.isSavepoint;
    this.maxParallelism = order.maxParallelism;
  }

  keyGroup(group: number): StateWriter {
    assert(!this.groups.has(group), 'a key group is written once');
    this.groups.add(group);
    return this.add((bytes) => (bytes.length === 0 ? null : { kind: 'key-group', group, bytes }));
  }

  list(name: string): StateWriter {
    return this.add((bytes) => ({ kind: 'list', name, bytes }));
  }

  unionList(name: string): StateWriter {
    return this.add((bytes) => ({ kind: 'union-list', name, bytes }));
  }

  broadcast(name: string): StateWriter {
    return this.add((bytes) => ({ kind: 'broadcast', name, bytes }));
  }

  subtask(): StateWriter {
    assert(!this.hasSubtask, 'the state of a subtask is written once');
    this.hasSubtask = true;
    return this.add((bytes) => (bytes.length === 0 ? null : { kind: 'subtask', bytes }));
  }

  later(state: LaterState): void {
    this.laterStates.push(state);
  }

  /** All that was written; the writers are not used any more. */
  finish(): readonly StatePart[] {
    return this.pending.flatMap((part) => part() ?? []);
  }

  private add(partOf: (bytes: Uint8Array) => StatePart | null): StateWriter {
    const writer = new StateWriter();
    this.pending.push(() => partOf(writer.take()));
    return writer;
  }
}
