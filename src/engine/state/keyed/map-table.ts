/**
 * A map for each key; each entry has a life of its own. The content of an entry is its key in the
 * map, then its value. A hash table over all entries finds one by key and bytes of the map's key.
 */
import { corruptState } from '../corrupt-state.ts';

import { ByteSink } from '../backend/byte-sink.ts';
import type { ByteSource } from '../backend/byte-source.ts';
import { encodeUserValue } from '../backend/user-value-codec.ts';
import type { UserValue } from '../user-value.ts';
import { ChainTable } from './chain-table.ts';
import { EntryHash } from './entry-hash.ts';

/** 1, '1', 1n and true are four keys. */
export type MapKey = string | number | bigint | boolean;

export class MapTable extends ChainTable {
  readonly kind = 'map';
  private readonly hash = new EntryHash();
  /** The key in the map that is looked for. */
  private readonly name = new ByteSink();
  /** Of `name`, and of the key. */
  private nameHash = 0;

  read(key: number, mapKey: MapKey): UserValue | undefined {
    this.nameOf(key, mapKey);
    const slot = this.find(key);
    if (this.ttl === null) return slot < 0 ? undefined : this.decodeValue(slot);
    const nowMs = this.now();
    let value: UserValue | undefined;
    if (slot >= 0) {
      if (this.isVisible(slot, nowMs)) value = this.decodeValue(slot);
      this.dropSeen(slot, nowMs);
    }
    this.cleanup?.afterAccess(nowMs);
    return value;
  }

  /** All entries in the order in which they were put, in a new array. */
  readAll(key: number): (readonly [MapKey, UserValue])[] {
    const nowMs = this.now();
    const seen: (readonly [MapKey, UserValue])[] = [];
    for (let link = this.firstOf(key); link !== 0;) {
      const slot = link - 1;
      link = this.next[slot]!;
      if (this.ttl === null || this.isVisible(slot, nowMs)) seen.push(this.decodeEntry(slot));
      if (this.ttl !== null) this.dropSeen(slot, nowMs);
    }
    if (this.ttl !== null) this.cleanup?.afterAccess(nowMs);
    return seen;
  }

  /** True when the map has an entry; one that has expired does not count. */
  isEmpty(key: number): boolean {
    if (this.ttl === null) return this.firstOf(key) === 0;
    return this.readAll(key).length === 0;
  }

  /** Throws UnfitValue. */
  write(key: number, mapKey: MapKey, value: unknown): void {
    this.nameOf(key, mapKey);
    const { name, content } = this;
    content.clear();
    content.raw(name.bytes, 0, name.length);
    encodeUserValue(content, value);
    const nowMs = this.now();
    const slot = this.find(key);
    if (slot >= 0) this.replace(slot, nowMs);
    else this.hash.add(this.append(key, nowMs), this.nameHash);
    if (this.ttl === null) return;
    this.cleanup?.afterAccess(nowMs);
    this.cleanup?.afterWrite();
  }

  removeEntry(key: number, mapKey: MapKey): void {
    this.nameOf(key, mapKey);
    const slot = this.find(key);
    if (slot >= 0) this.removeSlot(slot);
  }

  writeCell(sink: ByteSink, slot: number): void {
    sink.float64(this.numberOf(slot));
    this.writeStamp(sink, slot);
    this.heap.copyTo(sink, this.addresses[slot]!);
  }

  writeName(sink: ByteSink, slot: number): void {
    this.heap.load(this.source, this.addresses[slot]!);
    const from = this.source.at;
    this.decoder.read(this.source);
    sink.raw(this.source.bytes, from, this.source.at - from);
  }

  putCell(key: number, source: ByteSource): number {
    const number = source.float64();
    const stampMs = this.readStamp(source);
    const from = source.at;
    this.readName(key, source);
    source.at = from;
    this.takeContent(source);
    const slot = this.find(key);
    if (slot >= 0 && this.numberOf(slot) === number) {
      this.replace(slot, stampMs);
      return slot;
    }
    if (slot >= 0) this.removeSlot(slot);
    const placed = this.insert(key, number, stampMs);
    this.hash.add(placed, this.nameHash);
    return placed;
  }

  dropCell(key: number, source: ByteSource): void {
    this.readName(key, source);
    const slot = this.find(key);
    if (slot >= 0) this.removeSlot(slot);
  }

  protected override unlink(slot: number): void {
    this.hash.remove(slot);
    super.unlink(slot);
  }

  private isVisible(slot: number, nowMs: number): boolean {
    return this.decide('read', this.stampOf(slot), nowMs)!.isVisible;
  }

  private dropSeen(slot: number, nowMs: number): void {
    const { next } = this.decide('read', this.stampOf(slot), nowMs)!;
    if (next === 'drop') this.removeSlot(slot);
    if (next !== 'restamp') return;
    this.cellLog.touch(slot);
    this.setStamp(slot, nowMs);
  }

  /** Writes the map's key into `name`. Minus zero is zero, as in a Map. */
  private nameOf(key: number, mapKey: MapKey): void {
    this.name.clear();
    encodeUserValue(this.name, typeof mapKey === 'number' ? mapKey + 0 : mapKey);
    this.nameHash = hashOf(key, this.name);
  }

  private readName(key: number, source: ByteSource): void {
    const mapKey = this.decoder.read(source);
    if (!isMapKey(mapKey)) throw corruptState('a map has a key that is none');
    this.nameOf(key, mapKey);
  }

  /** Slot of the entry that `name` stands for; -1: there is none. */
  private find(key: number): number {
    const { hash, name, heap } = this;
    for (let at = hash.start(this.nameHash); ; at = hash.after(at)) {
      const slot = hash.slotAt(at);
      if (slot < 0) return -1;
      if (hash.hashOf(slot) !== this.nameHash || this.keys[slot] !== key) continue;
      if (heap.startsWith(this.addresses[slot]!, name.bytes, name.length)) return slot;
    }
  }

  /** Of an entry whose key in the map is `name`. */
  private decodeValue(slot: number): UserValue {
    this.heap.load(this.source, this.addresses[slot]!);
    this.source.take(this.name.length);
    return this.decoder.read(this.source);
  }

  private decodeEntry(slot: number): readonly [MapKey, UserValue] {
    this.heap.load(this.source, this.addresses[slot]!);
    const mapKey = this.decoder.read(this.source);
    if (!isMapKey(mapKey)) throw corruptState('a map has a key that is none');
    return [mapKey, this.decoder.read(this.source)];
  }
}

export function isMapKey(value: unknown): value is MapKey {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'bigint' || type === 'boolean';
}

function hashOf(key: number, { bytes, length }: ByteSink): number {
  let hash = Math.imul(key, 0x9e37_79b1) ^ length;
  for (let at = 0; at < length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return hash ^ (hash >>> 13);
}
