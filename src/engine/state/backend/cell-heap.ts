/**
 * Where the contents of cells lie, by address. Each block belongs to a slot of an owner, a table,
 * which keeps the address; a heap may move a block and then tells its owner.
 * Invariant: address 0 is no block. What `load` gives is valid until the next call.
 */
import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';

export interface HeapOwner {
  /** 0: the slot has no block. */
  addressOf(slot: number): number;
  moveTo(slot: number, address: number): void;
}

export interface CellHeap {
  /** Bytes of the blocks in use, about. */
  readonly usedBytes: number;
  /** The number that stands for the owner. */
  join(owner: HeapOwner): number;
  /** Stores the content in the place of what the slot has; the address, which the owner keeps. */
  write(owner: number, slot: number, content: ByteSink): number;
  release(address: number): void;
  /** Puts the source at the start of the content; its end is that of the content. */
  load(source: ByteSource, address: number): void;
  /** Appends the content to the sink. */
  copyTo(sink: ByteSink, address: number): void;
  /** True when the content starts with these bytes. */
  startsWith(address: number, bytes: Uint8Array, length: number): boolean;
  /** Gives up what is outside of memory. */
  close(): void;
}
