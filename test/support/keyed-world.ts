/**
 * Subtasks with keyed state, the snapshots that they take, and a storage that keeps what complete
 * snapshots need and nothing else: what a job does around keyed backends, step by step.
 */
import type { BackendOptions, KeyedBackend } from '../../src/engine/state/backend/keyed-backend.ts';
import { keyGroupOf, subtaskOfKeyGroup } from '../../src/engine/state/key-groups.ts';
import { KeyedStates } from '../../src/engine/state/keyed/keyed-states.ts';
import type { ListTable } from '../../src/engine/state/keyed/list-table.ts';
import type { MapTable } from '../../src/engine/state/keyed/map-table.ts';
import type { ValueTable } from '../../src/engine/state/keyed/value-table.ts';
import { LaterParts } from './later-parts.ts';
import type { LaterState } from '../../src/engine/state/operator-snapshot.ts';
import { RestoredParts } from '../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../src/engine/state/snapshot-parts.ts';
import type { StatePart, SubtaskState } from '../../src/engine/state/state-part.ts';
import { TimerQueue } from '../../src/engine/time/timer-queue.ts';
import { backendOf, textKey } from './backends.ts';

export const WORLD_GROUPS = 16;

export class WorldSubtask {
  readonly backend: KeyedBackend;
  readonly timers = new TimerQueue();
  readonly value: ValueTable;
  readonly list: ListTable;
  readonly map: MapTable;

  constructor(options: BackendOptions, restored: RestoredParts | null) {
    this.backend = backendOf(() => 0, options);
    this.backend.add(this.timers, '');
    const states = new KeyedStates(this.backend, () => 0);
    if (restored !== null) {
      this.backend.restoreState(restored, (kind, name) =>
        kind === this.timers.kind ? this.timers : states.restoredTable(kind, name),
      );
    }
    this.value = states.declare('value', 'v', null) as ValueTable;
    this.list = states.declare('list', 'l', null) as ListTable;
    this.map = states.declare('map', 'm', null) as MapTable;
  }

  key(name: string): number {
    return textKey(this.backend, name);
  }
}

/** A snapshot of all subtasks that is being written, or has been. */
export class WorldSnapshot<Model> {
  readonly checkpointId: number;
  readonly isSavepoint: boolean;
  /** What it must hold. */
  readonly model: Model;
  /** Named pieces have their bytes here, whatever becomes of the storage. */
  readonly parts: StatePart[][];
  /** What is still to be written, by subtask. */
  readonly left: (LaterState | null)[];
  /** Given up: a piece that it names is gone. */
  isBroken = false;

  constructor(order: { checkpointId: number; isSavepoint: boolean; model: Model }, count: number) {
    this.checkpointId = order.checkpointId;
    this.isSavepoint = order.isSavepoint;
    this.model = order.model;
    this.parts = Array.from({ length: count }, () => []);
    this.left = Array.from<null>({ length: count }).fill(null);
  }

  get isWritten(): boolean {
    return !this.isBroken && this.left.every((state) => state === null);
  }

  get states(): readonly SubtaskState[] {
    return this.parts.map((parts, subtask) => ({ subtask, parts }));
  }
}

export class KeyedWorld<Model> {
  subtasks: readonly WorldSubtask[];
  readonly pending: WorldSnapshot<Model>[] = [];
  readonly complete: WorldSnapshot<Model>[] = [];
  /** Bytes that snapshots have written, without pieces that they reused. */
  writtenBytes = 0;
  private readonly options: BackendOptions;
  private lastCheckpointId = 0;

  constructor(options: BackendOptions, parallelism: number) {
    this.options = options;
    this.subtasks = Array.from({ length: parallelism }, () => new WorldSubtask(options, null));
  }

  /** The subtask that owns a key. */
  ownerOf(name: string): WorldSubtask {
    const bytes = new TextEncoder().encode(name);
    const group = keyGroupOf(bytes, 0, bytes.length, WORLD_GROUPS);
    return this.subtasks[subtaskOfKeyGroup(group, this.subtasks.length, WORLD_GROUPS)]!;
  }

  begin(isSavepoint: boolean, model: Model): WorldSnapshot<Model> {
    const checkpointId = ++this.lastCheckpointId;
    const snapshot = new WorldSnapshot({ checkpointId, isSavepoint, model }, this.subtasks.length);
    for (const [subtask, { backend }] of this.subtasks.entries()) {
      const parts = new SnapshotParts({ checkpointId, isSavepoint, maxParallelism: WORLD_GROUPS });
      backend.snapshotState(parts);
      snapshot.parts[subtask]!.push(...parts.finish());
      snapshot.left[subtask] = parts.laterStates[0] ?? null;
    }
    this.pending.push(snapshot);
    return snapshot;
  }

  /** Writes what comes next in one subtask; false: it has written all. */
  step(snapshot: WorldSnapshot<Model>, subtask: number): boolean {
    const state = snapshot.left[subtask % snapshot.left.length];
    if (state === null || state === undefined) return false;
    const parts = snapshot.parts[subtask % snapshot.left.length]!;
    const later = new LaterParts((id) => ({ first: Number(id.split('-')[1]), last: WORLD_GROUPS }));
    const hasMore = state.writeNext(later);
    for (const part of later.take()) {
      const whole = part.bytes === null ? this.namedPiece(part) : part;
      if (whole === null) {
        this.abort(snapshot);
        snapshot.isBroken = true;
        return false;
      }
      if (part.bytes !== null) this.writtenBytes += part.bytes.length;
      parts.push(whole);
    }
    if (hasMore) return true;
    snapshot.left[subtask % snapshot.left.length] = null;
    state.end(true);
    return false;
  }

  finish(snapshot: WorldSnapshot<Model>): void {
    for (const subtask of snapshot.left.keys()) while (this.step(snapshot, subtask));
  }

  abort(snapshot: WorldSnapshot<Model>): void {
    for (const [subtask, state] of snapshot.left.entries()) {
      state?.end(false);
      snapshot.left[subtask] = null;
    }
    this.pending.splice(this.pending.indexOf(snapshot), 1);
  }

  /** It is complete; the others of its kind but one are thrown away with pieces that nobody needs. */
  becomeComplete(snapshot: WorldSnapshot<Model>): void {
    this.pending.splice(this.pending.indexOf(snapshot), 1);
    this.complete.push(snapshot);
    const alike = this.complete.filter(({ isSavepoint }) => isSavepoint === snapshot.isSavepoint);
    if (alike.length > 2) this.complete.splice(this.complete.indexOf(alike[0]!), 1);
    if (snapshot.isSavepoint) return;
    for (const { backend } of this.subtasks) backend.checkpointCompleted(snapshot.checkpointId);
  }

  /** The attempt has failed: all that is not complete is gone. */
  restore(snapshot: WorldSnapshot<Model>, parallelism: number): void {
    for (const each of this.pending.slice()) this.abort(each);
    // It is the latest one from now on.
    this.complete.splice(this.complete.indexOf(snapshot), 1);
    this.complete.push(snapshot);
    this.subtasks = Array.from(
      { length: parallelism },
      (_, subtask) =>
        new WorldSubtask(
          this.options,
          new RestoredParts(snapshot.states, {
            subtask,
            parallelism,
            maxParallelism: WORLD_GROUPS,
          }),
        ),
    );
  }

  /** A piece as a snapshot that is still there has written it. */
  private namedPiece(named: StatePart): StatePart | null {
    for (const { parts } of this.complete) {
      for (const part of parts.flat()) {
        if (part.kind === 'piece' && named.kind === 'piece' && part.id === named.id) return part;
      }
    }
    return null;
  }
}
