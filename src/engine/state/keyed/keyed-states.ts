/**
 * The keyed states of one operator by name. A snapshot holds all of them, also those that the
 * function does not declare any more: a later version of it may take them up again.
 */
import { corruptState } from '../corrupt-state.ts';
import { StateReader } from '../state-reader.ts';
import { StateWriter } from '../state-writer.ts';
import type { TtlConfiguration } from '../ttl/ttl-configuration.ts';
import type { KeyedTable, TableKind } from './keyed-table.ts';
import { ListTable } from './list-table.ts';
import { MapTable } from './map-table.ts';
import { ValueTable } from './value-table.ts';

export interface TablesByKind {
  readonly value: ValueTable;
  readonly list: ListTable;
  readonly map: MapTable;
}

interface State {
  readonly table: KeyedTable;
  isDeclared: boolean;
}

/** Version of the snapshot; the first word of it. */
const SNAPSHOT_VERSION = 1;

const makeTable: { readonly [K in TableKind]: () => TablesByKind[K] } = {
  value: () => new ValueTable(),
  list: () => new ListTable(),
  map: () => new MapTable(),
};

export class KeyedStates {
  private readonly states = new Map<string, State>();
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** The table of this name; a sentence when it cannot be had. */
  declare<K extends TableKind>(
    kind: K,
    name: string,
    ttl: TtlConfiguration | null,
  ): TablesByKind[K] | string {
    const existing = this.states.get(name);
    if (existing?.isDeclared === true) return `the state "${name}" is declared twice`;
    if (existing !== undefined && existing.table.kind !== kind) {
      return `the state "${name}" is a ${kind}, but a ${existing.table.kind} in the snapshot`;
    }
    const table = (existing?.table ?? makeTable[kind]()) as TablesByKind[K];
    table.configure(ttl, this.nowMs);
    this.states.set(name, { table, isDeclared: true });
    return table;
  }

  afterRow(): void {
    for (const { table } of this.states.values()) table.afterRow();
  }

  markKeys(used: Uint8Array): void {
    for (const { table } of this.states.values()) table.markKeys(used);
  }

  snapshotState(writer: StateWriter): void {
    writer.uint32(SNAPSHOT_VERSION);
    writer.uint32(this.states.size);
    for (const [name, { table }] of this.states) {
      writer.text(name);
      writer.text(table.kind);
      const own = new StateWriter();
      table.snapshotState(own);
      writer.bytes(own.finish());
    }
  }

  /** Before anything is declared. `idLimit`: of the dictionary that gives the ids. */
  restoreState(reader: StateReader, idLimit = Infinity): void {
    const version = reader.uint32();
    if (version !== SNAPSHOT_VERSION)
      throw corruptState(`keyed state of unknown version ${version}`);
    for (let count = reader.uint32(); count > 0; count--) {
      const name = reader.text();
      const kind = reader.text();
      if (kind !== 'value' && kind !== 'list' && kind !== 'map') {
        throw corruptState(`it holds a state of unknown kind`);
      }
      const table = makeTable[kind]();
      table.restoreState(new StateReader(reader.bytes()), idLimit);
      this.states.set(name, { table, isDeclared: false });
    }
  }
}
