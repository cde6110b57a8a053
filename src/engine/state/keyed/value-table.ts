/** One value for each key. The slot of a key's value is the key. */
import type { CellHeap } from '../backend/cell-heap.ts';
import type { ByteSink } from '../backend/byte-sink.ts';
import type { ByteSource } from '../backend/byte-source.ts';
import { encodeUserValue } from '../backend/user-value-codec.ts';
import type { TtlEvent } from '../ttl/decide-ttl.ts';
import type { UserValue } from '../user-value.ts';
import { KeyedTable } from './keyed-table.ts';

export class ValueTable extends KeyedTable {
  readonly kind: 'value' | 'reducing' | 'aggregating';
  private limit = 0;

  constructor(heap: CellHeap, kind: ValueTable['kind'] = 'value') {
    super(heap);
    this.kind = kind;
  }

  get keyLimit(): number {
    return this.limit;
  }

  get slotLimit(): number {
    return this.limit;
  }

  read(key: number): UserValue | undefined {
    const address = this.addresses[key] ?? 0;
    if (this.ttl === null) return address === 0 ? undefined : this.decode(address);
    const nowMs = this.now();
    let value: UserValue | undefined;
    if (address !== 0) {
      const { isVisible, next } = this.decide('read', this.stampOf(key), nowMs)!;
      if (isVisible) value = this.decode(address);
      if (next === 'drop') this.remove(key);
      if (next === 'restamp') {
        this.cellLog.touch(key);
        this.setStamp(key, nowMs);
      }
    }
    this.cleanup?.afterAccess(nowMs);
    return value;
  }

  /** Throws UnfitValue. */
  write(key: number, value: unknown): void {
    this.content.clear();
    encodeUserValue(this.content, value);
    const nowMs = this.now();
    this.store(key, nowMs);
    if (this.ttl === null) return;
    this.cleanup?.afterAccess(nowMs);
    this.cleanup?.afterWrite();
  }

  remove(key: number): void {
    const address = this.addresses[key] ?? 0;
    if (address === 0) return;
    this.cellLog.remove(key);
    this.releaseContent(key);
  }

  dropExpired(key: number, nowMs: number, event: TtlEvent): number {
    if (!this.holdsSlot(key)) return 0;
    if (this.decide(event, this.stampOf(key), nowMs)!.next === 'drop') this.remove(key);
    return 1;
  }

  markKeys(used: Uint8Array): void {
    for (let key = 0; key < this.limit; key++) if (this.addresses[key] !== 0) used[key] = 1;
  }

  holdsSlot(slot: number): boolean {
    return slot < this.limit && this.addresses[slot] !== 0;
  }

  keyOfSlot(slot: number): number {
    return slot;
  }

  writeCell(sink: ByteSink, slot: number): void {
    this.writeStamp(sink, slot);
    this.heap.copyTo(sink, this.addresses[slot]!);
  }

  /** A value has no name below its key. */
  writeName(): void {}

  putCell(key: number, source: ByteSource): number {
    const stampMs = this.readStamp(source);
    this.takeContent(source);
    this.store(key, stampMs);
    return key;
  }

  dropCell(key: number): void {
    this.remove(key);
  }

  /** Makes the content the value of the key. */
  private store(key: number, stampMs: number): void {
    if (key >= this.limit) {
      if (key >= this.addresses.length) this.reachSlot(key);
      this.limit = key + 1;
    }
    const address = this.addresses[key]!;
    if (address === 0) this.cellLog.add(key);
    else this.cellLog.touch(key);
    this.storeContent(key);
    this.setStamp(key, stampMs);
  }

  private decode(address: number): UserValue {
    this.heap.load(this.source, address);
    return this.decoder.read(this.source);
  }
}
