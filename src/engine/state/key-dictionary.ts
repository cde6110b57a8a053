/**
 * Gives each distinct byte key a dense 32-bit id, so that everything behind it works on integers.
 * Open addressing with linear probing, at most half full. An entry is four words and never on two
 * cache lines: its tag (id + 1, and the length of a short key), then the key itself when it has at
 * most INLINE_BYTES bytes, else its hash, its place in a word arena and its length. Keys die by
 * `retain`: the owner says which ids are still in use, the others are handed out again, so an
 * endless stream of new keys stays bounded.
 * Invariant: ids in use are below `idLimit`, and an id keeps its key until a `retain` drops it.
 */
import { EngineError } from '../../errors/drey-error.ts';
import { ByteBlock } from '../batch/byte-block.ts';
import { finishHash, hashBytes, HASH_SEED, mixWord } from '../batch/hash.ts';
import { alignedWords } from './aligned-words.ts';
import {
  ENTRY_SHIFT,
  ENTRY_WORDS,
  HASH,
  ID_MASK,
  INITIAL_SLOTS,
  INLINE_BYTES,
  LENGTH_SHIFT,
  LONG_LENGTH,
  LONG_MARK,
  NULL_MARK,
  PLACE,
  SLOTS_MAX,
  SMALL_SLOTS,
} from './key-entry.ts';
import { NULL_KEY_LENGTH, type KeyRanges } from './key-ranges.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';
import { WordArena } from './word-arena.ts';

/** For each length up to INLINE_BYTES, the bits of the key's three words that belong to it. */
const wordMasks = Array.from({ length: 3 }, (_unused, word) =>
  Int32Array.from({ length: INLINE_BYTES + 1 }, (_none, length) => {
    const bytes = Math.min(4, Math.max(0, length - word * 4));
    return bytes === 4 ? -1 : (1 << (bytes * 8)) - 1;
  }),
);
const [masks0, masks1, masks2] = wordMasks as [Int32Array, Int32Array, Int32Array];

/** Takes the result of the prefetch pass, so that it is not optimised away. */
const prefetchResult = new Int32Array(1);

export class KeyDictionary {
  private slots = INITIAL_SLOTS;
  private table = alignedWords(INITIAL_SLOTS * ENTRY_WORDS);
  /** Keys that are too long for their entry. */
  private arena = new WordArena();
  /** Entry offset (in words) of each id; -1 for a free id. */
  private entryOfId = new Int32Array(INITIAL_SLOTS).fill(-1);
  private freeIds: number[] = [];
  private keyCount = 0;
  private nextId = 0;

  /** Keys present. */
  get size(): number {
    return this.keyCount;
  }

  /** All ids in use are below this. */
  get idLimit(): number {
    return this.nextId;
  }

  /** Bytes held by the tables. */
  get sizeBytes(): number {
    return this.table.byteLength + this.arena.sizeBytes + this.entryOfId.byteLength;
  }

  /**
   * Writes the id of each key range into `ids`, adding keys that are new. One loop that holds the
   * whole way of a short key: small functions would each be compiled again on their own, and that
   * costs more than the loop on inputs of a few million rows.
   */
  internAll(keys: KeyRanges, rowCount: number, ids: Int32Array): void {
    prefetchResult[0] = this.touch(keys.hashes, rowCount);
    const { hashes, start, length } = keys;
    const { view } = keys.block;
    const [short0, short1, short2] = [masks0, masks1, masks2];
    let { table } = this;
    for (let row = 0; row < rowCount; row++) {
      const size = length[row]!;
      const at = start[row]!;
      const hash = hashes[row]!;
      if (size <= 0 || size > INLINE_BYTES) {
        ids[row] = this.intern(view, at, size, hash);
        table = this.table;
        continue;
      }
      const word0 = view.getInt32(at, true) & short0[size]!;
      const word1 = size > 4 ? view.getInt32(at + 4, true) & short1[size]! : 0;
      const word2 = size > 8 ? view.getInt32(at + 8, true) & short2[size]! : 0;
      const mask = table.length - 1;
      let entry = (hash << ENTRY_SHIFT) & mask;
      let tag = table[entry]!;
      while (
        tag !== 0 &&
        (table[entry + 3] !== word2 ||
          table[entry + 2] !== word1 ||
          table[entry + 1] !== word0 ||
          tag >>> LENGTH_SHIFT !== size)
      ) {
        entry = (entry + ENTRY_WORDS) & mask;
        tag = table[entry]!;
      }
      if (tag !== 0) {
        ids[row] = (tag & ID_MASK) - 1;
        continue;
      }
      table[entry + 1] = word0;
      table[entry + 2] = word1;
      table[entry + 3] = word2;
      ids[row] = this.claim(entry, hash, size);
      table = this.table;
    }
  }

