/**
 * The state of an operator's keys, divided by key group: a part for each group that has keys, which
 * holds the keys as bytes and then what the operator writes for them, once or, when it is written
 * later, run by run. Ids of the key dictionary stay
 * in the operator: those of a restored key are new.
 * Invariant: the keys of a part are written in the order of their ids and get ids in that order, so
 * that the snapshot of what was restored has equal parts.
 */
import { ByteArena } from '../batch/byte-arena.ts';
import { ByteBlock } from '../batch/byte-block.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { corruptState } from './corrupt-state.ts';
import type { KeyDictionary } from './key-dictionary.ts';
import { keyGroupOf } from './key-groups.ts';
import { NULL_KEY_LENGTH } from './key-ranges.ts';
import type { RestoredState, SnapshotWriter } from './operator-snapshot.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** Of a key: whether it is NULL, and its length. */
const KEY_BYTES_MIN = 5;
const NO_GROUPS: readonly number[] = [];

/** Whose keys these are, and the version of what is written for them. */
export interface KeyedSectionsSpec {
  readonly dictionary: KeyDictionary;
  readonly memory: LinearMemory;
  /** 0 to 255; the first byte of each part. */
  readonly version: number;
}

export class KeyedSections {
  private readonly spec: KeyedSectionsSpec;

  constructor(spec: KeyedSectionsSpec) {
    this.spec = spec;
  }

  /**
   * Writes a part for each key group of `ids`, which are ascending, and for each of `groups`:
   * `write` writes what is kept under the ids of one group.
   */
  write(
    snapshot: SnapshotWriter,
    ids: Int32Array,
    write: (writer: StateWriter, ids: Int32Array, group: number) => void,
    groups: readonly number[] = NO_GROUPS,
  ): void {
    const keys = new LoadedKeys(this.spec);
    const { order, ends } = byGroup(keys, ids, snapshot.maxParallelism);
    const alone = new Set(groups);
    let from = 0;
    for (let group = 0; group < ends.length; group++) {
      const own = order.subarray(from, ends[group]);
      from = ends[group]!;
      if (own.length === 0 && !alone.has(group)) continue;
      const writer = snapshot.keyGroup(group);
      writer.uint8(this.spec.version);
      keys.write(writer, own);
      write(writer, own, group);
    }
    keys.release();
  }

  /** Writes a run of ids of one key group, which are ascending, behind what the writer has. */
  writeRun(
    writer: StateWriter,
    ids: Int32Array,
    write: (writer: StateWriter, ids: Int32Array) => void,
  ): void {
    const keys = new LoadedKeys(this.spec);
    writer.uint8(this.spec.version);
    keys.write(writer, ids);
    keys.release();
    write(writer, ids);
  }

  /**
   * Adds the keys of all parts to the dictionary; `read` reads what was written for those of one,
   * by their new ids; of one group it may be called several times.
   */
  read(
    restored: RestoredState,
    read: (reader: StateReader, ids: Int32Array, group: number) => void,
  ): void {
    const keys = new StoredKeys();
    const { maxParallelism } = restored;
    for (const { group, reader } of restored.keyGroupParts()) {
      do {
        const version = reader.uint8();
        if (version !== this.spec.version) {
          throw corruptState(`it is of unknown version ${version}`);
        }
        read(reader, keys.readInto(this.spec.dictionary, reader, { group, maxParallelism }), group);
      } while (reader.remaining > 0);
    }
  }
}

/** Ids below `idLimit` that are in use, ascending. */
export function idsInUse(idLimit: number, isUsed: (id: number) => boolean): Int32Array {
  const ids = new Int32Array(idLimit);
  let count = 0;
  for (let id = 0; id < idLimit; id++) if (isUsed(id)) ids[count++] = id;
  return ids.subarray(0, count);
}

/** Keys of a dictionary, copied out a batch at a time. */
class LoadedKeys {
  block: ByteBlock;
  readonly start: Int32Array;
  readonly length: Int32Array;
  private readonly spec: KeyedSectionsSpec;

  constructor(spec: KeyedSectionsSpec) {
    this.spec = spec;
    this.block = new ByteBlock(INITIAL_BYTES, spec.memory);
    this.start = spec.memory.int32Array(BATCH_ROWS);
    this.length = spec.memory.int32Array(BATCH_ROWS);
  }

