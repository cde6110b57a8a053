/** One value for each key. */
import type { StateReader } from '../state-reader.ts';
import type { StateWriter } from '../state-writer.ts';
import type { TtlEvent } from '../ttl/decide-ttl.ts';
import { readUserValue, writeUserValue, type UserValue } from '../user-value.ts';
import { KeyedTable, NO_STAMP } from './keyed-table.ts';

export class ValueTable extends KeyedTable {
  readonly kind = 'value';
  /** By key; undefined: the key has none. */
  private readonly values: (UserValue | undefined)[] = [];
  private readonly stamps: number[] = [];

  get keyLimit(): number {
    return this.values.length;
  }

  read(key: number): UserValue | undefined {
    let value = this.values[key];
    if (this.ttl === null) return value;
    const nowMs = this.now();
    if (value !== undefined) {
      const { isVisible, next } = this.decide('read', this.stamps[key]!, nowMs)!;
      if (next === 'restamp') this.stamps[key] = nowMs;
      if (next === 'drop') this.values[key] = undefined;
      if (!isVisible) value = undefined;
    }
    this.cleanup?.afterAccess(nowMs);
    return value;
  }

  write(key: number, value: UserValue): void {
    this.reach(key);
    this.values[key] = value;
    if (this.ttl === null) return;
    const nowMs = this.now();
    this.stamps[key] = nowMs;
    this.cleanup?.afterAccess(nowMs);
    this.cleanup?.afterWrite();
  }

  remove(key: number): void {
    if (key < this.values.length) this.values[key] = undefined;
  }

  dropExpired(key: number, nowMs: number, event: TtlEvent): number {
    if (this.values[key] === undefined) return 0;
    const { next } = this.decide(event, this.stamps[key]!, nowMs)!;
    if (next === 'drop') this.values[key] = undefined;
    return 1;
  }

  markKeys(used: Uint8Array): void {
    for (let key = 0; key < this.values.length; key++) {
      if (this.values[key] !== undefined) used[key] = 1;
    }
  }

  snapshotState(writer: StateWriter): void {
    const nowMs = this.now();
    const keys: number[] = [];
    for (let key = 0; key < this.values.length; key++) {
      if (this.values[key] === undefined) continue;
      if (!this.isLeftOut(this.stamps[key]!, nowMs)) keys.push(key);
    }
    writer.uint32(keys.length);
    for (const key of keys) {
      writer.uint32(key);
      writer.float64(this.stamps[key]!);
      writeUserValue(writer, this.values[key]!);
    }
  }

  restoreState(reader: StateReader, idLimit: number): void {
    for (let count = reader.uint32(); count > 0; count--) {
      const key = this.readKey(reader, idLimit);
      this.reach(key);
      this.stamps[key] = reader.float64();
      this.values[key] = readUserValue(reader);
    }
  }

  protected stampAll(nowMs: number): void {
    for (let key = 0; key < this.stamps.length; key++) {
      if (this.stamps[key] === NO_STAMP) this.stamps[key] = nowMs;
    }
  }

  private reach(key: number): void {
    while (this.values.length <= key) {
      this.values.push(undefined);
      this.stamps.push(NO_STAMP);
    }
  }
}
