/**
 * What has become of the first n rows of each partition since they were last emitted: they are
 * written down before the first change, and held against what they are after all.
 *
 * With the rank a place is updated when another row has come to it. Without it a row that has left
 * is deleted and one that has come is inserted, but a row that has taken the place of an older one
 * with the same key is an update. Deletes come before inserts, so that there are never more than n.
 */
import { rowKinds } from '../batch/batch.ts';
import { growFloat64 } from '../function/accumulator.ts';
import { NO_SLOT } from './rank-tree.ts';
import type { RankedRows } from './ranked-rows.ts';
import type { RowChanges } from './row-changes.ts';
import { grownInt32 } from './slot-array.ts';

export interface ChangeRules {
  readonly n: number;
  readonly hasRank: boolean;
  /** The row with the key of one that has gone; NO_SLOT: there is none. */
  readonly successorOf: (slot: number) => number;
}

export class FirstRowsChanges {
  private readonly rules: ChangeRules;
  /** Partitions that change, in order of their first change. */
  private readonly partitions: number[] = [];
  /** Where the rows of each end in `before`. */
  private readonly ends: number[] = [];
  private before: Int32Array = new Int32Array(0);
  private after: Int32Array = new Int32Array(0);
  /** By partition: 1 while it is in `partitions`. */
  private isNoted: Uint8Array = new Uint8Array(0);
  /** By slot: the round in which it was among the rows before, and after. */
  private wasIn: Float64Array = new Float64Array(0);
  private isIn: Float64Array = new Float64Array(0);
  private round = 0;

  constructor(rules: ChangeRules) {
    this.rules = rules;
  }

  /** The first rows of a partition are about to change. */
  note(partition: number, ranked: RankedRows): void {
    if (partition >= this.isNoted.length) {
      const grown = new Uint8Array(Math.max(partition + 1, this.isNoted.length * 2));
      grown.set(this.isNoted);
      this.isNoted = grown;
    }
    if (this.isNoted[partition] === 1) return;
    this.isNoted[partition] = 1;
    const from = this.ends.at(-1) ?? 0;
    const root = ranked.rootOf(partition);
    const count = Math.min(ranked.tree.sizeOf(root), this.rules.n);
    this.before = grownInt32(this.before, from + count, NO_SLOT);
    ranked.tree.first(root, count, this.before, from);
    this.partitions.push(partition);
    this.ends.push(from + count);
  }

  /** Adds what has changed, and forgets what was noted. */
  collect(ranked: RankedRows, changes: RowChanges): void {
    let from = 0;
    for (const [index, partition] of this.partitions.entries()) {
      const end = this.ends[index]!;
      const before = this.before.subarray(from, end);
      const root = ranked.rootOf(partition);
      const count = Math.min(ranked.tree.sizeOf(root), this.rules.n);
      this.after = grownInt32(this.after, count, NO_SLOT);
      ranked.tree.first(root, count, this.after, 0);
      const after = this.after.subarray(0, count);
      if (this.rules.hasRank) addPlaces(before, after, changes);
      else this.addRows(before, after, changes);
      this.isNoted[partition] = 0;
      from = end;
    }
    this.partitions.length = 0;
    this.ends.length = 0;
  }

  private addRows(before: Int32Array, after: Int32Array, changes: RowChanges): void {
    this.round++;
    const { round } = this;
    for (const slot of before) this.markOld(slot);
    for (const slot of after) this.markCurrent(slot);
    for (const slot of before) {
      if (this.isIn[slot] === round) continue;
      const successor = this.rules.successorOf(slot);
      if (successor !== NO_SLOT && this.isIn[successor] === round && !this.isOld(successor)) {
        changes.add(slot, rowKinds.updateBefore, 0);
        changes.add(successor, rowKinds.updateAfter, 0);
        this.markOld(successor);
      } else {
        changes.add(slot, rowKinds.delete, 0);
      }
    }
    for (const slot of after) if (!this.isOld(slot)) changes.add(slot, rowKinds.insert, 0);
  }

  private isOld(slot: number): boolean {
    return this.wasIn[slot] === this.round;
  }

  private markOld(slot: number): void {
    this.wasIn = growFloat64(this.wasIn, slot + 1);
    this.wasIn[slot] = this.round;
  }

  private markCurrent(slot: number): void {
    this.isIn = growFloat64(this.isIn, slot + 1);
    this.isIn[slot] = this.round;
  }
}

function addPlaces(before: Int32Array, after: Int32Array, changes: RowChanges): void {
  for (let place = 0; place < Math.max(before.length, after.length); place++) {
    const old = before[place] ?? NO_SLOT;
    const current = after[place] ?? NO_SLOT;
    if (old === current) continue;
    const rank = place + 1;
    if (current === NO_SLOT) {
      changes.add(old, rowKinds.delete, rank);
    } else if (old === NO_SLOT) {
      changes.add(current, rowKinds.insert, rank);
    } else {
      changes.add(old, rowKinds.updateBefore, rank);
      changes.add(current, rowKinds.updateAfter, rank);
    }
  }
}
