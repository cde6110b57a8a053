/**
 * Pairs of group and dictionary id on their way from one accumulator to another, as many at a time
 * as a batch has rows, in the form in which kernels take the pairs of a batch.
 */
import { BATCH_ROWS } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { SlottedRows } from './accumulator.ts';

/** What holds pairs and can give them to another. */
export interface PairSource {
  /** All ids are below this. */
  readonly idLimit: number;
  /** Adds each pair whose slot has a target (not NO_SLOT) to the chunk, under the target. */
  givePairs(targets: Int32Array, chunk: PairChunk): void;
}

export function isPairSource(accumulator: object): accumulator is PairSource {
  return 'givePairs' in accumulator;
}

export class PairChunk {
  readonly slots: Int32Array;
  readonly ids: Int32Array;
  /** No pair is NULL. */
  readonly nulls: Uint8Array;
  private readonly rows: Int32Array;
  private readonly memory: LinearMemory;
  private readonly take: (selected: SlottedRows, chunk: PairChunk) => void;
  private count = 0;

  /** `take`: gets the pairs, by row number. */
  constructor(memory: LinearMemory, take: (selected: SlottedRows, chunk: PairChunk) => void) {
    this.memory = memory;
    this.take = take;
    this.slots = memory.int32Array(BATCH_ROWS);
    this.ids = memory.int32Array(BATCH_ROWS);
    this.rows = memory.int32Array(BATCH_ROWS);
    this.nulls = memory.uint8Array(BATCH_ROWS);
    for (let row = 0; row < BATCH_ROWS; row++) this.rows[row] = row;
  }

  /** Adds the pairs of one slot. */
  addAll(slot: number, ids: Iterable<number>): void {
    for (const id of ids) this.add(slot, id);
  }

  add(slot: number, id: number): void {
    this.slots[this.count] = slot;
    this.ids[this.count] = id;
    if (++this.count === BATCH_ROWS) this.flush();
  }

  /** Gives the last pairs and the memory back; nothing is added afterwards. */
  finish(): void {
    this.flush();
    for (const array of [this.slots, this.ids, this.rows, this.nulls]) this.memory.release(array);
  }

  private flush(): void {
    const { rows, count, slots } = this;
    this.count = 0;
    if (count > 0) this.take({ rows, count, slots }, this);
  }
}
