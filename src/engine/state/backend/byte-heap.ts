/**
 * Blocks of bytes outside of the JavaScript heap: the values of all keyed states of an operator.
 * A block has an address, 32 bits in units of 8 bytes, and starts with the length of its content;
 * freed blocks are used again for contents of about the same size.
 * Invariant: address 0 is no block, and a block stays where it is until it is released.
 */
import { EngineError } from '../../../errors/drey-error.ts';
import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';
import type { CellHeap, HeapOwner } from './cell-heap.ts';

const UNIT_BYTES = 8;
/** Bits of an address that say where in its chunk a block starts. */
const UNIT_BITS = 17;
const UNIT_MASK = (1 << UNIT_BITS) - 1;
/** Source: 2^17 units; allocating more at once makes a stall that can be seen. */
const CHUNK_BYTES = UNIT_BYTES << UNIT_BITS;
/** The first chunk: most operators need no more. */
const FIRST_CHUNK_BYTES = 16 * 1024;
/** Chunks that addresses have bits for: 32 GiB. */
const CHUNKS_MAX = 1 << (32 - UNIT_BITS);
/** Larger contents get a chunk of their own. */
const SHARED_UNITS_MAX = 8 * 1024;
/** Up to here each number of units is a class of its own; above there are four to each doubling. */
const EXACT_UNITS_MAX = 32;
/** Bytes in front of the content: its length, or the next free block of the class. */
const HEADER_BYTES = 4;
/** Above this length a native copy is faster than a loop. */
const SMALL_COPY_MAX = 64;

export class ByteHeap implements CellHeap {
  private readonly owners: HeapOwner[] = [];
  /** The first one is none, so that address 0 is no block. */
  private readonly chunks: Uint8Array[] = [new Uint8Array(0)];
  private readonly views: DataView[] = [new DataView(new ArrayBuffer(0))];
  /** First free block by class. */
  private readonly free = new Uint32Array(classOf(SHARED_UNITS_MAX) + 1);
  /** Numbers of chunks that held one large block and are none now. */
  private readonly freeChunks: number[] = [];
  /** Where the next new block starts; at first at the end of the chunk that is none. */
  private chunk = 0;
  private unit = 0;
  private unitEnd = 0;
  private used = 0;

  /** With what blocks are rounded up by. */
  get usedBytes(): number {
    return this.used;
  }

  join(owner: HeapOwner): number {
    return this.owners.push(owner) - 1;
  }

  write(owner: number, slot: number, content: ByteSink): number {
    const address = this.owners[owner]!.addressOf(slot);
    const units = unitsFor(content.length);
    if (address !== 0) {
      if (units <= SHARED_UNITS_MAX && this.classAt(address) === classOf(units)) {
        this.fill(address, content);
        return address;
      }
      this.release(address);
    }
    const next = units > SHARED_UNITS_MAX ? this.largeBlock(content.length) : this.block(units);
    this.fill(next, content);
    return next;
  }

  release(address: number): void {
    const chunk = address >>> UNIT_BITS;
    if ((address & UNIT_MASK) === 0) {
      this.used -= this.chunks[chunk]!.length;
      this.chunks[chunk] = new Uint8Array(0);
      this.views[chunk] = new DataView(this.chunks[chunk]!.buffer);
      this.freeChunks.push(chunk);
      return;
    }
    const sizeClass = this.classAt(address);
    this.used -= unitsOfClass(sizeClass) * UNIT_BYTES;
    this.views[chunk]!.setUint32((address & UNIT_MASK) * UNIT_BYTES, this.free[sizeClass]!, true);
    this.free[sizeClass] = address;
  }

  /** All is in memory. */
  close(): void {}

  /** Bytes of the content. */
  lengthAt(address: number): number {
    return this.views[address >>> UNIT_BITS]!.getUint32((address & UNIT_MASK) * UNIT_BYTES, true);
  }

  load(source: ByteSource, address: number): void {
    const chunk = address >>> UNIT_BITS;
    const view = this.views[chunk]!;
    const at = (address & UNIT_MASK) * UNIT_BYTES;
    source.moveTo(this.chunks[chunk]!, view, at + HEADER_BYTES);
    source.end = at + HEADER_BYTES + view.getUint32(at, true);
  }

