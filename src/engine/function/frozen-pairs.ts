/**
 * The distinct ids of groups as they were at a barrier, while more come: pairs lie in segments, and
 * a barrier seals the one that is added to. What is sealed does not change until no snapshot needs
 * it. A group of many ids is written in pieces.
 * Invariant: the segments of a snapshot together hold what the groups held at its barrier.
 */
import { assert } from '../../errors/assert.ts';
import type { LocalIdWriter } from '../state/local-ids.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { FrozenGroups, GroupPiece } from './accumulator.ts';
import type { PairLists } from './pair-lists.ts';

/** A group of more ids is written by itself. Source: 256 of 1,024 groups take 18 ms. */
export const LARGE_GROUP_IDS = 256;
/** Ids in a piece: about a millisecond. Source: 70 ns an id, measured. */
const PIECE_IDS = 1 << 14;

/** Pairs that are sealed, and who needs them. */
export class PairSegment {
  readonly pairs: PairLists;
  /** Snapshots that still write it. */
  snapshotCount = 0;
  /** The groups are still made of it. */
  isInUse = true;

  constructor(pairs: PairLists) {
    this.pairs = pairs;
  }

  /** Gives it back once nobody needs it. */
  releaseUnused(): void {
    if (this.snapshotCount === 0 && !this.isInUse) this.pairs.release();
  }
}

export class FrozenPairs implements FrozenGroups {
  private readonly segments: readonly PairSegment[];
  private readonly slotCount: number;
  private readonly onRelease: () => void;

  constructor(segments: readonly PairSegment[], slotCount: number, onRelease: () => void) {
    this.segments = segments;
    this.slotCount = slotCount;
    this.onRelease = onRelease;
    for (const segment of segments) segment.snapshotCount++;
  }

  writeSlots(writer: StateWriter, slots: Int32Array, ids: LocalIdWriter | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    ids.beginLists();
    const [first, ...others] = this.segments;
    if (first !== undefined && others.length === 0) {
      first.pairs.writeLists(ids, slots, LARGE_GROUP_IDS);
    } else {
      for (const slot of slots) {
        const union = this.isLarge(slot) ? [] : this.unionOf(slot);
        ids.addList(Int32Array.from(union), 0, union.length);
      }
    }
    ids.endLists(writer);
  }

  *pieces(): Generator<GroupPiece, void> {
    for (let slot = 0; slot < this.slotCount; slot++) {
      if (!this.isLarge(slot)) continue;
      for (const { pairs } of this.segments) {
        const held = pairs.idsOf(slot);
        for (let from = 0; from < held.length; from += PIECE_IDS) {
          yield pieceOf(slot, held.subarray(from, from + PIECE_IDS));
        }
      }
    }
  }

  release(): void {
    for (const segment of this.segments) {
      segment.snapshotCount--;
      segment.releaseUnused();
    }
    this.onRelease();
  }

  private isLarge(slot: number): boolean {
    let count = 0;
    for (const { pairs } of this.segments) count += pairs.countedSlots()[slot] ?? 0;
    return count > LARGE_GROUP_IDS;
  }

  /** Few; an id may be in several segments. */
  private unionOf(slot: number): readonly number[] {
    return [...new Set(this.segments.flatMap(({ pairs }) => [...pairs.idsOf(slot)]))];
  }
}

function pieceOf(slot: number, held: Int32Array): GroupPiece {
  return {
    slot,
    writeSlots(writer, _slots, ids) {
      assert(ids !== null, 'a distinct aggregate has ids');
      ids.beginLists();
      ids.addList(held, 0, held.length);
      ids.endLists(writer);
    },
  };
}
