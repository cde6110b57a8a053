/**
 * The state of an operator's keys, divided by key group: a part for each group that has keys, which
 * holds the keys as bytes and then what the operator writes for them, once or, when it is written
 * later, run by run. Ids of the key dictionary stay
 * in the operator: those of a restored key are new.
 * Invariant: the keys of a part are written in the order of their ids and get ids in that order, so
 * that the snapshot of what was restored has equal parts.
 */
import { BATCH_ROWS } from '../batch/column.ts';
import { corruptState } from './corrupt-state.ts';
import type { DictionarySweep } from './dictionary-sweep.ts';
import { ExpectedKeys } from './expected-keys.ts';
import type { KeyDictionary } from './key-dictionary.ts';
import type { KeyGroupPlace } from './key-groups.ts';
import type { RestoredState, SnapshotWriter } from './operator-snapshot.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** Of a key that is neither empty nor NULL. */
const KEY_BYTES_MIN = 1;
const NO_GROUPS: readonly number[] = [];

/** Whose keys these are, and the version of what is written for them. */
export interface KeyedSectionsSpec {
  readonly dictionary: KeyDictionary;
  /** Of the dictionary, where there is one. */
  readonly sweep?: DictionarySweep;
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
    const { order, ends } = this.byGroup(ids, snapshot.maxParallelism);
    const alone = new Set(groups);
    let from = 0;
    for (let group = 0; group < ends.length; group++) {
      const own = order.subarray(from, ends[group]);
      from = ends[group]!;
      if (own.length === 0 && !alone.has(group)) continue;
      const writer = snapshot.keyGroup(group);
      writer.uint8(this.spec.version);
      this.writeKeys(writer, own);
      write(writer, own, group);
    }
  }

  /** Writes a run of ids of one key group, which are ascending, behind what the writer has. */
  writeRun(
    writer: StateWriter,
    ids: Int32Array,
    write: (writer: StateWriter, ids: Int32Array) => void,
  ): void {
    writer.uint8(this.spec.version);
    this.writeKeys(writer, ids);
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
    const { dictionary, sweep, version } = this.spec;
    const { maxParallelism } = restored;
    const parts = [...restored.keyGroupParts()];
    const room = new ExpectedKeys(dictionary, parts);
    for (const { group, reader } of parts) {
      do {
        const written = reader.uint8();
        if (written !== version) throw corruptState(`it is of unknown version ${written}`);
        const ids = this.readKeys(reader, { group, maxParallelism });
        read(reader, ids, group);
        room.afterRun(reader);
      } while (reader.remaining > 0);
    }
    sweep?.allAreUsed();
  }

  /** A batch at a time, so that what is copied meanwhile stays small. */
  private writeKeys(writer: StateWriter, ids: Int32Array): void {
    writer.uint32(ids.length);
    for (let from = 0; from < ids.length; from += BATCH_ROWS) {
      this.spec.dictionary.writeKeys(writer, ids.subarray(from, from + BATCH_ROWS));
    }
  }

  /** Adds the keys of a run, which are new; returns their ids. */
  private readKeys(reader: StateReader, place: KeyGroupPlace): Int32Array {
    const { dictionary } = this.spec;
    const ids = new Int32Array(reader.count(KEY_BYTES_MIN));
    for (let from = 0; from < ids.length; from += BATCH_ROWS) {
      const count = Math.min(BATCH_ROWS, ids.length - from);
      const before = dictionary.size;
      const own = dictionary.readKeys(reader, place);
      if (own.length !== count) throw corruptState(`it has ${own.length} keys instead of ${count}`);
      if (dictionary.size !== before + count) throw corruptState('a key is there twice');
      ids.set(own, from);
    }
    return ids;
  }

  /** The ids sorted by their groups, and where those of each group end. */
  private byGroup(
    ids: Int32Array,
    maxParallelism: number,
  ): { readonly order: Int32Array; readonly ends: Int32Array } {
    const groups = this.spec.dictionary.groupsOf(ids, maxParallelism);
    const ends = new Int32Array(maxParallelism);
    for (const group of groups) ends[group] = ends[group]! + 1;
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
}

/** Ids below `idLimit` that are in use, ascending. */
export function idsInUse(idLimit: number, isUsed: (id: number) => boolean): Int32Array {
  const ids = new Int32Array(idLimit);
  let count = 0;
  for (let id = 0; id < idLimit; id++) if (isUsed(id)) ids[count++] = id;
  return ids.subarray(0, count);
}