  copyTo(sink: ByteSink, address: number): void {
    const chunk = address >>> UNIT_BITS;
    const at = (address & UNIT_MASK) * UNIT_BYTES;
    const length = this.views[chunk]!.getUint32(at, true);
    sink.raw(this.chunks[chunk]!, at + HEADER_BYTES, length);
  }

  startsWith(address: number, bytes: Uint8Array, length: number): boolean {
    const chunk = address >>> UNIT_BITS;
    const at = (address & UNIT_MASK) * UNIT_BYTES;
    if (this.views[chunk]!.getUint32(at, true) < length) return false;
    const content = this.chunks[chunk]!;
    const from = at + HEADER_BYTES;
    for (let index = 0; index < length; index++) {
      if (content[from + index] !== bytes[index]) return false;
    }
    return true;
  }

  private fill(address: number, content: ByteSink): void {
    const chunk = address >>> UNIT_BITS;
    const at = (address & UNIT_MASK) * UNIT_BYTES;
    this.views[chunk]!.setUint32(at, content.length, true);
    const target = this.chunks[chunk]!;
    const { bytes, length } = content;
    if (length > SMALL_COPY_MAX) target.set(bytes.subarray(0, length), at + HEADER_BYTES);
    else {
      for (let index = 0; index < length; index++)
        target[at + HEADER_BYTES + index] = bytes[index]!;
    }
  }

  private classAt(address: number): number {
    if ((address & UNIT_MASK) === 0) return -1;
    return classOf(unitsFor(this.lengthAt(address)));
  }

  private block(units: number): number {
    const sizeClass = classOf(units);
    const size = unitsOfClass(sizeClass);
    this.used += size * UNIT_BYTES;
    const known = this.free[sizeClass]!;
    if (known !== 0) {
      this.free[sizeClass] = this.lengthAt(known);
      return known;
    }
    if (this.unit + size > this.unitEnd) this.addChunk(size);
    const address = ((this.chunk << UNIT_BITS) | this.unit) >>> 0;
    this.unit += size;
    return address;
  }

  private largeBlock(length: number): number {
    const byteCount = HEADER_BYTES + length;
    this.used += byteCount;
    return (this.placeChunk(byteCount) << UNIT_BITS) >>> 0;
  }

  /** Goes on in a new chunk, which has room for a block of this size. */
  private addChunk(units: number): void {
    const grown = Math.max(FIRST_CHUNK_BYTES, this.unitEnd * UNIT_BYTES * 2);
    const wanted = Math.max(grown, (units + 1) * UNIT_BYTES);
    const byteCount = Math.min(wanted, CHUNK_BYTES);
    this.chunk = this.placeChunk(byteCount);
    // The first unit stays free: a block there is one that has its chunk for itself.
    this.unit = 1;
    this.unitEnd = Math.floor(byteCount / UNIT_BYTES);
  }

  private placeChunk(byteCount: number): number {
    const chunk = this.freeChunks.pop() ?? this.chunks.length;
    if (chunk >= CHUNKS_MAX) throw tooLarge(this.used);
    this.chunks[chunk] = new Uint8Array(byteCount);
    this.views[chunk] = new DataView(this.chunks[chunk].buffer);
    return chunk;
  }
}

function unitsFor(length: number): number {
  return Math.ceil((length + HEADER_BYTES) / UNIT_BYTES);
}

function classOf(units: number): number {
  if (units <= EXACT_UNITS_MAX) return units;
  // 33 to 40 units are the first class above, 41 to 48 the second, ..., 65 to 80 the fifth.
  const doublings = 31 - Math.clz32((units - 1) >> 5);
  const quarter = ((units - 1) >> (doublings + 3)) & 3;
  return EXACT_UNITS_MAX + 1 + doublings * 4 + quarter;
}

function unitsOfClass(sizeClass: number): number {
  if (sizeClass <= EXACT_UNITS_MAX) return sizeClass;
  const above = sizeClass - EXACT_UNITS_MAX - 1;
  return (5 + (above & 3)) << ((above >> 2) + 3);
}

function tooLarge(usedBytes: number): EngineError {
  return new EngineError(
    'DREY_STATE_TOO_LARGE',
    `the keyed state of an operator does not fit into memory: it holds ${usedBytes} bytes`,
    {
      hint: 'Give states a ttl, clear those that are not needed any more, or use a higher parallelism.',
      details: { usedBytes },
    },
  );
}
