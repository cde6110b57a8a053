/**
 * Gives the distinct values of a stream numbers that leave the engine. NULL has no number. Each key
 * group has numbers of its own, so that groups can go to other subtasks: the nth value of group g,
 * from 0 on in the order in which they arrive first, has the number n * (number of groups) + g. As
 * values spread evenly over groups, the numbers are dense but for some at the upper end.
 *
 * The ids of the key dictionary are used again once a key is dropped; a number is not, because what
 * was made of it (a bitmap in a store) may still hold it. So numbers are kept beside the ids.
 * A value that did not occur for the time to live is forgotten and gets a new number when it comes
 * again.
 * Invariant: a value has one number as long as it is kept, and a number stands for one value for ever.
 */
import { assert } from '../../errors/assert.ts';
import { EngineError } from '../../errors/drey-error.ts';
import { BATCH_ROWS, type Column, type IntColumn } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { corruptState } from './corrupt-state.ts';
import { KeyDictionary } from './key-dictionary.ts';
import { KeyEncoder } from './key-encoder.ts';
import { keyGroupOf } from './key-groups.ts';
import type { KeyRanges } from './key-ranges.ts';
import { idsInUse, KeyedSections } from './keyed-sections.ts';
import type { RestoredState, SnapshotWriter } from './operator-snapshot.ts';
import { SlotExpiry } from './slot-expiry.ts';
import type { StateWriter } from './state-writer.ts';

/** Numbers are those of an INT that is not negative. */
export const NUMBERS_MAX = 2_147_483_648;
/** The number of an id that no key has. */
const NO_NUMBER = -1;
const INITIAL_IDS = 1024;
/** Of what is kept for a value: its number, and when it occurred. */
const VERSION = 1;

export interface NumberBounds {
  /** Milliseconds of processing time; 0: values are kept for ever. */
  readonly ttlMs: number;
  /** How many numbers there are. */
  readonly limit: number;
  /** Number of key groups; the same as long as there is state. */
  readonly maxParallelism: number;
}

export class ValueNumbers {
  private readonly memory: LinearMemory;
  private readonly expiry: SlotExpiry;
  private readonly encoder: KeyEncoder;
  private readonly keys: KeyDictionary;
  /** Ids of the rows of the last batch that have a value: `idCount` of them, row numbers beside. */
  private readonly ids: Int32Array;
  private idCount = 0;
  private readonly rows = new Int32Array(BATCH_ROWS);
  private readonly start = new Int32Array(BATCH_ROWS);
  private readonly length = new Int32Array(BATCH_ROWS);
  private numbers = new Int32Array(INITIAL_IDS).fill(NO_NUMBER);
  /** By key group: how many values have got a number. */
  private readonly given: Uint32Array;
  private readonly bounds: NumberBounds;
  /** Some keys of the dictionary have no number any more. */
  private hasForgotten = false;

  constructor(memory: LinearMemory, bounds: NumberBounds) {
    this.memory = memory;
    this.bounds = bounds;
    this.given = new Uint32Array(bounds.maxParallelism);
    this.expiry = new SlotExpiry(bounds.ttlMs);
    this.encoder = new KeyEncoder(memory);
    this.keys = new KeyDictionary(memory);
    this.ids = memory.int32Array(BATCH_ROWS);
  }

  /** Values that are held. */
  get size(): number {
    return this.keys.size;
  }

  /** Processing time at which `expire` is to be called; Infinity: nothing expires. */
  get nextExpiryMs(): number {
    return this.expiry.nextExpiryMs;
  }

  /** Writes the number of each value of `column` into `target`, which was reset; NULL for NULL. */
  numberRows(column: Column, rowCount: number, target: IntColumn, nowMs: number): void {
    const keys = this.keysOf(column, rowCount, target);
    this.keys.internAll(keys, this.idCount, this.ids);
    this.reserve(this.keys.idLimit);
    if (this.bounds.ttlMs > 0) this.touch(nowMs);
    for (let index = 0; index < this.idCount; index++) {
      const id = this.ids[index]!;
      if (this.numbers[id] === NO_NUMBER) this.numbers[id] = this.nextNumber(keys, index);
      target.values[this.rows[index]!] = this.numbers[id]!;
    }
  }

  /** Goes on with forgetting what has expired; to be called until `nextExpiryMs` is in the future. */
  expire(nowMs: number): void {
    for (const id of this.expiry.expired(nowMs)) {
      this.numbers[id] = NO_NUMBER;
      this.hasForgotten = true;
    }
    // Dropping keys is a pass over all of them, so it waits for the last part.
    if (this.hasForgotten && this.expiry.nextExpiryMs > nowMs) this.dropForgotten();
  }

