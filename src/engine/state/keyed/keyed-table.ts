/**
 * What the tables of keyed state share: the heap that holds their values, the life times of these,
 * and the way into snapshots. A key is a dense id; who gives the ids asks `markKeys` before it takes
 * one back.
 */
import { assert } from '../../../errors/assert.ts';
import { ByteSink } from '../backend/byte-sink.ts';
import { ByteSource } from '../backend/byte-source.ts';
import type { CellLog } from '../backend/cell-log.ts';
import type { CellHeap, HeapOwner } from '../backend/cell-heap.ts';
import type { CellTable } from '../backend/cell-table.ts';
import { UserValueDecoder } from '../backend/user-value-codec.ts';
import { BackgroundCleanup, type ExpiringTable } from '../ttl/background-cleanup.ts';
import { decideTtl, type TtlDecision, type TtlEvent } from '../ttl/decide-ttl.ts';
import type { TtlConfiguration } from '../ttl/ttl-configuration.ts';

export type TableKind = 'value' | 'list' | 'map' | 'reducing' | 'aggregating';

/** Stands for the time of a value that has no life time. */
export const NO_STAMP = -Infinity;

const INITIAL_SLOTS = 16;

export abstract class KeyedTable implements ExpiringTable, CellTable, HeapOwner {
  abstract readonly kind: TableKind;
  log: CellLog | null = null;
  protected readonly heap: CellHeap;
  protected readonly decoder = new UserValueDecoder();
  protected readonly source = new ByteSource(new Uint8Array(0));
  /** What is being written. */
  protected readonly content = new ByteSink();
  /** By slot: the block of its value; 0: none. */
  protected addresses = new Uint32Array(INITIAL_SLOTS);
  /** By slot: when the life of the value started; null: none has a time. */
  protected stamps: Float64Array | null = null;
  protected ttl: TtlConfiguration | null = null;
  protected cleanup: BackgroundCleanup | null = null;
  /** What the heap knows the table by. */
  private readonly owner: number;
  private nowMs: () => number = () => NO_STAMP;

  constructor(heap: CellHeap) {
    this.heap = heap;
    this.owner = heap.join(this);
  }

  addressOf(slot: number): number {
    return this.addresses[slot]!;
  }

  moveTo(slot: number, address: number): void {
    this.addresses[slot] = address;
  }

  /** Called once, before any access. Values that were restored without a life time start now. */
  configure(ttl: TtlConfiguration | null, nowMs: () => number): void {
    if (ttl === null) return;
    this.ttl = ttl;
    this.nowMs = nowMs;
    this.cleanup = new BackgroundCleanup(this, ttl, nowMs);
    const startMs = nowMs();
    for (let slot = 0; slot < this.slotLimit; slot++) {
      if (!this.holdsSlot(slot) || this.stampOf(slot) !== NO_STAMP) continue;
      this.cellLog.touch(slot);
      this.setStamp(slot, startMs);
    }
  }

  /** Wants to be told of each row. */
  get watchesRows(): boolean {
    return this.ttl?.incremental?.perRow === true;
  }

  /** A row was processed, whatever it did with this state. */
  afterRow(): void {
    this.cleanup?.afterRow();
  }

  abstract get keyLimit(): number;
  abstract get slotLimit(): number;
  abstract holdsSlot(slot: number): boolean;
  abstract keyOfSlot(slot: number): number;
  abstract dropExpired(key: number, nowMs: number, event: TtlEvent): number;
  abstract writeCell(sink: ByteSink, slot: number): void;
  abstract writeName(sink: ByteSink, slot: number): void;
  abstract putCell(key: number, source: ByteSource): number;
  abstract dropCell(key: number, source: ByteSource): void;
  abstract markKeys(used: Uint8Array): void;
  abstract remove(key: number): void;

  dropKey(key: number): void {
    this.remove(key);
  }

  isLeftOut(slot: number, nowMs: number): boolean {
    return this.decide('snapshot', this.stampOf(slot), nowMs)?.next === 'drop';
  }

  protected get cellLog(): CellLog {
    assert(this.log !== null, 'a table is added to a backend before it is used');
    return this.log;
  }

  /** The time for values that are accessed now; NO_STAMP without a life time. */
  protected now(): number {
    return this.ttl === null ? NO_STAMP : this.nowMs();
  }

  protected decide(event: TtlEvent, stampMs: number, nowMs: number): TtlDecision | null {
    return this.ttl === null ? null : decideTtl(this.ttl, event, stampMs, nowMs);
  }

  protected stampOf(slot: number): number {
    return this.stamps === null ? NO_STAMP : this.stamps[slot]!;
  }

  protected setStamp(slot: number, stampMs: number): void {
    if (this.stamps === null) {
      if (stampMs === NO_STAMP) return;
      this.stamps = new Float64Array(this.addresses.length).fill(NO_STAMP);
    }
    this.stamps[slot] = stampMs;
  }

  /** Makes the content that of the slot. */
  protected storeContent(slot: number): void {
    this.addresses[slot] = this.heap.write(this.owner, slot, this.content);
  }

  protected releaseContent(slot: number): void {
    this.heap.release(this.addresses[slot]!);
    this.addresses[slot] = 0;
  }

  protected writeStamp(sink: ByteSink, slot: number): void {
    const stampMs = this.stampOf(slot);
    sink.uint8(stampMs === NO_STAMP ? 0 : 1);
    if (stampMs !== NO_STAMP) sink.float64(stampMs);
  }

  protected readStamp(source: ByteSource): number {
    return source.uint8() === 0 ? NO_STAMP : source.float64();
  }

  /** Takes the rest of the source as the content to be written. */
  protected takeContent(source: ByteSource): void {
    const count = source.end - source.at;
    this.content.clear();
    this.content.raw(source.bytes, source.take(count), count);
  }

  /** Makes room for a slot in the arrays by slot; their new length. */
  protected reachSlot(slot: number): number {
    const length = Math.max(this.addresses.length * 2, slot + 1);
    const addresses = new Uint32Array(length);
    addresses.set(this.addresses);
    this.addresses = addresses;
    if (this.stamps === null) return length;
    const stamps = new Float64Array(length).fill(NO_STAMP, this.stamps.length);
    stamps.set(this.stamps);
    this.stamps = stamps;
    return length;
  }
}
