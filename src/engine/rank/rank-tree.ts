/**
 * Slots in order, many trees over one set of arrays: a tree is the slot at its root. Adding and
 * removing a slot and finding that of a rank cost the depth of the tree, which is some 2 log2 of its
 * size: a treap, whose priorities are mixed from the slots, so that two runs give the same trees.
 */
import { grownInt32 } from './slot-array.ts';

/** No slot: the root of an empty tree. */
export const NO_SLOT = -1;

export class RankTree {
  private readonly compare: (left: number, right: number) => number;
  private left: Int32Array = new Int32Array(0);
  private right: Int32Array = new Int32Array(0);
  /** By slot: how many slots are in the tree below it, itself included. */
  private count: Int32Array = new Int32Array(0);

  /** `compare`: negative when the first slot comes first, 0 for equal slots only. */
  constructor(compare: (left: number, right: number) => number) {
    this.compare = compare;
  }

  sizeOf(root: number): number {
    return root === NO_SLOT ? 0 : this.count[root]!;
  }

  /** Adds a slot that is in no tree; returns the root. */
  insert(root: number, slot: number): number {
    this.left = grownInt32(this.left, slot + 1, NO_SLOT);
    this.right = grownInt32(this.right, slot + 1, NO_SLOT);
    this.count = grownInt32(this.count, slot + 1, 0);
    this.left[slot] = NO_SLOT;
    this.right[slot] = NO_SLOT;
    this.count[slot] = 1;
    return this.insertBelow(root, slot);
  }

  /** Takes out a slot that is in the tree; returns the root. */
  remove(root: number, slot: number): number {
    if (root === slot) return this.join(this.left[slot]!, this.right[slot]!);
    this.count[root] = this.count[root]! - 1;
    if (this.compare(slot, root) < 0) this.left[root] = this.remove(this.left[root]!, slot);
    else this.right[root] = this.remove(this.right[root]!, slot);
    return root;
  }

  /** The slot of this rank, counted from 0. */
  slotAt(root: number, rank: number): number {
    let node = root;
    let before = rank;
    while (node !== NO_SLOT) {
      const leftSize = this.sizeOf(this.left[node]!);
      if (before === leftSize) return node;
      if (before < leftSize) {
        node = this.left[node]!;
      } else {
        before -= leftSize + 1;
        node = this.right[node]!;
      }
    }
    return NO_SLOT;
  }

  /** Writes the first `limit` slots to `target` from `at` on; returns how many there are. */
  first(root: number, limit: number, target: Int32Array, at: number): number {
    if (root === NO_SLOT || limit === 0) return 0;
    let count = this.first(this.left[root]!, limit, target, at);
    if (count === limit) return count;
    target[at + count++] = root;
    return count + this.first(this.right[root]!, limit - count, target, at + count);
  }

  private insertBelow(root: number, slot: number): number {
    if (root === NO_SLOT) return slot;
    if (priorityOf(slot) > priorityOf(root)) {
      this.split(root, slot);
      this.recount(slot);
      return slot;
    }
    this.count[root] = this.count[root]! + 1;
    if (this.compare(slot, root) < 0) this.left[root] = this.insertBelow(this.left[root]!, slot);
    else this.right[root] = this.insertBelow(this.right[root]!, slot);
    return root;
  }

  /** Parts a tree into what comes before the slot and what comes behind, as its two sides. */
  private split(root: number, slot: number): void {
    if (root === NO_SLOT) {
      this.left[slot] = NO_SLOT;
      this.right[slot] = NO_SLOT;
    } else if (this.compare(slot, root) < 0) {
      this.split(this.left[root]!, slot);
      this.left[root] = this.right[slot]!;
      this.recount(root);
      this.right[slot] = root;
    } else {
      this.split(this.right[root]!, slot);
      this.right[root] = this.left[slot]!;
      this.recount(root);
      this.left[slot] = root;
    }
  }

  /** One tree of two, of which the first comes before the second. */
  private join(first: number, second: number): number {
    if (first === NO_SLOT) return second;
    if (second === NO_SLOT) return first;
    if (priorityOf(first) > priorityOf(second)) {
      this.right[first] = this.join(this.right[first]!, second);
      this.recount(first);
      return first;
    }
    this.left[second] = this.join(first, this.left[second]!);
    this.recount(second);
    return second;
  }

  private recount(slot: number): void {
    this.count[slot] = this.sizeOf(this.left[slot]!) + this.sizeOf(this.right[slot]!) + 1;
  }
}

/** Each slot has another one: the mixing can be undone. */
function priorityOf(slot: number): number {
  let mixed = Math.imul(slot ^ (slot >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
