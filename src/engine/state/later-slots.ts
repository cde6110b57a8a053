/**
 * State kept by the dense ids of keys, written into a snapshot while rows go on. At the barrier all
 * ids are marked; a marked id that is about to change is written first, the others run by run.
 * Invariant: what is written of an id is what it was at the barrier, and it is written once. An id
 * that is marked and in the snapshot is in use, so no sweep drops its key.
 */
import { BATCH_ROWS } from '../batch/column.ts';
import type { KeyDictionary } from './key-dictionary.ts';
import type { LaterState, LaterWriter, SnapshotWriter } from './operator-snapshot.ts';
import { StateWriter } from './state-writer.ts';

/**
 * Up to so many ids state is written at the barrier: it takes a millisecond at most, less than the
 * turns that it would have to wait for.
 */
export const BARRIER_IDS_MAX = 1024;
/** Ids in a run: about a millisecond. Source: 0.2 to 0.9 us an id, measured. */
const RUN_IDS = BATCH_ROWS;
/** The end of a list. */
const NO_ID = -1;
const UNMARKED = 0;
const MARKED = 1;

/** What is written of one snapshot, as it is at the barrier. */
export interface FrozenSlots {
  /** All ids in use are below. */
  readonly idLimit: number;
  /** Whether the snapshot holds the id; asked before the id changes, at any time after the barrier. */
  readonly isIn: (id: number) => boolean;
  /** Ids in a run at most, where one id takes long; absent: RUN_IDS. */
  readonly runIdsMax?: number;
  /** Writes ids of one key group behind what the writer has. */
  readonly writeRun: (writer: StateWriter, ids: Int32Array) => void;
  /** The key group of each id; valid until the next call. */
  readonly groupsOf: (ids: Int32Array, groupCount: number) => ArrayLike<number>;
}

/** What is kept by the ids of a dictionary, which knows their key groups. */
export type FrozenIds = Omit<FrozenSlots, 'groupsOf'>;

export class LaterSlots {
  private readonly dictionary: KeyDictionary;
  private readonly barrierIdsMax: number;
  /** Snapshots that are being written, oldest first. */
  private readonly underWay: SlotsSnapshot[] = [];

  constructor(dictionary: KeyDictionary, barrierIdsMax = BARRIER_IDS_MAX) {
    this.dictionary = dictionary;
    this.barrierIdsMax = barrierIdsMax;
  }

  /** Whether state of so many ids is too large for the barrier. */
  isLarge(idLimit: number): boolean {
    return idLimit > this.barrierIdsMax;
  }

  /** At the barrier. */
  begin(snapshot: SnapshotWriter, frozen: FrozenIds): void {
    const { dictionary, underWay } = this;
    const groupsOf = (ids: Int32Array, groupCount: number): ArrayLike<number> =>
      dictionary.groupsOf(ids, groupCount);
    const state = new SlotsSnapshot(
      { ...frozen, groupsOf },
      {
        groupCount: snapshot.maxParallelism,
        onEnd: () => underWay.splice(underWay.indexOf(state), 1),
      },
    );
    underWay.push(state);
    snapshot.later(state);
  }

  /** Whether a snapshot is being written. */
  get isUnderWay(): boolean {
    return this.underWay.length > 0;
  }

  /**
   * The state of the first `count` ids may change now; ids may repeat, and new ones be among them.
   * Not called while the owner has anything in a scratch area of the linear memory.
   */
  beforeChange(ids: Int32Array, count: number): void {
    if (this.underWay.length === 0) return;
    for (const state of this.underWay) state.beforeChange(ids, count);
  }
}

/** Where a snapshot of slots stands. */
export interface SnapshotPlace {
  readonly groupCount: number;
  /** Nothing is written any more. */
  readonly onEnd: () => void;
}

/** What one snapshot still has to write. */
export class SlotsSnapshot implements LaterState {
  private readonly frozen: FrozenSlots;
  private readonly place: SnapshotPlace;
  /** By id: MARKED until it is written or found not to be in the snapshot. */
  private readonly marks: Uint8Array;
  /** By id: the next one of its key group; by group: the first one. */
  private readonly next: Int32Array;
  private readonly first: Int32Array;
  /** By group: what was written before it changed, until the group has its turn. */
  private readonly early: (StateWriter | null)[];
  private readonly run = new Int32Array(RUN_IDS);
  /** Ids from here on have been given to their groups. */
  private position: number;
  /** The group that has its turn. */
  private group = 0;

