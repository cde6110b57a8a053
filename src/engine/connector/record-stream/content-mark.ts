/**
 * What is remembered of content that was read, to tell after a restore whether a file still is the
 * one that it was: a hash of its first bytes and the bytes just before the position. The size grows
 * and the time of the last change says nothing, so neither is looked at. What lies between may be
 * another without being noticed.
 */
import type { StateReader } from '../../state/state-reader.ts';
import type { StateWriter } from '../../state/state-writer.ts';

/** Bytes whose hash is kept. */
export const HEAD_BYTES_MAX = 1024;
/** Bytes before the position that are kept as they are. */
export const TAIL_BYTES_MAX = 64;

/** FNV-1a, 32 bits. Part of the format of snapshots. */
const HASH_SEED = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;
const LF = 0x0a;

export class ContentMark {
  /** Content bytes before the position. */
  private count = 0;
  private headHash = HASH_SEED | 0;
  private readonly tail = new Uint8Array(TAIL_BYTES_MAX);
  private tailBytes = 0;

  get positionBytes(): number {
    return this.count;
  }

  get headBytes(): number {
    return Math.min(this.count, HEAD_BYTES_MAX);
  }

  /** Of the bytes just before the position. */
  get lastBytes(): Uint8Array {
    return this.tail.subarray(TAIL_BYTES_MAX - this.tailBytes);
  }

  /** Whether the last byte ends a line. */
  get endsLine(): boolean {
    return this.tailBytes > 0 && this.tail[TAIL_BYTES_MAX - 1] === LF;
  }

  /** `bytes` from `from` to `to` follow. */
  add(bytes: Uint8Array, from: number, to: number): void {
    this.addHead(bytes, from, Math.min(to, from + HEAD_BYTES_MAX - this.headBytes));
    const length = Math.min(to - from, TAIL_BYTES_MAX);
    this.tail.copyWithin(0, length);
    this.tail.set(bytes.subarray(to - length, to), TAIL_BYTES_MAX - length);
    this.tailBytes = Math.min(TAIL_BYTES_MAX, this.tailBytes + length);
    this.count += to - from;
  }

  /** Whether content that starts so can be this. `head`: `headBytes` of it. */
  hasHead(head: Uint8Array): boolean {
    const other = new ContentMark();
    other.add(head, 0, head.length);
    return other.headBytes === this.headBytes && other.headHash === this.headHash;
  }

  hasTail(tail: Uint8Array): boolean {
    const { lastBytes } = this;
    return tail.length === lastBytes.length && tail.every((byte, at) => byte === lastBytes[at]);
  }

  /** Whether both were read of the same content, as far as that is known. */
  hasSameContent(other: ContentMark): boolean {
    return (
      this.count === other.count &&
      this.headHash === other.headHash &&
      this.hasTail(other.lastBytes)
    );
  }

  snapshotState(writer: StateWriter): void {
    writer.float64(this.count);
    writer.uint32(this.headHash >>> 0);
    writer.bytes(this.lastBytes);
  }

  restoreState(reader: StateReader): void {
    this.count = reader.float64();
    this.headHash = reader.uint32() | 0;
    const tail = reader.bytes();
    this.tailBytes = Math.min(tail.length, TAIL_BYTES_MAX);
    this.tail.set(tail.subarray(0, this.tailBytes), TAIL_BYTES_MAX - this.tailBytes);
  }

  private addHead(bytes: Uint8Array, from: number, to: number): void {
    let hash = this.headHash;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, HASH_FACTOR);
    this.headHash = hash;
  }
}
