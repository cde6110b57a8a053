/**
 * SUM(DISTINCT x) and AVG(DISTINCT x), and COUNT(DISTINCT x) where it is asked for all the time: passes each value of a group on to the plain aggregate the
 * first time it comes. Which ones have come is known at once from a set of pairs of slot and id
 * (assembly/pair-set.ts).
 */
import { assert } from '../../errors/assert.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { LocalIdReader, LocalIdWriter } from '../state/local-ids.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import {
  NO_SLOT,
  type Accumulator,
  type Operand,
  type RunningAccumulator,
  type SlottedRows,
} from './accumulator.ts';
import { isPairSource, PairChunk, type PairSource } from './pair-chunk.ts';
import { pairRowsOf } from './pair-rows.ts';

export class DistinctValuesAccumulator implements Accumulator, RunningAccumulator, PairSource {
  readonly appliesFilter = false;
  private readonly inner: Accumulator & RunningAccumulator;
  private readonly memory: LinearMemory;
  private readonly valuesOf: ((ids: Int32Array) => Column) | null;
  idLimit = 0;
  /** Address of the set. */
  private readonly seen: number;
  /** Rows of a batch whose value is new in its group. */
  private readonly fresh: Int32Array;

  /** `valuesOf`: the values of ids, by row number; null: the plain aggregate does not read them. */
  constructor(
    inner: Accumulator & RunningAccumulator,
    memory: LinearMemory,
    valuesOf: ((ids: Int32Array) => Column) | null,
  ) {
    this.inner = inner;
    this.valuesOf = valuesOf;
    this.memory = memory;
    this.seen = memory.kernels.createPairSet();
    this.fresh = memory.int32Array(BATCH_ROWS);
  }

  get sizeBytes(): number {
    return this.inner.sizeBytes + this.memory.kernels.pairSetSizeBytes(this.seen);
  }

  ensureSlots(slotCount: number): void {
    this.inner.ensureSlots(slotCount);
  }

  accumulate(selected: SlottedRows, operand: Operand): void {
    const { fresh, memory, seen } = this;
    const { count, slots } = selected;
    this.idLimit = operand.idLimit;
    const pairs = pairRowsOf(memory, selected, operand);
    const freshCount = memory.kernels.addPairs(
      seen,
      pairs.rows,
      count,
      pairs.slots,
      pairs.ids,
      pairs.nulls,
      fresh.byteOffset,
    );
    this.inner.accumulate({ rows: fresh, count: freshCount, slots }, operand);
  }

  merge(other: Accumulator, targets: Int32Array): void {
    assert(isPairSource(other), 'distinct values are merged with pairs');
    this.idLimit = Math.max(this.idLimit, other.idLimit);
    const chunk = new PairChunk(this.memory, (selected, pairs) => {
      this.takePairs(selected, pairs);
    });
    other.givePairs(targets, chunk);
    chunk.finish();
  }

  givePairs(targets: Int32Array, chunk: PairChunk): void {
    const pairs = this.copyOfPairs();
    for (let at = 0; at < pairs.length; at += 2) {
      const target = targets[pairs[at + 1]! - 1]!;
      if (target !== NO_SLOT) chunk.add(target, pairs[at]!);
    }
    this.memory.release(pairs);
  }

  emit(from: number, to: number, column: Column): void {
    this.inner.emit(from, to, column);
  }

  emitSlot(slot: number, column: Column, row: number): void {
    this.inner.emitSlot(slot, column, row);
  }

  clearSlot(slot: number): void {
    this.inner.clearSlot(slot);
    this.memory.kernels.clearPairs(this.seen, slot);
  }

  markIds(used: Uint8Array): void {
    this.memory.kernels.markPairIds(this.seen, used.byteOffset);
  }

  release(): void {
    this.memory.kernels.releasePairSet(this.seen);
    this.memory.release(this.fresh);
  }

  writeSlots(writer: StateWriter, slots: Int32Array, ids: LocalIdWriter | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    const { kernels } = this.memory;
    this.inner.writeSlots(writer, slots, null);
    ids.beginLists();
    let copied = this.memory.int32Array(BATCH_ROWS);
    for (const slot of slots) {
      const count = kernels.idCountOfPairs(this.seen, slot);
      if (count > copied.length) {
        this.memory.release(copied);
        copied = this.memory.int32Array(count * 2);
      }
      kernels.copyIdsOfPairs(this.seen, slot, copied.byteOffset);
      ids.addList(copied, 0, count);
    }
    this.memory.release(copied);
    ids.endLists(writer);
  }

  readSlots(reader: StateReader, slots: Int32Array, ids: LocalIdReader | null): void {
    assert(ids !== null, 'a distinct aggregate has ids');
    this.inner.readSlots(reader, slots, null);
    const lists = ids.readLists(reader, slots.length);
    let at = 0;
    for (const [index, slot] of slots.entries()) {
      for (const end = at + lists.counts[index]!; at < end; at++) {
        this.memory.kernels.addPair(this.seen, slot, lists.ids[at]!);
      }
    }
    this.idLimit = Math.max(this.idLimit, ids.idLimit);
  }

  /** Those that are new here go on to the plain aggregate. */
  private takePairs({ rows, count, slots }: SlottedRows, { ids, nulls }: PairChunk): void {
    const { fresh, seen, memory } = this;
    const freshCount = memory.kernels.addPairs(
      seen,
      rows.byteOffset,
      count,
      slots.byteOffset,
      ids.byteOffset,
      nulls.byteOffset,
      fresh.byteOffset,
    );
    const column = this.valuesOf?.(ids.subarray(0, count)) ?? null;
    this.inner.accumulate(
      { rows: fresh, count: freshCount, slots },
      { column, filter: null, keys: null, ids, idLimit: this.idLimit },
    );
  }

  /** Two words a pair: its id, and its slot + 1. */
  private copyOfPairs(): Int32Array {
    const { kernels } = this.memory;
    const pairs = this.memory.int32Array(kernels.pairSetSize(this.seen) * 2);
    kernels.copyPairs(this.seen, pairs.byteOffset);
    return pairs;
  }
}