  constructor(frozen: FrozenSlots, place: SnapshotPlace) {
    this.frozen = frozen;
    this.place = place;
    this.position = frozen.idLimit;
    this.marks = new Uint8Array(frozen.idLimit).fill(MARKED);
    this.next = new Int32Array(frozen.idLimit);
    this.first = new Int32Array(place.groupCount).fill(NO_ID);
    this.early = Array.from({ length: place.groupCount }, () => null);
  }

  writeNext(writer: LaterWriter): boolean {
    if (this.position > 0) {
      this.linkRun();
      return true;
    }
    for (; this.group < this.place.groupCount; this.group++) {
      const ids = this.takeRun();
      const early = this.early[this.group]!;
      if (ids.length === 0 && early === null) continue;
      const target = writer.keyGroup(this.group);
      if (early !== null) target.append(early.take());
      this.early[this.group] = null;
      if (ids.length > 0) this.frozen.writeRun(target, ids);
      return true;
    }
    return false;
  }

  async settled(): Promise<void> {
    // Nothing is written in the background.
  }

  end(): void {
    this.place.onEnd();
  }

  /** See LaterSlots. */
  beforeChange(ids: Int32Array, count: number): void {
    const { frozen, marks } = this;
    const found = new Int32Array(count);
    let foundCount = 0;
    for (let index = 0; index < count; index++) {
      const id = ids[index]!;
      if (marks[id] !== MARKED) continue;
      marks[id] = UNMARKED;
      if (frozen.isIn(id)) found[foundCount++] = id;
    }
    if (foundCount > 0) this.writeEarly(found.subarray(0, foundCount));
  }

  /** Gives the next ids, from the last one down, to the lists of their groups. */
  private linkRun(): void {
    const { first, frozen, marks, next, place, run } = this;
    let count = 0;
    while (this.position > 0 && count < RUN_IDS) {
      const id = --this.position;
      if (marks[id] !== MARKED) continue;
      if (frozen.isIn(id)) run[count++] = id;
      else marks[id] = UNMARKED;
    }
    const ids = run.subarray(0, count);
    const groups = frozen.groupsOf(ids, place.groupCount);
    for (let index = 0; index < count; index++) {
      const id = ids[index]!;
      const group = groups[index]!;
      next[id] = first[group]!;
      first[group] = id;
    }
  }

  /** The next ids of the group that are still to be written; valid until the next call. */
  private takeRun(): Int32Array {
    const { first, frozen, group, marks, next, run } = this;
    const { runIdsMax = RUN_IDS } = frozen;
    let count = 0;
    let id = first[group]!;
    for (; id !== NO_ID && count < runIdsMax; id = next[id]!) {
      if (marks[id] !== MARKED) continue;
      marks[id] = UNMARKED;
      run[count++] = id;
    }
    first[group] = id;
    return run.subarray(0, count);
  }

  private writeEarly(ids: Int32Array): void {
    const groups = this.frozen.groupsOf(ids, this.place.groupCount);
    // Sorted by group, and by id in each: one number says both.
    const { idLimit } = this.frozen;
    const sorted = new Float64Array(ids.length);
    for (let index = 0; index < ids.length; index++) {
      sorted[index] = groups[index]! * idLimit + ids[index]!;
    }
    sorted.sort();
    let from = 0;
    for (let index = 0; index < sorted.length; index++) {
      const group = Math.floor(sorted[index]! / idLimit);
      ids[index] = sorted[index]! - group * idLimit;
      const isLast = index + 1 === sorted.length || sorted[index + 1]! >= (group + 1) * idLimit;
      if (!isLast) continue;
      const writer = (this.early[group] ??= new StateWriter());
      this.frozen.writeRun(writer, ids.subarray(from, index + 1));
      from = index + 1;
    }
  }
}
