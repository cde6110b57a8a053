/** A list of values for each key; each value has a life of its own. */
import type { StateReader } from '../state-reader.ts';
import type { StateWriter } from '../state-writer.ts';
import type { TtlEvent } from '../ttl/decide-ttl.ts';
import { readUserValue, writeUserValue, type UserValue } from '../user-value.ts';
import { KeyedTable, NO_STAMP } from './keyed-table.ts';

interface ListCell {
  values: UserValue[];
  stamps: number[];
}

export class ListTable extends KeyedTable {
  readonly kind = 'list';
  /** By key; undefined: the key has none, or an empty list. */
  private readonly cells: (ListCell | undefined)[] = [];

  get keyLimit(): number {
    return this.cells.length;
  }

  /** A new array. */
  read(key: number): UserValue[] {
    const cell = this.cells[key];
    if (this.ttl === null) return cell === undefined ? [] : cell.values.slice();
    const nowMs = this.now();
    const read = cell === undefined ? [] : this.readCell(key, cell, nowMs);
    this.cleanup?.afterAccess(nowMs);
    return read;
  }

  add(key: number, values: readonly UserValue[]): void {
    if (values.length === 0) return;
    while (this.cells.length <= key) this.cells.push(undefined);
    const cell = (this.cells[key] ??= { values: [], stamps: [] });
    const nowMs = this.now();
    for (const value of values) {
      cell.values.push(value);
      cell.stamps.push(nowMs);
    }
    if (this.ttl === null) return;
    this.cleanup?.afterAccess(nowMs);
    for (let count = values.length; count > 0; count--) this.cleanup?.afterWrite();
  }

  remove(key: number): void {
    if (key < this.cells.length) this.cells[key] = undefined;
  }

  dropExpired(key: number, nowMs: number, event: TtlEvent): number {
    const cell = this.cells[key];
    if (cell === undefined) return 0;
    const { length } = cell.values;
    this.keepOnly(key, cell, (stampMs) => this.decide(event, stampMs, nowMs)!.next !== 'drop');
    return length;
  }

  markKeys(used: Uint8Array): void {
    for (let key = 0; key < this.cells.length; key++) {
      if (this.cells[key] !== undefined) used[key] = 1;
    }
  }

  snapshotState(writer: StateWriter): void {
    const nowMs = this.now();
    const kept: { readonly key: number; readonly cell: ListCell }[] = [];
    for (const [key, cell] of this.cells.entries()) {
      if (cell === undefined) continue;
      const alive = keptOf(cell, (stampMs) => !this.isLeftOut(stampMs, nowMs));
      if (alive.values.length > 0) kept.push({ key, cell: alive });
    }
    writer.uint32(kept.length);
    for (const { key, cell } of kept) {
      writer.uint32(key);
      writer.uint32(cell.values.length);
      for (const [index, value] of cell.values.entries()) {
        writer.float64(cell.stamps[index]!);
        writeUserValue(writer, value);
      }
    }
  }

  restoreState(reader: StateReader, idLimit: number): void {
    for (let count = reader.uint32(); count > 0; count--) {
      const key = this.readKey(reader, idLimit);
      while (this.cells.length <= key) this.cells.push(undefined);
      const cell: ListCell = { values: [], stamps: [] };
      for (let length = reader.uint32(); length > 0; length--) {
        cell.stamps.push(reader.float64());
        cell.values.push(readUserValue(reader));
      }
      this.cells[key] = cell;
    }
  }

  protected stampAll(nowMs: number): void {
    for (const cell of this.cells) {
      if (cell === undefined) continue;
      cell.stamps = cell.stamps.map((stampMs) => (stampMs === NO_STAMP ? nowMs : stampMs));
    }
  }

  private readCell(key: number, cell: ListCell, nowMs: number): UserValue[] {
    const seen: UserValue[] = [];
    const { stamps, values } = cell;
    let dropped = 0;
    for (let index = 0; index < values.length; index++) {
      const { isVisible, next } = this.decide('read', stamps[index]!, nowMs)!;
      if (isVisible) seen.push(values[index]!);
      if (next === 'restamp') stamps[index] = nowMs;
      if (next === 'drop') dropped++;
    }
    if (dropped > 0) {
      this.keepOnly(key, cell, (stampMs) => this.decide('read', stampMs, nowMs)!.next !== 'drop');
    }
    return seen;
  }

  private keepOnly(key: number, cell: ListCell, isKept: (stampMs: number) => boolean): void {
    if (cell.stamps.every(isKept)) return;
    const { values, stamps } = keptOf(cell, isKept);
    if (values.length === 0) {
      this.cells[key] = undefined;
      return;
    }
    cell.values = values;
    cell.stamps = stamps;
  }
}

function keptOf({ values, stamps }: ListCell, isKept: (stampMs: number) => boolean): ListCell {
  return {
    values: values.filter((_value, index) => isKept(stamps[index]!)),
    stamps: stamps.filter(isKept),
  };
}