  /** The id of one key of `length` bytes (NULL_KEY_LENGTH: the NULL key); added when it is new. */
  intern(view: DataView, start: number, length: number, hash: number): number {
    const entry = this.seek(view, start, length, hash);
    const tag = this.table[entry]!;
    if (tag !== 0) return (tag & ID_MASK) - 1;
    this.writeKey(entry, view, start, length);
    return this.claim(entry, hash, length);
  }

  /** Writes the id of each key range into `ids`, -1 where the key is not known. */
  findAll(keys: KeyRanges, rowCount: number, ids: Int32Array): void {
    prefetchResult[0] = this.touch(keys.hashes, rowCount);
    const { hashes, start, length } = keys;
    const { view } = keys.block;
    for (let row = 0; row < rowCount; row++) {
      ids[row] = this.find(view, start[row]!, length[row]!, hashes[row]!);
    }
  }

  /** Bytes of the key of `id`; NULL_KEY_LENGTH for the NULL key. */
  lengthOf(id: number): number {
    const entry = this.entryOfId[id]!;
    const mark = this.table[entry]! >>> LENGTH_SHIFT;
    if (mark <= INLINE_BYTES) return mark;
    return mark === NULL_MARK ? NULL_KEY_LENGTH : this.table[entry + LONG_LENGTH]!;
  }

  /** The first four bytes of the key of `id`, as a word. */
  firstWordOf(id: number): number {
    const entry = this.entryOfId[id]!;
    const { table } = this;
    const isInline = table[entry]! >>> LENGTH_SHIFT <= INLINE_BYTES;
    return isInline ? table[entry + 1]! : this.arena.words[table[entry + PLACE]!]!;
  }

  /** Copies the key of `id`, in whole words, to `target` at `at`; the rest of the last word is 0. */
  copyKey(id: number, target: DataView, at: number): void {
    const entry = this.entryOfId[id]!;
    const { table } = this;
    const length = this.lengthOf(id);
    const isInline = length <= INLINE_BYTES;
    const words = isInline ? table : this.arena.words;
    const from = isInline ? entry + 1 : table[entry + PLACE]!;
    for (let word = 0; word << 2 < length; word++) {
      target.setInt32(at + (word << 2), words[from + word]!, true);
    }
  }

  /** Drops every key whose id is not marked (1) in `used`; their ids become free. */
  retain(used: Uint8Array): void {
    const old = { table: this.table, arena: this.arena, entryOfId: this.entryOfId };
    const limit = this.nextId;
    let kept = 0;
    for (let id = 0; id < limit; id++) if (old.entryOfId[id]! >= 0 && used[id] === 1) kept++;
    this.clear(slotsFor(kept));
    let last = -1;
    for (let id = 0; id < limit; id++) {
      const entry = old.entryOfId[id]!;
      if (entry < 0 || used[id] !== 1) continue;
      last = id;
      this.ensureIds(id + 1);
      this.moveLong(this.place(old.table, entry), old.arena);
    }
    this.keyCount = kept;
    this.nextId = last + 1;
    for (let id = last; id >= 0; id--) if (this.entryOfId[id] === -1) this.freeIds.push(id);
  }

