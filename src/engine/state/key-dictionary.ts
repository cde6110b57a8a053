/**
 * Gives each distinct byte key a dense 32-bit id, so that everything behind it works on integers.
 * Open addressing with linear probing, at most half full. An entry is eight words on one cache
 * line: hash, id + 1 (0: free), length, and the key itself when it has at most INLINE_BYTES bytes,
 * else its place in a word arena. Keys die by `retain`: the owner says which ids are still in use,
 * the others are handed out again, so an endless stream of new keys stays bounded.
 * Invariant: ids in use are below `idLimit`, and an id keeps its key until a `retain` drops it.
 */
import { EngineError } from '../../errors/drey-error.ts';
import { ByteBlock } from '../batch/byte-block.ts';
import { alignedWords } from './aligned-words.ts';
import type { KeyRanges } from './key-ranges.ts';
import { NULL_KEY_LENGTH } from './key-ranges.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';
import { hashBytes } from '../batch/hash.ts';

/** Words of an entry, as a power of two. */
const ENTRY_SHIFT = 3;
const ENTRY_WORDS = 1 << ENTRY_SHIFT;
const ID = 1;
const LENGTH = 2;
const KEY = 3;
const INLINE_WORDS = ENTRY_WORDS - KEY;
const INLINE_BYTES = INLINE_WORDS * 4;
const INITIAL_SLOTS = 1024;
const INITIAL_ARENA_WORDS = 1024;
/** Below this a table grows eightfold: moving a small one often costs more than its room. */
const SMALL_SLOTS = 1 << 16;
/** Slots of the largest table: an Int32Array of 2^28 words, 1 GiB. Half of them can be taken. */
const SLOTS_MAX = 1 << 25;

/** Takes the result of the prefetch pass, so that it is not optimised away. */
const prefetchResult = new Int32Array(1);

