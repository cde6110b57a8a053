/** A list of values for each key; each value has a life of its own. */
import type { ByteSink } from '../backend/byte-sink.ts';
import type { ByteSource } from '../backend/byte-source.ts';
import { encodeUserValue } from '../backend/user-value-codec.ts';
import type { UserValue } from '../user-value.ts';
import { ChainTable } from './chain-table.ts';

export class ListTable extends ChainTable {
  readonly kind = 'list';

  /** A new array. */
  read(key: number): UserValue[] {
    const nowMs = this.now();
    const seen: UserValue[] = [];
    for (let link = this.firstOf(key); link !== 0;) {
      const slot = link - 1;
      link = this.next[slot]!;
      if (this.ttl === null || this.readElement(slot, nowMs)) seen.push(this.decode(slot));
      if (this.ttl !== null) this.dropSeen(slot, nowMs);
    }
    if (this.ttl !== null) this.cleanup?.afterAccess(nowMs);
    return seen;
  }

  /** Throws UnfitValue; nothing is added then. */
  add(key: number, values: readonly unknown[]): void {
    if (values.length > 1) this.check(values);
    const nowMs = this.now();
    for (const value of values) {
      this.content.clear();
      encodeUserValue(this.content, value);
      this.append(key, nowMs);
    }
    if (this.ttl === null || values.length === 0) return;
    this.cleanup?.afterAccess(nowMs);
    for (let count = values.length; count > 0; count--) this.cleanup?.afterWrite();
  }

  /** Puts these values in the place of all that are there. Throws UnfitValue. */
  update(key: number, values: readonly unknown[]): void {
    this.check(values);
    this.remove(key);
    this.add(key, values);
  }

  writeCell(sink: ByteSink, slot: number): void {
    sink.float64(this.numberOf(slot));
    this.writeStamp(sink, slot);
    this.heap.copyTo(sink, this.addresses[slot]!);
  }

  writeName(sink: ByteSink, slot: number): void {
    sink.float64(this.numberOf(slot));
  }

  putCell(key: number, source: ByteSource): number {
    const number = source.float64();
    const stampMs = this.readStamp(source);
    this.takeContent(source);
    const link = this.findNumber(key, number);
    if (link === 0) return this.insert(key, number, stampMs);
    super.replace(link - 1, stampMs);
    return link - 1;
  }

  dropCell(key: number, source: ByteSource): void {
    const link = this.findNumber(key, source.float64());
    if (link !== 0) this.removeSlot(link - 1);
  }

  private check(values: readonly unknown[]): void {
    for (const value of values) {
      this.content.clear();
      encodeUserValue(this.content, value);
    }
  }

  private readElement(slot: number, nowMs: number): boolean {
    return this.decide('read', this.stampOf(slot), nowMs)!.isVisible;
  }

  private dropSeen(slot: number, nowMs: number): void {
    const { next } = this.decide('read', this.stampOf(slot), nowMs)!;
    if (next === 'drop') this.removeSlot(slot);
    if (next !== 'restamp') return;
    this.cellLog.touch(slot);
    this.setStamp(slot, nowMs);
  }

  private decode(slot: number): UserValue {
    this.heap.load(this.source, this.addresses[slot]!);
    return this.decoder.read(this.source);
  }
}
