/**
 * Gives each distinct byte key a dense 32-bit id, so that everything behind it works on integers.
 * The tables lie in linear memory and kernels work on them (assembly/key-dictionary.ts).
 * Keys die by `retain`: the owner says which ids are still in use, the others are handed out again,
 * so an endless stream of new keys stays bounded.
 * Invariant: ids in use are below `idLimit`, and an id keeps its key until a `retain` drops it.
 */
import type { LinearMemory } from '../memory/linear-memory.ts';
import { corruptState } from './corrupt-state.ts';
import { NULL_KEY_HASH, type KeyGroupPlace } from './key-groups.ts';
import { NULL_KEY_LENGTH, type KeyRanges } from './key-ranges.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** Scratch areas of the linear memory, by what is copied there. */
const STARTS = 0;
const LENGTHS = 1;
const IDS = 2;
const CONTENT = 3;
/** Keys as they are copied for a snapshot. */
const COPIED = 4;
const COPIED_STARTS = 5;
const COPIED_LENGTHS = 6;
const COPIED_GROUPS = 7;
/** Kernels may read this far behind the last byte of a key. */
const SLACK_BYTES = 16;

export class KeyDictionary {
  private readonly memory: LinearMemory;
  /** Address of the dictionary. */
  private readonly head: number;
  /** By id: the key group + 1, for this number of them; 0: not known yet. */
  private groups: Int32Array = new Int32Array(0);
  private groupCount = 0;

  constructor(memory: LinearMemory) {
    this.memory = memory;
    this.head = memory.kernels.createDictionary();
  }

  /** Keys present. */
  get size(): number {
    return this.memory.kernels.keyCount(this.head);
  }

  /** All ids in use are below this. */
  get idLimit(): number {
    return this.memory.kernels.idLimit(this.head);
  }

  /** Bytes held by the tables. */
  get sizeBytes(): number {
    return this.memory.kernels.dictionarySizeBytes(this.head);
  }

  /** Writes the id of each key range into `ids`, adding keys that are new. */
  internAll(keys: KeyRanges, rowCount: number, ids: Int32Array): void {
    const { kernels } = this.memory;
    this.withKeys(keys, rowCount, ids, (block, starts, lengths, target) => {
      kernels.internKeys(this.head, block, starts, lengths, rowCount, target);
    });
  }

  /** Writes the id of each key range into `ids`, -1 where the key is not known. */
  findAll(keys: KeyRanges, rowCount: number, ids: Int32Array): void {
    const { kernels } = this.memory;
    this.withKeys(keys, rowCount, ids, (block, starts, lengths, target) => {
      kernels.findKeys(this.head, block, starts, lengths, rowCount, target);
    });
  }

  /** Bytes of the key of an id in use; NULL_KEY_LENGTH for the NULL key. */
  keyLength(id: number): number {
    return this.memory.kernels.keyLength(this.head, id);
  }

  /** Where in the linear memory the key of an id in use starts; valid until a key is added. */
  keyAddress(id: number): number {
    return this.memory.kernels.keyAddress(this.head, id);
  }

  /** Bytes that `copyKeys` needs for these keys. */
  keysSizeBytes(ids: Int32Array): number {
    const address = this.memory.addressOf(ids, ids.length, IDS);
    return this.memory.kernels.keysSizeBytes(this.head, address, ids.length);
  }

  /**
   * Copies the keys of `ids` into a block of the linear memory, each to whole words, and notes
   * where each one starts there and its length; NULL_KEY_LENGTH for the NULL key.
   */
  copyKeys(ids: Int32Array, { block, start, length }: KeyRanges): void {
    this.memory.kernels.copyKeys(
      this.head,
      this.memory.addressOf(ids, ids.length, IDS),
      ids.length,
      block.bytes.byteOffset,
      start.byteOffset,
      length.byteOffset,
    );
  }

  /** Drops every key whose id is not marked (1) in `used`; their ids become free. */
  retain(used: Uint8Array): void {
    const { memory } = this;
    const marks = memory.uint8Array(this.idLimit);
    marks.set(used.subarray(0, marks.length));
    memory.kernels.retainKeys(this.head, marks.byteOffset);
    memory.release(marks);
    this.groups.fill(0);
  }

