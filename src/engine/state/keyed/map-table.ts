/** A map for each key; each entry has a life of its own. */
import { corruptState } from '../corrupt-state.ts';
import type { StateReader } from '../state-reader.ts';
import type { StateWriter } from '../state-writer.ts';
import type { TtlEvent } from '../ttl/decide-ttl.ts';
import { readUserValue, writeUserValue, type UserValue } from '../user-value.ts';
import { KeyedTable, NO_STAMP } from './keyed-table.ts';

/** 1, '1', 1n and true are four keys. */
export type MapKey = string | number | bigint | boolean;

interface Entry {
  value: UserValue;
  stampMs: number;
}

export class MapTable extends KeyedTable {
  readonly kind = 'map';
  /** By key; undefined: the key has none, or an empty map. */
  private readonly cells: (Map<MapKey, Entry> | undefined)[] = [];

  get keyLimit(): number {
    return this.cells.length;
  }

  read(key: number, mapKey: MapKey): UserValue | undefined {
    const cell = this.cells[key];
    const entry = cell?.get(mapKey);
    if (this.ttl === null) return entry?.value;
    const nowMs = this.now();
    const isVisible = entry !== undefined && this.readEntry(cell!, mapKey, entry, nowMs);
    this.dropEmpty(key);
    this.cleanup?.afterAccess(nowMs);
    return isVisible ? entry.value : undefined;
  }

  /** All entries in the order in which they were put, in a new array. */
  readAll(key: number): (readonly [MapKey, UserValue])[] {
    const cell = this.cells[key];
    const nowMs = this.now();
    const seen: (readonly [MapKey, UserValue])[] = [];
    for (const [mapKey, entry] of cell ?? []) {
      if (this.ttl === null || this.readEntry(cell!, mapKey, entry, nowMs)) {
        seen.push([mapKey, entry.value]);
      }
    }
    this.dropEmpty(key);
    if (this.ttl !== null) this.cleanup?.afterAccess(nowMs);
    return seen;
  }

  write(key: number, mapKey: MapKey, value: UserValue): void {
    while (this.cells.length <= key) this.cells.push(undefined);
    const cell = (this.cells[key] ??= new Map<MapKey, Entry>());
    const stampMs = this.now();
    const entry = cell.get(mapKey);
    if (entry === undefined) cell.set(mapKey, { value, stampMs });
    else {
      entry.value = value;
      entry.stampMs = stampMs;
    }
    if (this.ttl === null) return;
    this.cleanup?.afterAccess(stampMs);
    this.cleanup?.afterWrite();
  }

  removeEntry(key: number, mapKey: MapKey): void {
    this.cells[key]?.delete(mapKey);
    this.dropEmpty(key);
  }

  remove(key: number): void {
    if (key < this.cells.length) this.cells[key] = undefined;
  }

  dropExpired(key: number, nowMs: number, event: TtlEvent): number {
    const cell = this.cells[key];
    if (cell === undefined) return 0;
    const { size } = cell;
    for (const [mapKey, { stampMs }] of cell) {
      if (this.decide(event, stampMs, nowMs)!.next === 'drop') cell.delete(mapKey);
    }
    this.dropEmpty(key);
    return size;
  }

  markKeys(used: Uint8Array): void {
    for (let key = 0; key < this.cells.length; key++) {
      if (this.cells[key] !== undefined) used[key] = 1;
    }
  }

  snapshotState(writer: StateWriter): void {
    const nowMs = this.now();
    const kept = this.cells.flatMap((cell, key) => {
      const entries = [...(cell ?? [])].filter(
        ([, { stampMs }]) => !this.isLeftOut(stampMs, nowMs),
      );
      return entries.length === 0 ? [] : [{ key, entries }];
    });
    writer.uint32(kept.length);
    for (const { key, entries } of kept) {
      writer.uint32(key);
      writer.uint32(entries.length);
      for (const [mapKey, { value, stampMs }] of entries) {
        writeUserValue(writer, mapKey);
        writer.float64(stampMs);
        writeUserValue(writer, value);
      }
    }
  }

  restoreState(reader: StateReader, idLimit: number): void {
    for (let count = reader.uint32(); count > 0; count--) {
      const key = this.readKey(reader, idLimit);
      while (this.cells.length <= key) this.cells.push(undefined);
      const cell = new Map<MapKey, Entry>();
      for (let size = reader.uint32(); size > 0; size--) {
        const mapKey = readUserValue(reader);
        if (!isMapKey(mapKey)) throw corruptState('a map has a key that is none');
        cell.set(mapKey, { stampMs: reader.float64(), value: readUserValue(reader) });
      }
      this.cells[key] = cell;
    }
  }

  protected stampAll(nowMs: number): void {
    for (const cell of this.cells) {
      for (const entry of cell?.values() ?? []) {
        if (entry.stampMs === NO_STAMP) entry.stampMs = nowMs;
      }
    }
  }

  /** True when the reader sees the entry. */
  private readEntry(
    cell: Map<MapKey, Entry>,
    mapKey: MapKey,
    entry: Entry,
    nowMs: number,
  ): boolean {
    const { isVisible, next } = this.decide('read', entry.stampMs, nowMs)!;
    if (next === 'restamp') entry.stampMs = nowMs;
    if (next === 'drop') cell.delete(mapKey);
    return isVisible;
  }

  private dropEmpty(key: number): void {
    if (this.cells[key]?.size === 0) this.cells[key] = undefined;
  }
}

export function isMapKey(value: unknown): value is MapKey {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'bigint' || type === 'boolean';
}