  snapshotState(writer: StateWriter): void {
    writer.uint32(this.nextId);
    writer.uint32(this.keyCount);
    for (let id = 0; id < this.nextId; id++) {
      if (this.entryOfId[id]! < 0) continue;
      const length = this.lengthOf(id);
      writer.uint32(id);
      writer.boolean(length === NULL_KEY_LENGTH);
      const key = new ByteBlock(Math.max(length, 0));
      if (length > 0) this.copyKey(id, key.view, 0);
      writer.bytes(key.bytes.subarray(0, Math.max(length, 0)));
    }
  }

  restoreState(reader: StateReader): void {
    const nextId = reader.uint32();
    const count = reader.uint32();
    this.clear(slotsFor(count));
    for (let index = 0; index < count; index++) {
      const id = reader.uint32();
      const isNull = reader.boolean();
      const key = ByteBlock.of(reader.bytes());
      this.nextId = id;
      this.freeIds.length = 0;
      const length = isNull ? NULL_KEY_LENGTH : key.capacity;
      this.intern(key.view, 0, length, isNull ? 0 : hashBytes(key.view, 0, length));
    }
    this.nextId = nextId;
    for (let id = nextId - 1; id >= 0; id--) {
      if (id >= this.entryOfId.length || this.entryOfId[id] === -1) this.freeIds.push(id);
    }
    this.ensureIds(nextId);
  }

  private find(view: DataView, start: number, length: number, hash: number): number {
    return (this.table[this.seek(view, start, length, hash)]! & ID_MASK) - 1;
  }

  /** The entry of a key, or the free one where it belongs. */
  private seek(view: DataView, start: number, length: number, hash: number): number {
    if (length > INLINE_BYTES) return this.seekLong(view, start, length, hash);
    const { table } = this;
    const mask = (this.slots << ENTRY_SHIFT) - 1;
    const mark = length < 0 ? NULL_MARK : length;
    // Bytes behind a short key are read and masked away; blocks have room for that.
    const word0 = length > 0 ? view.getInt32(start, true) & masks0[length]! : 0;
    const word1 = length > 4 ? view.getInt32(start + 4, true) & masks1[length]! : 0;
    const word2 = length > 8 ? view.getInt32(start + 8, true) & masks2[length]! : 0;
    let entry = (hash << ENTRY_SHIFT) & mask;
    for (;;) {
      const tag = table[entry]!;
      if (tag === 0) return entry;
      if (
        tag >>> LENGTH_SHIFT === mark &&
        table[entry + 3] === word2 &&
        table[entry + 2] === word1 &&
        table[entry + 1] === word0
      ) {
        return entry;
      }
      entry = (entry + ENTRY_WORDS) & mask;
    }
  }

  private seekLong(view: DataView, start: number, length: number, hash: number): number {
    const { table } = this;
    const mask = (this.slots << ENTRY_SHIFT) - 1;
    let entry = (hash << ENTRY_SHIFT) & mask;
    for (;;) {
      const tag = table[entry]!;
      if (tag === 0) return entry;
      if (
        tag >>> LENGTH_SHIFT === LONG_MARK &&
        table[entry + HASH] === hash &&
        table[entry + LONG_LENGTH] === length &&
        this.arena.holds(table[entry + PLACE]!, view, start, length)
      ) {
        return entry;
      }
      entry = (entry + ENTRY_WORDS) & mask;
    }
  }

  /** Loads the first word of every key's place, so that the cache misses of rows overlap. */
  private touch(hashes: Int32Array, rowCount: number): number {
    const { table } = this;
    const mask = (this.slots << ENTRY_SHIFT) - 1;
    let sum = 0;
    for (let row = 0; row < rowCount; row++) sum ^= table[(hashes[row]! << ENTRY_SHIFT) & mask]!;
    return sum;
  }

  /** Writes the key into a free entry, which stays free until it is claimed. */
  private writeKey(entry: number, view: DataView, start: number, length: number): void {
    const { table } = this;
    if (length > INLINE_BYTES) {
      table[entry + PLACE] = this.arena.add(view, start, length);
      table[entry + LONG_LENGTH] = length;
      return;
    }
    const isEmpty = length <= 0;
    table[entry + 1] = isEmpty ? 0 : view.getInt32(start, true) & masks0[length]!;
    table[entry + 2] = length > 4 ? view.getInt32(start + 4, true) & masks1[length]! : 0;
    table[entry + 3] = length > 8 ? view.getInt32(start + 8, true) & masks2[length]! : 0;
  }