  /** The key group of each of the ids, with so many groups in all. */
  groupsOf(ids: Int32Array, maxParallelism: number): Int32Array {
    if (this.groupCount !== maxParallelism) this.groups.fill(0);
    this.groupCount = maxParallelism;
    this.groups = grownTo(this.groups, this.idLimit);
    const { groups } = this;
    this.findGroups(ids.filter((id) => groups[id] === 0));
    const found = new Int32Array(ids.length);
    for (let index = 0; index < ids.length; index++) found[index] = groups[ids[index]!]! - 1;
    return found;
  }

  /** Writes the keys of the ids in this order. */
  writeKeys(writer: StateWriter, ids: Int32Array): void {
    const { memory } = this;
    const { block, sizeBytes, lengthsAt } = this.copyOf(ids);
    const lengths = memory.int32ArrayAt(lengthsAt, ids.length);
    writer.uint32(ids.length);
    writer.int32Array(areEqual(lengths) ? lengths.subarray(0, 1) : lengths);
    writer.bytes(memory.uint8ArrayAt(block, sizeBytes));
  }

  /**
   * Adds keys that were written with `writeKeys`; returns their ids in the same order. `place`: they
   * all belong to this key group.
   */
  readKeys(reader: StateReader, place: KeyGroupPlace | null = null): Int32Array {
    const { memory } = this;
    const { kernels } = memory;
    const count = reader.uint32();
    const lengthsAt = this.readLengths(reader, count);
    const bytes = reader.bytesInPlace();
    const block = memory.scratch(CONTENT, bytes.length + SLACK_BYTES);
    memory.uint8ArrayAt(block, bytes.length).set(bytes);
    const startsAt = memory.scratch(STARTS, count * Int32Array.BYTES_PER_ELEMENT);
    if (kernels.placeKeys(lengthsAt, count, bytes.length, startsAt) === 0) {
      throw corruptState(`it has ${bytes.length} bytes of keys, which their lengths do not give`);
    }
    const target = memory.scratch(IDS, count * Int32Array.BYTES_PER_ELEMENT);
    if (place !== null) {
      const { group, maxParallelism } = place;
      kernels.groupsOfKeys(
        block,
        startsAt,
        lengthsAt,
        count,
        maxParallelism,
        NULL_KEY_HASH,
        target,
      );
      for (const each of memory.int32ArrayAt(target, count)) {
        if (each !== group) throw corruptState(`key group ${group} holds a key of another one`);
      }
    }
    kernels.internKeys(this.head, block, startsAt, lengthsAt, count, target);
    return memory.int32ArrayAt(target, count).slice();
  }

  /** Makes room at once for `times` as many keys as there are, which are of their kind. */
  expectTimes(times: number): void {
    this.memory.kernels.expectKeys(this.head, times);
  }

  snapshotState(writer: StateWriter): void {
    const { kernels } = this.memory;
    const { idLimit } = this;
    writer.uint32(idLimit);
    writer.uint32(this.size);
    for (let id = 0; id < idLimit; id++) {
      if (kernels.holdsId(this.head, id) === 0) continue;
      const length = kernels.keyLength(this.head, id);
      writer.uint32(id);
      writer.boolean(length === NULL_KEY_LENGTH);
      const address = kernels.keyAddress(this.head, id);
      writer.bytes(this.memory.uint8ArrayAt(address, Math.max(length, 0)));
    }
  }

  /** Into a fresh dictionary. */
  restoreState(reader: StateReader): void {
    const { kernels } = this.memory;
    const idLimit = reader.uint32();
    const count = reader.uint32();
    kernels.beginRestore(this.head, idLimit);
    for (let index = 0; index < count; index++) {
      const id = reader.uint32();
      const isNull = reader.boolean();
      const key = reader.bytes();
      const address = this.memory.scratch(CONTENT, key.length + SLACK_BYTES);
      this.memory.uint8ArrayAt(address, key.length).set(key);
      kernels.restoreKey(this.head, id, address, isNull ? NULL_KEY_LENGTH : key.length);
    }
    kernels.endRestore(this.head);
  }

  /** Gives up the tables; nothing else is called afterwards. */
  release(): void {
    this.memory.kernels.releaseDictionary(this.head);
  }

