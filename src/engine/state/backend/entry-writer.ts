/**
 * Entries as they stand in pieces and in the parts of key groups: a table and what is done to a
 * cell of it, the key, and the cell's name and content. Tables go by their number in the directory
 * at the start of the bytes.
 */
import { ByteSink } from './byte-sink.ts';
import type { CellTable } from './cell-table.ts';
import type { EntryBlock } from './entry-block.ts';
import type { KeySpace } from './key-space.ts';

/** Version of the format; the first number of a piece or part. */
export const ENTRY_FORMAT_VERSION = 1;

export const entryKinds = { put: 0, remove: 1, clear: 2 } as const;
/** A table's number is multiplied by this, and the kind added. */
export const ENTRY_KINDS = 4;

export class EntryWriter {
  private readonly keys: KeySpace;
  private readonly tables: readonly CellTable[];
  private readonly names: readonly string[];
  /** Holds name and content, whose length stands in front of them. */
  private readonly content = new ByteSink();

  /** `tables` and `names` grow together, before anything is written. */
  constructor(keys: KeySpace, tables: readonly CellTable[], names: readonly string[]) {
    this.keys = keys;
    this.tables = tables;
    this.names = names;
  }

  writePut(block: EntryBlock, table: number, slot: number): void {
    const cells = this.tables[table]!;
    this.content.clear();
    cells.writeCell(this.content, slot);
    this.write(block, table * ENTRY_KINDS + entryKinds.put, cells.keyOfSlot(slot));
  }

  writeRemoval(block: EntryBlock, table: number, slot: number): void {
    const cells = this.tables[table]!;
    this.content.clear();
    cells.writeName(this.content, slot);
    this.write(block, table * ENTRY_KINDS + entryKinds.remove, cells.keyOfSlot(slot));
  }

  writeClear(block: EntryBlock, table: number, key: number): void {
    this.content.clear();
    this.write(block, table * ENTRY_KINDS + entryKinds.clear, key);
  }

  private write(block: EntryBlock, what: number, key: number): void {
    const { content } = this;
    const { sink } = block;
    if (block.count === 0) this.writeHead(sink);
    sink.varint(what);
    this.keys.writeKey(sink, key);
    sink.varint(content.length);
    sink.raw(content.bytes, 0, content.length);
    block.countEntry(this.keys.groupOf(key));
  }

  private writeHead(sink: ByteSink): void {
    sink.varint(ENTRY_FORMAT_VERSION);
    sink.varint(this.tables.length);
    for (const [index, { kind }] of this.tables.entries()) {
      sink.text(kind);
      sink.text(this.names[index]!);
    }
  }
}