  /** Gives the entry an id, growing the table when it is half full. */
  private claim(entry: number, hash: number, length: number): number {
    const id = this.freeIds.length > 0 ? this.freeIds.pop()! : this.nextId++;
    const isLong = length > INLINE_BYTES;
    const mark = isLong ? LONG_MARK : length < 0 ? NULL_MARK : length;
    if (isLong) this.table[entry + HASH] = hash;
    this.table[entry] = (mark << LENGTH_SHIFT) | (id + 1);
    this.ensureIds(id + 1);
    this.entryOfId[id] = entry;
    if (++this.keyCount * 2 > this.slots) this.grow();
    return id;
  }

  /** The hash of the key of a taken entry. */
  private hashOf(table: Int32Array, entry: number): number {
    const mark = table[entry]! >>> LENGTH_SHIFT;
    if (mark === LONG_MARK) return table[entry + HASH]!;
    if (mark === NULL_MARK) return 0;
    let hash = HASH_SEED;
    for (let word = 0; word << 2 < mark; word++) hash = mixWord(hash, table[entry + 1 + word]!);
    return finishHash(hash, mark);
  }

  /**
   * Moves to a larger table. The old one is read from front to back: probing keeps entries close to
   * their place, so the new table is then written nearly in order too.
   */
  private grow(): void {
    const { table, slots } = this;
    if (slots >= SLOTS_MAX) throw tooManyKeys();
    this.slots = slots < SMALL_SLOTS ? slots * 8 : slots * 2;
    this.table = alignedWords(this.slots * ENTRY_WORDS);
    for (let entry = 0; entry < table.length; entry += ENTRY_WORDS) {
      if (table[entry] !== 0) this.place(table, entry);
    }
  }

  /** Copies a taken entry of an older table into this one; a long key stays where it lies. */
  private place(from: Int32Array, entry: number): number {
    const { table } = this;
    const mask = (this.slots << ENTRY_SHIFT) - 1;
    let target = (this.hashOf(from, entry) << ENTRY_SHIFT) & mask;
    while (table[target] !== 0) target = (target + ENTRY_WORDS) & mask;
    const tag = from[entry]!;
    table[target] = tag;
    table[target + 1] = from[entry + 1]!;
    table[target + 2] = from[entry + 2]!;
    table[target + 3] = from[entry + 3]!;
    this.entryOfId[(tag & ID_MASK) - 1] = target;
    return target;
  }

  /** Copies a long key from an older arena, which then goes with the keys that were dropped. */
  private moveLong(entry: number, from: WordArena): void {
    const { table } = this;
    if (table[entry]! >>> LENGTH_SHIFT !== LONG_MARK) return;
    table[entry + PLACE] = this.arena.addFrom(
      from,
      table[entry + PLACE]!,
      table[entry + LONG_LENGTH]!,
    );
  }

  private clear(slots: number, idCapacity = slots): void {
    this.slots = slots;
    this.table = alignedWords(slots * ENTRY_WORDS);
    this.arena = new WordArena();
    this.entryOfId = new Int32Array(idCapacity).fill(-1);
    this.freeIds = [];
    this.keyCount = 0;
    this.nextId = 0;
  }

  private ensureIds(count: number): void {
    if (count <= this.entryOfId.length) return;
    const grown = new Int32Array(Math.max(count, this.entryOfId.length * 2)).fill(-1);
    grown.set(this.entryOfId);
    this.entryOfId = grown;
  }
}

function tooManyKeys(): EngineError {
  return new EngineError(
    'DREY_STATE_TOO_LARGE',
    `one operator holds more than ${SLOTS_MAX / 2} keys in its open windows`,
    { hint: 'Make the windows shorter, or group by fewer or coarser columns.' },
  );
}

/** The smallest table that is at most half full with `count` keys. */
function slotsFor(count: number): number {
  let slots = INITIAL_SLOTS;
  while (count * 2 > slots) slots *= 2;
  return slots;
}