  load(ids: Int32Array): void {
    const { dictionary, memory } = this.spec;
    const byteCount = dictionary.keysSizeBytes(ids);
    if (byteCount > this.block.capacity) {
      memory.release(this.block.bytes);
      this.block = new ByteBlock(Math.max(byteCount, this.block.capacity * 2), memory);
    }
    dictionary.copyKeys(ids, this);
  }

  write(writer: StateWriter, ids: Int32Array): void {
    writer.uint32(ids.length);
    for (let from = 0; from < ids.length; from += BATCH_ROWS) {
      const some = ids.subarray(from, from + BATCH_ROWS);
      this.load(some);
      for (let index = 0; index < some.length; index++) {
        const length = this.length[index]!;
        writer.boolean(length === NULL_KEY_LENGTH);
        writer.byteRange(this.block.bytes, this.start[index]!, Math.max(length, 0));
      }
    }
  }

  release(): void {
    const { memory } = this.spec;
    for (const array of [this.block.bytes, this.start, this.length]) memory.release(array);
  }
}

/** First size of the block that keys are copied to, bytes. */
const INITIAL_BYTES = 64 * 1024;

/** The ids sorted by their groups, and where those of each group end. */
function byGroup(
  keys: LoadedKeys,
  ids: Int32Array,
  maxParallelism: number,
): { readonly order: Int32Array; readonly ends: Int32Array } {
  const groups = new Int32Array(ids.length);
  const ends = new Int32Array(maxParallelism);
  for (let from = 0; from < ids.length; from += BATCH_ROWS) {
    const some = ids.subarray(from, from + BATCH_ROWS);
    keys.load(some);
    const { bytes } = keys.block;
    for (let index = 0; index < some.length; index++) {
      const group = keyGroupOf(bytes, keys.start[index]!, keys.length[index]!, maxParallelism);
      groups[from + index] = group;
      ends[group] = ends[group]! + 1;
    }
  }
  let start = 0;
  for (let group = 0; group < maxParallelism; group++) {
    const count = ends[group]!;
    ends[group] = start;
    start += count;
  }
  const order = new Int32Array(ids.length);
  for (let index = 0; index < ids.length; index++) {
    const group = groups[index]!;
    const at = ends[group]!;
    order[at] = ids[index]!;
    ends[group] = at + 1;
  }
  return { order, ends };
}

/** Keys as they lie in a part, on their way to a dictionary. */
class StoredKeys {
  private readonly arena = new ByteArena();
  private readonly start = new Int32Array(BATCH_ROWS);
  private readonly length = new Int32Array(BATCH_ROWS);

  /** Adds the keys of a part, which are new; returns their ids. */
  readInto(dictionary: KeyDictionary, reader: StateReader, place: GroupPlace): Int32Array {
    const ids = new Int32Array(reader.count(KEY_BYTES_MIN));
    for (let from = 0; from < ids.length; from += BATCH_ROWS) {
      const own = ids.subarray(from, from + BATCH_ROWS);
      this.read(reader, own.length, place);
      const before = dictionary.size;
      const { start, length } = this;
      dictionary.internAll({ block: this.arena.block, start, length }, own.length, own);
      if (dictionary.size !== before + own.length) throw corruptState('a key is there twice');
    }
    return ids;
  }

  private read(reader: StateReader, count: number, { group, maxParallelism }: GroupPlace): void {
    const { arena, start, length } = this;
    arena.reset();
    for (let index = 0; index < count; index++) {
      start[index] = arena.end;
      length[index] = readKey(reader, arena);
      const { bytes } = arena.block;
      if (keyGroupOf(bytes, start[index]!, length[index]!, maxParallelism) !== group) {
        throw corruptState(`key group ${group} has a key of another one`);
      }
    }
  }
}

interface GroupPlace {
  readonly group: number;
  readonly maxParallelism: number;
}

/** Behind what is in the arena; returns the length. */
function readKey(reader: StateReader, arena: ByteArena): number {
  const isNull = reader.boolean();
  const length = reader.bytesTo(arena);
  if (!isNull) return length;
  if (length > 0) throw corruptState('a NULL key has bytes');
  return NULL_KEY_LENGTH;
}
