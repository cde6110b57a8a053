/**
 * COUNT(DISTINCT x), exact, of a window whose counts are asked for at its end: for all groups of
 * the window, which dictionary ids they have seen (pair-lists.ts). All of it is dropped with the
 * window. While a snapshot is written what was there at its barrier lies apart (frozen-pairs.ts).
 */
import { assert } from '../../errors/assert.ts';
import type { Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { LocalIdReader, LocalIdWriter } from '../state/local-ids.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { Accumulator, FrozenGroups, Operand, SlottedRows } from './accumulator.ts';
import { FrozenPairs, PairSegment } from './frozen-pairs.ts';
import { isPairSource, PairChunk, type PairSource } from './pair-chunk.ts';
import { PairLists } from './pair-lists.ts';
import { pairRowsOf } from './pair-rows.ts';
import { writeLongs } from './write-result.ts';

export class DistinctCountAccumulator implements Accumulator, PairSource {
  readonly appliesFilter = false;
  private readonly memory: LinearMemory;
  private slotCount = 0;
  /** What comes is added to these. */
  private own: PairLists;
  /** What was there at barriers, oldest first; with `own` all that the groups hold. */
  private sealed: PairSegment[] = [];
  private isReleased = false;

  constructor(memory: LinearMemory) {
    this.memory = memory;
    this.own = new PairLists(memory);
  }

  get idLimit(): number {
    return this.all().reduce((limit, pairs) => Math.max(limit, pairs.idLimit), 0);
  }

  get sizeBytes(): number {
    return this.all().reduce((sum, pairs) => sum + pairs.sizeBytes, 0);
  }

  get heldIds(): number {
    return this.all().reduce((sum, pairs) => sum + pairs.pairCount, 0);
  }

  ensureSlots(slotCount: number): void {
    if (slotCount <= this.slotCount) return;
    this.slotCount = slotCount;
    this.own.ensureSlots(slotCount);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const pairs = pairRowsOf(this.memory, selected, operand);
    this.own.add(pairs, selected.count, operand.idLimit);
    if (this.sealed.length === 0) this.own.sortOut();
  }

  merge(other: Accumulator, targets: Int32Array): void {
    assert(isPairSource(other), 'a distinct count is merged with pairs');
    const { idLimit } = other;
    const chunk = new PairChunk(this.memory, ({ rows, count, slots }, { ids, nulls }) => {
      const addresses = {
        rows: rows.byteOffset,
        slots: slots.byteOffset,
        ids: ids.byteOffset,
        nulls: nulls.byteOffset,
      };
      this.own.add(addresses, count, idLimit);
    });
    other.givePairs(targets, chunk);
    chunk.finish();
  }

  /** A pair may be given more than once. */
  givePairs(targets: Int32Array, chunk: PairChunk): void {
    for (const pairs of this.all()) pairs.givePairs(targets, chunk);
  }

  emit(from: number, to: number, column: Column): void {
    this.unite();
    writeLongs(column, this.own.countedSlots().subarray(from, to));
  }

  markIds(used: Uint8Array): void {
    for (const pairs of this.all()) pairs.markIds(used);
  }

  release(): void {
    this.isReleased = true;
    this.own.release();
    this.letGo();
  }

  writeSlots(writer: StateWriter, slots: Int32Array, ids: LocalIdWriter | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    this.unite();
    ids.beginLists();
    this.own.writeLists(ids, slots, Infinity);
    ids.endLists(writer);
  }

  freeze(): FrozenGroups {
    if (this.own.pairCount > 0) {
      this.sealed.push(new PairSegment(this.own));
      this.own = new PairLists(this.memory);
      this.own.ensureSlots(this.slotCount);
    }
    return new FrozenPairs([...this.sealed], this.slotCount, () => {
      this.thaw();
    });
  }

  readSlots(reader: StateReader, slots: Int32Array, ids: LocalIdReader | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    this.own.addLists(slots, ids.readLists(reader, slots.length), ids.idLimit);
  }

  private all(): readonly PairLists[] {
    return [...this.sealed.map(({ pairs }) => pairs), this.own];
  }

  /** Adds what is sealed to what is not: the groups are asked for as a whole. */
  private unite(): void {
    for (const { pairs } of this.sealed) this.own.addAll(pairs);
    this.letGo();
  }

  /** No snapshot needs what is sealed: what has come since is added to it, as that is less. */
  private thaw(): void {
    if (this.isReleased || this.sealed.some(({ snapshotCount }) => snapshotCount > 0)) return;
    const [first, ...others] = this.sealed;
    if (first === undefined) return;
    for (const { pairs } of others) first.pairs.addAll(pairs);
    first.pairs.addAll(this.own);
    this.own.release();
    this.own = first.pairs;
    this.own.ensureSlots(this.slotCount);
    this.sealed = others;
    this.letGo();
  }

  /** The groups are made of what is sealed no more. */
  private letGo(): void {
    for (const segment of this.sealed) {
      segment.isInUse = false;
      segment.releaseUnused();
    }
    this.sealed = [];
  }
}
