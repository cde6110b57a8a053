/**
 * Reads entries of pieces and parts of key groups into the tables of an operator, many keys at a
 * time; entries of key groups that the operator does not own are passed over.
 */
import { ByteBlock } from '../../batch/byte-block.ts';
import { corruptState } from '../corrupt-state.ts';
import { holdsKeyGroup, keyGroupOf, type KeyGroupRange } from '../key-groups.ts';
import { NULL_KEY_LENGTH } from '../key-ranges.ts';
import { ByteSource } from './byte-source.ts';
import type { CellTable } from './cell-table.ts';
import { ENTRY_FORMAT_VERSION, ENTRY_KINDS, entryKinds } from './entry-writer.ts';
import type { IntList } from './int-list.ts';
import type { KeySpace } from './key-space.ts';

/** Entries whose keys are looked up together. */
const ENTRIES = 1_024;

export interface EntryTarget {
  readonly keys: KeySpace;
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
  /** The table of this kind and name; a sentence when there cannot be one. */
  readonly tableOf: (kind: string, name: string) => CellTable | string;
}

/** The piece that is read: its number, and where the slots of its cells are noted. */
export interface PieceSlots {
  readonly number: number;
  readonly slotsOf: (table: CellTable) => IntList;
}

export class EntryReader {
  private readonly target: EntryTarget;
  private readonly whats = new Int32Array(ENTRIES);
  private readonly starts = new Int32Array(ENTRIES);
  private readonly lengths = new Int32Array(ENTRIES);
  private readonly contents = new Int32Array(ENTRIES);
  private readonly ends = new Int32Array(ENTRIES);
  private readonly ids = new Int32Array(ENTRIES);
  private count = 0;
  private tables: readonly CellTable[] = [];

  constructor(target: EntryTarget) {
    this.target = target;
  }

  /** Returns the number of entries, also of those that were passed over. */
  read(bytes: Uint8Array, piece: PieceSlots | null): number {
    const block = ByteBlock.of(bytes);
    const source = new ByteSource(block.bytes);
    source.end = bytes.length;
    this.readHead(source);
    let entries = 0;
    this.count = 0;
    while (source.at < source.end) {
      entries++;
      this.readEntry(source);
      if (this.count === ENTRIES) this.apply(block, piece);
    }
    this.apply(block, piece);
    return entries;
  }

  private readHead(source: ByteSource): void {
    const version = source.varint();
    if (version !== ENTRY_FORMAT_VERSION) {
      throw corruptState(`keyed state of unknown version ${version}`);
    }
    const tables: CellTable[] = [];
    for (let count = source.varint(); count > 0; count--) {
      const table = this.target.tableOf(source.text(), source.text());
      if (typeof table === 'string') throw corruptState(table);
      tables.push(table);
    }
    this.tables = tables;
  }

  private readEntry(source: ByteSource): void {
    const { keyGroups, maxParallelism } = this.target;
    const what = source.varint();
    const length = source.varint() - 1;
    const start = length < 0 ? source.at : source.take(length);
    const contentLength = source.varint();
    const content = source.take(contentLength);
    if (Math.floor(what / ENTRY_KINDS) >= this.tables.length) {
      throw corruptState('it holds an entry of a table that is not there');
    }
    const keyLength = length < 0 ? NULL_KEY_LENGTH : length;
    const group = keyGroupOf(source.bytes, start, keyLength, maxParallelism);
    if (!holdsKeyGroup(keyGroups, group)) return;
    const at = this.count++;
    this.whats[at] = what;
    this.starts[at] = start;
    this.lengths[at] = keyLength;
    this.contents[at] = content;
    this.ends[at] = content + contentLength;
  }

  private apply(block: ByteBlock, piece: PieceSlots | null): void {
    const { count, ids } = this;
    if (count === 0) return;
    const ranges = { block, start: this.starts, length: this.lengths };
    this.target.keys.dictionary.internAll(ranges, count, ids);
    const source = new ByteSource(block.bytes);
    for (let at = 0; at < count; at++) {
      const what = this.whats[at]!;
      const table = this.tables[Math.floor(what / ENTRY_KINDS)]!;
      source.at = this.contents[at]!;
      source.end = this.ends[at]!;
      this.applyEntry(table, what % ENTRY_KINDS, { key: ids[at]!, source, piece });
      if (source.at !== source.end) throw corruptState('an entry of it goes on behind its end');
    }
    this.count = 0;
  }

  private applyEntry(
    table: CellTable,
    kind: number,
    {
      key,
      source,
      piece,
    }: {
      readonly key: number;
      readonly source: ByteSource;
      readonly piece: PieceSlots | null;
    },
  ): void {
    switch (kind) {
      case entryKinds.put: {
        const slot = table.putCell(key, source);
        table.log!.setRestored(slot, piece?.number ?? 0);
        piece?.slotsOf(table).push(slot);
        return;
      }
      case entryKinds.remove:
        table.dropCell(key, source);
        return;
      case entryKinds.clear:
        table.dropKey(key);
        return;
      default:
        throw corruptState(`it holds an entry of unknown kind ${kind}`);
    }
  }
}