export class KeyDictionary {
  private slots = INITIAL_SLOTS;
  private table = alignedWords(INITIAL_SLOTS * ENTRY_WORDS);
  private arena = new Int32Array(INITIAL_ARENA_WORDS);
  private arenaEnd = 0;
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
    return this.table.byteLength + this.arena.byteLength + this.entryOfId.byteLength;
  }

  /** Writes the id of each key range into `ids`, adding keys that are new. */
  internAll(keys: KeyRanges, rowCount: number, ids: Int32Array): void {
    prefetchResult[0] = this.touch(keys.hashes, rowCount);
    const { hashes, start, length } = keys;
    const { view } = keys.block;
    for (let row = 0; row < rowCount; row++) {
      ids[row] = this.intern(view, start[row]!, length[row]!, hashes[row]!);
    }
  }

  /** The id of one key of `length` bytes (NULL_KEY_LENGTH: the NULL key); added when it is new. */
  intern(view: DataView, start: number, length: number, hash: number): number {
    const { table } = this;
    const mask = (this.slots << ENTRY_SHIFT) - 1;
    let entry = (hash << ENTRY_SHIFT) & mask;
    for (;;) {
      const stored = table[entry + ID]!;
      if (stored === 0) {
        this.writeKey(entry, view, start, length);
        return this.claim(entry, hash);
      }
      if (table[entry] === hash && this.holds(entry, view, start, length)) return stored - 1;
      entry = (entry + ENTRY_WORDS) & mask;
    }
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
    return this.table[this.entryOfId[id]! + LENGTH]!;
  }

  /** The first four bytes of the key of `id`, as a word. */
  firstWordOf(id: number): number {
    const entry = this.entryOfId[id]!;
    const { table } = this;
    const first = table[entry + KEY]!;
    return table[entry + LENGTH]! <= INLINE_BYTES ? first : this.arena[first]!;
  }

  /** Copies the key of `id`, in whole words, to `target` at `at`; the rest of the last word is 0. */
  copyKey(id: number, target: DataView, at: number): void {
    const entry = this.entryOfId[id]!;
    const { table } = this;
    const length = table[entry + LENGTH]!;
    const inline = length <= INLINE_BYTES;
    const words = inline ? table : this.arena;
    const from = inline ? entry + KEY : table[entry + KEY]!;
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
      this.place(old.table, entry, old.arena, id);
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
    const { table } = this;
    const mask = (this.slots << ENTRY_SHIFT) - 1;
    let entry = (hash << ENTRY_SHIFT) & mask;
    for (;;) {
      const stored = table[entry + ID]!;
      if (stored === 0) return -1;
      if (table[entry] === hash && this.holds(entry, view, start, length)) return stored - 1;
      entry = (entry + ENTRY_WORDS) & mask;
    }
  }

  /** True when the entry's key is these bytes. */
  private holds(entry: number, view: DataView, start: number, length: number): boolean {
    const { table } = this;
    if (table[entry + LENGTH] !== length) return false;
    const isInline = length <= INLINE_BYTES;
    const words = isInline ? table : this.arena;
    let at = isInline ? entry + KEY : table[entry + KEY]!;
    const wholeEnd = start + (length & ~3);
    let byte = start;
    for (; byte < wholeEnd; byte += 4) {
      if (words[at++] !== view.getInt32(byte, true)) return false;
    }
    const rest = length & 3;
    if (rest === 0 || length < 0) return true;
    return words[at] === (view.getInt32(byte, true) & ((1 << (rest << 3)) - 1));
  }

  /** Loads the first entry of every key, so that the cache misses of independent rows overlap. */
  private touch(hashes: Int32Array, rowCount: number): number {
    const { table } = this;
    const mask = (this.slots << ENTRY_SHIFT) - 1;
    let sum = 0;
    for (let row = 0; row < rowCount; row++) sum ^= table[(hashes[row]! << ENTRY_SHIFT) & mask]!;
    return sum;
  }

  /** Writes length and key of a free entry; it stays free until it is claimed. */
  private writeKey(entry: number, view: DataView, start: number, length: number): void {
    const { table } = this;
    table[entry + LENGTH] = length;
    if (length <= 0) return;
    let words = table;
    let at = entry + KEY;
    if (length > INLINE_BYTES) {
      this.reserveArena((length + 3) >>> 2);
      words = this.arena;
      at = this.arenaEnd;
      table[entry + KEY] = at;
      this.arenaEnd += (length + 3) >>> 2;
    }
    const wholeEnd = start + (length & ~3);
    let byte = start;
    for (; byte < wholeEnd; byte += 4) words[at++] = view.getInt32(byte, true);
    const rest = length & 3;
    if (rest !== 0) words[at] = view.getInt32(byte, true) & ((1 << (rest << 3)) - 1);
  }

  /** Gives the entry an id, growing the table when it is half full. */
  private claim(entry: number, hash: number): number {
    const id = this.freeIds.length > 0 ? this.freeIds.pop()! : this.nextId++;
    this.table[entry] = hash;
    this.table[entry + ID] = id + 1;
    this.ensureIds(id + 1);
    this.entryOfId[id] = entry;
    if (++this.keyCount * 2 > this.slots) this.grow();
    return id;
  }

  /**
   * Moves to a larger table. The old one is read from front to back: probing keeps entries close to
   * their place, so the new table is then written nearly in order too.
   */
  private grow(): void {
    const { table, slots } = this;
    if (slots >= SLOTS_MAX) throw tooManyKeys();
    this.slots = slots < SMALL_SLOTS ? slots * 8 : slots * 2;
    const grown = alignedWords(this.slots * ENTRY_WORDS);
    const mask = grown.length - 1;
    for (let entry = 0; entry < table.length; entry += ENTRY_WORDS) {
      const stored = table[entry + ID]!;
      if (stored === 0) continue;
      let target = (table[entry]! << ENTRY_SHIFT) & mask;
      while (grown[target + ID] !== 0) target = (target + ENTRY_WORDS) & mask;
      for (let word = 0; word < ENTRY_WORDS; word++) grown[target + word] = table[entry + word]!;
      this.entryOfId[stored - 1] = target;
    }
    this.table = grown;
  }

  /** Copies an entry of an old table into this one, under the same id. */
  private place(from: Int32Array, entry: number, arena: Int32Array, id: number): void {
    const { table } = this;
    const mask = (this.slots << ENTRY_SHIFT) - 1;
    let target = (from[entry]! << ENTRY_SHIFT) & mask;
    while (table[target + ID] !== 0) target = (target + ENTRY_WORDS) & mask;
    for (let word = 0; word < ENTRY_WORDS; word++) table[target + word] = from[entry + word]!;
    const length = from[entry + LENGTH]!;
    if (length > INLINE_BYTES) {
      const wordCount = (length + 3) >>> 2;
      this.reserveArena(wordCount);
      const at = from[entry + KEY]!;
      this.arena.set(arena.subarray(at, at + wordCount), this.arenaEnd);
      table[target + KEY] = this.arenaEnd;
      this.arenaEnd += wordCount;
    }
    this.ensureIds(id + 1);
    this.entryOfId[id] = target;
  }

  private clear(slots: number, idCapacity = slots): void {
    this.slots = slots;
    this.table = alignedWords(slots * ENTRY_WORDS);
    this.arena = new Int32Array(INITIAL_ARENA_WORDS);
    this.arenaEnd = 0;
    this.entryOfId = new Int32Array(idCapacity).fill(-1);
    this.freeIds = [];
    this.keyCount = 0;
    this.nextId = 0;
  }

  private reserveArena(wordCount: number): void {
    const needed = this.arenaEnd + wordCount;
    if (needed <= this.arena.length) return;
    const grown = new Int32Array(Math.max(needed, this.arena.length * 2));
    grown.set(this.arena.subarray(0, this.arenaEnd));
    this.arena = grown;
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
