/**
 * What one operator of one subtask gets of a snapshot: its share of the parts that all subtasks of
 * the operator wrote, whatever their number was.
 * Invariant: over all subtasks, each key group and each element of a list goes to exactly one.
 */
import { assert } from '../../errors/assert.ts';
import { corruptState } from './corrupt-state.ts';
import { holdsKeyGroup, keyGroupRangeOf, type KeyGroupRange } from './key-groups.ts';
import type { RestoredPiece, RestoredState } from './operator-snapshot.ts';
import type { StatePart, SubtaskState } from './state-part.ts';
import { StateReader } from './state-reader.ts';

export interface RestoredSubtask {
  readonly subtask: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
}

export class RestoredParts implements RestoredState {
  readonly subtask: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly oldParallelism: number;
  readonly keyGroups: KeyGroupRange;
  private readonly old: readonly SubtaskState[];

  /** `old`: of all subtasks that wrote the snapshot, in the order of their index. */
  constructor(old: readonly SubtaskState[], now: RestoredSubtask) {
    this.old = old;
    this.subtask = now.subtask;
    this.parallelism = now.parallelism;
    this.maxParallelism = now.maxParallelism;
    this.oldParallelism = old.length;
    this.keyGroups = keyGroupRangeOf(now.subtask, now.parallelism, now.maxParallelism);
  }

  get hasRowsInFlight(): boolean {
    return this.old.some(({ parts }) => parts.some(({ kind }) => kind === 'input-channel'));
  }

  *keyGroupParts(): Iterable<{ readonly group: number; readonly reader: StateReader }> {
    const owned = new Map<number, { readonly writer: number; readonly parts: Uint8Array[] }>();
    for (const { subtask, parts } of this.old) {
      for (const part of parts) {
        if (part.kind !== 'key-group' || !holdsKeyGroup(this.keyGroups, part.group)) continue;
        const known = owned.get(part.group) ?? { writer: subtask, parts: [] };
        if (known.writer !== subtask) {
          throw corruptState(`key group ${part.group} is there from two subtasks`);
        }
        known.parts.push(part.bytes);
        owned.set(part.group, known);
      }
    }
    for (const group of [...owned.keys()].sort((left, right) => left - right)) {
      for (const bytes of owned.get(group)!.parts) yield { group, reader: new StateReader(bytes) };
    }
  }

  list(name: string): readonly StateReader[] {
    // As Flink: at the same parallelism each subtask goes on with its own elements.
    const isSame = this.parallelism === this.oldParallelism;
    const old = isSame ? this.old.filter(({ subtask }) => subtask === this.subtask) : this.old;
    const elements = old
      .flatMap(({ parts }) => parts)
      .filter((part) => part.kind === 'list' && part.name === name);
    return elements.flatMap((part, index) =>
      isSame || index % this.parallelism === this.subtask ? readerOf(part) : [],
    );
  }

  unionList(name: string): readonly { readonly subtask: number; readonly reader: StateReader }[] {
    return this.old.flatMap(({ subtask, parts }) =>
      parts.flatMap((part) =>
        part.kind === 'union-list' && part.name === name
          ? [{ subtask, reader: readerOf(part) }]
          : [],
      ),
    );
  }

  broadcast(name: string): StateReader | null {
    for (const part of this.parts()) {
      if (part.kind === 'broadcast' && part.name === name) return readerOf(part);
    }
    return null;
  }

  ownSubtask(): StateReader | null {
    for (const { subtask, parts } of this.old) {
      const part = parts.find(({ kind }) => kind === 'subtask');
      if (part === undefined) continue;
      assert(this.parallelism === this.oldParallelism, 'state of a subtask keeps its parallelism');
      if (subtask === this.subtask) return readerOf(part);
    }
    return null;
  }

  *pieces(): Iterable<RestoredPiece> {
    for (const part of this.parts()) {
      if (part.kind !== 'piece' || !overlaps(part.keyGroups, this.keyGroups)) continue;
      yield { id: part.id, keyGroups: part.keyGroups, reader: readerOf(part) };
    }
  }

  private *parts(): Iterable<StatePart> {
    for (const { parts } of this.old) yield* parts;
  }
}

function readerOf(part: StatePart): StateReader {
  assert(part.bytes !== null, 'what is restored has been read');
  return new StateReader(part.bytes);
}

function overlaps(some: KeyGroupRange, others: KeyGroupRange): boolean {
  return some.first <= others.last && others.first <= some.last;
}
