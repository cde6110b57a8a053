/**
 * The keyed states of one operator by name. A snapshot holds all of them, also those that the
 * function does not declare any more: a later version of it may take them up again.
 */
import type { CellHeap } from '../backend/cell-heap.ts';
import type { KeyedBackend } from '../backend/keyed-backend.ts';
import type { TtlConfiguration } from '../ttl/ttl-configuration.ts';
import type { KeyedTable, TableKind } from './keyed-table.ts';
import { ListTable } from './list-table.ts';
import { MapTable } from './map-table.ts';
import { ValueTable } from './value-table.ts';

export interface TablesByKind {
  readonly value: ValueTable;
  readonly list: ListTable;
  readonly map: MapTable;
  readonly reducing: ValueTable;
  readonly aggregating: ValueTable;
}

interface State {
  readonly table: KeyedTable;
  isDeclared: boolean;
}

const makeTable: { readonly [K in TableKind]: (heap: CellHeap) => TablesByKind[K] } = {
  value: (heap) => new ValueTable(heap),
  list: (heap) => new ListTable(heap),
  map: (heap) => new MapTable(heap),
  reducing: (heap) => new ValueTable(heap, 'reducing'),
  aggregating: (heap) => new ValueTable(heap, 'aggregating'),
};

export class KeyedStates {
  private readonly backend: KeyedBackend;
  private readonly states = new Map<string, State>();
  private readonly watching: KeyedTable[] = [];
  private readonly nowMs: () => number;

  constructor(backend: KeyedBackend, nowMs: () => number) {
    this.backend = backend;
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
    const table = (existing?.table ?? this.make(kind, name)) as TablesByKind[K];
    table.configure(ttl, this.nowMs);
    if (table.watchesRows) this.watching.push(table);
    this.states.set(name, { table, isDeclared: true });
    return table;
  }

  afterRow(): void {
    for (const table of this.watching) table.afterRow();
  }

  /**
   * The table of a state in a snapshot, before anything is declared; a sentence when there cannot
   * be one.
   */
  restoredTable(kind: string, name: string): KeyedTable | string {
    if (!isTableKind(kind)) return 'it holds a state of unknown kind';
    const existing = this.states.get(name);
    if (existing === undefined) {
      const table = this.make(kind, name);
      this.states.set(name, { table, isDeclared: false });
      return table;
    }
    return existing.table.kind === kind ? existing.table : `the state "${name}" is of two kinds`;
  }

  private make(kind: TableKind, name: string): KeyedTable {
    const table = makeTable[kind](this.backend.heap);
    this.backend.add(table, name);
    return table;
  }
}

function isTableKind(kind: string): kind is TableKind {
  return Object.hasOwn(makeTable, kind);
}