  /** Values that have expired at `nowMs` are left out. */
  snapshotState(snapshot: SnapshotWriter, nowMs: number): void {
    const { expiry, keys, numbers } = this;
    const ids = idsInUse(
      keys.idLimit,
      (id) => numbers[id] !== NO_NUMBER && !expiry.isExpired(id, nowMs),
    );
    const groups = [...this.given.keys()].filter((group) => this.given[group]! > 0);
    const write = (writer: StateWriter, own: Int32Array, group: number): void => {
      writer.uint32(this.given[group]!);
      writer.int32Array(own.map((id) => numbers[id]!));
      expiry.writeTimes(writer, own);
    };
    this.sections().write(snapshot, ids, write, groups);
  }

  restoreState(restored: RestoredState): void {
    const { maxParallelism } = this.bounds;
    assert(restored.maxParallelism === maxParallelism, 'a dictionary keeps its key groups');
    this.sections().read(restored, (reader, ids, group) => {
      this.reserve(this.keys.idLimit);
      const given = reader.uint32();
      const numbers = reader.int32Array();
      if (numbers.length !== ids.length) throw corruptState('values and numbers do not match');
      checkNumbers(numbers, { group, given, maxParallelism });
      this.given[group] = given;
      for (const [index, id] of ids.entries()) this.numbers[id] = numbers[index]!;
      this.expiry.readTimes(reader, ids);
    });
  }

  /** Gives up the tables; nothing else is called afterwards. */
  release(): void {
    this.keys.release();
    this.memory.release(this.ids);
  }

  /** The keys of the rows that have a value; the others are NULL in `target`. */
  private keysOf(column: Column, rowCount: number, target: IntColumn): KeyRanges {
    const keys = this.encoder.encode([column], rowCount);
    let count = 0;
    for (let row = 0; row < rowCount; row++) {
      if (column.nulls[row] === 1) {
        target.setNull(row);
        continue;
      }
      this.start[count] = keys.start[row]!;
      this.length[count] = keys.length[row]!;
      this.rows[count++] = row;
    }
    this.idCount = count;
    return { block: keys.block, start: this.start, length: this.length };
  }

  /** The ids of the batch are in use now; those that had expired lose their number. */
  private touch(nowMs: number): void {
    for (let index = 0; index < this.idCount; index++) {
      const id = this.ids[index]!;
      if (this.expiry.isExpired(id, nowMs)) this.numbers[id] = NO_NUMBER;
    }
    this.expiry.touch(this.ids, this.idCount, nowMs);
  }

  private dropForgotten(): void {
    const used = this.memory.uint8Array(this.keys.idLimit);
    for (let id = 0; id < used.length; id++) if (this.numbers[id] !== NO_NUMBER) used[id] = 1;
    this.keys.retain(used);
    this.memory.release(used);
    this.hasForgotten = false;
  }

  /** The number of a value that is new; `index`: of its key. */
  private nextNumber({ block, start, length }: KeyRanges, index: number): number {
    const { limit, maxParallelism } = this.bounds;
    const group = keyGroupOf(block.bytes, start[index]!, length[index]!, maxParallelism);
    const number = this.given[group]! * maxParallelism + group;
    if (number < limit) {
      this.given[group] = this.given[group]! + 1;
      return number;
    }
    throw new EngineError(
      'DREY_DICTIONARY_FULL',
      `all numbers below ${limit} that the dictionary has for key group ${group} have been given to values`,
      {
        hint: 'A number is never used again. Start the job without its state, or split the stream into several dictionaries.',
        details: { numbers: limit, keyGroup: group, values: this.keys.size },
      },
    );
  }

  private sections(): KeyedSections {
    return new KeyedSections({ dictionary: this.keys, version: VERSION });
  }

  private reserve(idLimit: number): void {
    if (idLimit <= this.numbers.length) return;
    const grown = new Int32Array(Math.max(idLimit, this.numbers.length * 2)).fill(NO_NUMBER);
    grown.set(this.numbers);
    this.numbers = grown;
  }
}

interface GroupNumbers {
  readonly group: number;
  readonly given: number;
  readonly maxParallelism: number;
}

/** They are those of the group, were given, and each one once. */
function checkNumbers(numbers: Int32Array, { group, given, maxParallelism }: GroupNumbers): void {
  let before = NO_NUMBER;
  for (const number of numbers.toSorted()) {
    const isOfGroup = number % maxParallelism === group;
    if (!isOfGroup || number === before || Math.floor(number / maxParallelism) >= given) {
      throw corruptState(`key group ${group} has the number ${number}`);
    }
    before = number;
  }
}
