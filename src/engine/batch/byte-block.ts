/**
 * A block of bytes that string columns point into, readable byte by byte and, at any offset, as
 * little-endian 32-bit words.
 * Invariant: at least SLACK_BYTES bytes follow the last byte in use, so a word read that starts at
 * the last byte stays inside the block.
 */

/** Bytes kept free behind the content, so that word reads never leave the block. */
export const SLACK_BYTES = 16;

export class ByteBlock {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Bytes that may hold content, without the slack. */
  readonly capacity: number;

  constructor(capacity: number) {
    const buffer = new ArrayBuffer(capacity + SLACK_BYTES);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.capacity = capacity;
  }

  /** A block that holds a copy of `content`. */
  static of(content: Uint8Array): ByteBlock {
    const block = new ByteBlock(content.length);
    block.bytes.set(content);
    return block;
  }
}