  private findGroups(ids: Int32Array): void {
    const { groups, groupCount, memory } = this;
    const { kernels } = memory;
    const { block, startsAt, lengthsAt } = this.copyOf(ids);
    const found = memory.scratch(COPIED_GROUPS, ids.length * Int32Array.BYTES_PER_ELEMENT);
    kernels.groupsOfKeys(block, startsAt, lengthsAt, ids.length, groupCount, NULL_KEY_HASH, found);
    const foundGroups = memory.int32ArrayAt(found, ids.length);
    for (let index = 0; index < ids.length; index++) groups[ids[index]!] = foundGroups[index]! + 1;
  }

  /** Addresses of keys one behind the other, each to whole words; valid until the next call. */
  private copyOf(ids: Int32Array): CopiedKeys {
    const { memory } = this;
    const { kernels } = memory;
    const count = ids.length;
    const address = memory.addressOf(ids, count, IDS);
    const sizeBytes = kernels.keysSizeBytes(this.head, address, count);
    const block = memory.scratch(COPIED, sizeBytes + SLACK_BYTES);
    const startsAt = memory.scratch(COPIED_STARTS, count * Int32Array.BYTES_PER_ELEMENT);
    const lengthsAt = memory.scratch(COPIED_LENGTHS, count * Int32Array.BYTES_PER_ELEMENT);
    kernels.copyKeys(this.head, address, count, block, startsAt, lengthsAt);
    return { block, sizeBytes, startsAt, lengthsAt };
  }

  /** Address of the lengths of `count` keys; a single one that was written stands for equal ones. */
  private readLengths(reader: StateReader, count: number): number {
    const { memory } = this;
    const lengths = reader.int32Array();
    if (lengths.length === count) return memory.addressOf(lengths, count, LENGTHS);
    // More keys than bytes are empty or NULL ones, of which there is one each.
    if (lengths.length !== 1 || count > Math.max(1, reader.remaining)) {
      throw corruptState(`it has ${lengths.length} lengths for ${count} keys`);
    }
    const address = memory.scratch(LENGTHS, count * Int32Array.BYTES_PER_ELEMENT);
    memory.int32ArrayAt(address, count).fill(lengths[0]!);
    return address;
  }

  /** Calls `run` with the addresses of keys and ids, wherever the arrays are. */
  private withKeys(
    keys: KeyRanges,
    rowCount: number,
    ids: Int32Array,
    run: (block: number, starts: number, lengths: number, target: number) => void,
  ): void {
    const { memory } = this;
    const { start, length, block } = memory.holds(keys.block.bytes)
      ? { ...keys, block: keys.block.bytes.byteOffset }
      : this.stageKeys(keys, rowCount);
    const starts = memory.addressOf(start, rowCount, STARTS);
    const lengths = memory.addressOf(length, rowCount, LENGTHS);
    if (memory.holds(ids)) {
      run(block, starts, lengths, ids.byteOffset);
      return;
    }
    const target = memory.scratch(IDS, rowCount * Int32Array.BYTES_PER_ELEMENT);
    run(block, starts, lengths, target);
    ids.set(memory.int32ArrayAt(target, rowCount));
  }

  /** The keys in a block of the linear memory. */
  private stageKeys(
    { block, start, length }: KeyRanges,
    rowCount: number,
  ): { readonly block: number; readonly start: Int32Array; readonly length: Int32Array } {
    let byteCount = 0;
    for (let row = 0; row < rowCount; row++) byteCount += Math.max(0, length[row]!);
    const address = this.memory.scratch(CONTENT, byteCount + SLACK_BYTES);
    const target = this.memory.uint8ArrayAt(address, byteCount);
    const starts = new Int32Array(rowCount);
    let at = 0;
    for (let row = 0; row < rowCount; row++) {
      const size = length[row]!;
      starts[row] = at;
      if (size <= 0) continue;
      target.set(block.bytes.subarray(start[row]!, start[row]! + size), at);
      at += size;
    }
    return { block: address, start: starts, length };
  }
}

/** Keys that were copied out of the tables. */
interface CopiedKeys {
  readonly block: number;
  readonly sizeBytes: number;
  readonly startsAt: number;
  readonly lengthsAt: number;
}

function areEqual(lengths: Int32Array): boolean {
  for (let index = 1; index < lengths.length; index++) {
    if (lengths[index] !== lengths[0]) return false;
  }
  return true;
}

function grownTo(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
