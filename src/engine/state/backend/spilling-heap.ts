/**
 * A heap for state larger than memory: blocks go into chunks one behind the other; when the chunks
 * in memory are too many, the oldest goes to a scratch file. A block that is written again is in
 * memory again. Chunks that are mostly dead are emptied by moving what is alive.
 * Invariant: a block is alive if and only if its owner's slot has its address.
 */
import { assert } from '../../../errors/assert.ts';
import { EngineError } from '../../../errors/drey-error.ts';
import type { ScratchFile } from '../../../platform/scratch-files.ts';
import type { ByteSink } from './byte-sink.ts';
import { ByteSource } from './byte-source.ts';
import type { CellHeap, HeapOwner } from './cell-heap.ts';
import { ScratchPages, type PageSizes } from './scratch-pages.ts';

const UNIT_BYTES = 8;
/** Bits of an address that say where in its chunk a block starts. */
const UNIT_BITS = 17;
const UNIT_MASK = (1 << UNIT_BITS) - 1;
/** Chunks that addresses have bits for. */
const CHUNKS_MAX = 1 << (32 - UNIT_BITS);
/** In front of the content: its length, the slot and the owner. */
const HEADER_BYTES = 12;
/** A chunk with a smaller share of live blocks is emptied. */
const ALIVE_MIN = 0.5;
/** Chunks of the file that are emptied for each new one; more than one, so that it does not grow. */
const EMPTIED_MAX = 2;

export interface SpillOptions {
  /** Of chunks in memory; values larger than a chunk are on top of it. */
  readonly memoryBytes: number;
  readonly openScratch: () => ScratchFile;
  readonly sizes?: PageSizes;
}

/** Source: a chunk of 1 MiB is written in about a millisecond; pages as those of file systems. */
const SIZES: PageSizes = { chunkBytes: 1024 * 1024, pageBytes: 4096, pages: 2048 };

class Chunk {
  readonly number: number;
  /** Null: it is in the file. */
  bytes: Uint8Array | null;
  view: DataView | null;
  /** In the file; -1: it is in memory. */
  place = -1;
  /** Units that are taken, those at the start that are no block too. */
  end = 1;
  blocks = 0;
  alive = 0;
  isFreed = false;
  isMarked = false;

  constructor(number: number, byteCount: number) {
    this.number = number;
    this.bytes = new Uint8Array(byteCount);
    this.view = new DataView(this.bytes.buffer);
  }
}

export class SpillingHeap implements CellHeap {
  private readonly chunkUnits: number;
  private readonly sizes: PageSizes;
  private readonly chunksInMemoryMax: number;
  private readonly pages: ScratchPages;
  private readonly owners: HeapOwner[] = [];
  /** The first is none, so that address 0 is no block. */
  private readonly chunks: (Chunk | null)[] = [null];
  private readonly freeNumbers: number[] = [];
  private current: Chunk;
  /** Full chunks in memory, the oldest first; some may be freed. */
  private inMemory: Chunk[] = [];
  /** Chunks in the file that are mostly dead. */
  private readonly mostlyDead: Chunk[] = [];
  /** Holds a block, or a chunk, of the file. */
  private readonly scratch: Uint8Array;
  private readonly scratchView: DataView;
  private readonly blockSource = new ByteSource(new Uint8Array(0));

  constructor({ memoryBytes, openScratch, sizes = SIZES }: SpillOptions) {
    this.sizes = sizes;
    this.chunkUnits = Math.floor(sizes.chunkBytes / UNIT_BYTES);
    this.chunksInMemoryMax = Math.max(1, Math.floor(memoryBytes / sizes.chunkBytes));
    this.pages = new ScratchPages(openScratch, sizes);
    this.scratch = new Uint8Array(sizes.chunkBytes);
    this.scratchView = new DataView(this.scratch.buffer);
    this.current = this.newChunk(sizes.chunkBytes);
  }

  get usedBytes(): number {
    let units = 0;
    for (const chunk of this.chunks) {
      if (chunk !== null && chunk.blocks > 0) units += (chunk.end * chunk.alive) / chunk.blocks;
    }
    return units * UNIT_BYTES;
  }

  join(owner: HeapOwner): number {
    return this.owners.push(owner) - 1;
  }

  write(owner: number, slot: number, content: ByteSink): number {
    const units = unitsFor(content.length);
    const before = this.owners[owner]!.addressOf(slot);
    if (before !== 0 && this.hasUnits(before, units)) {
      this.fill(this.chunkOf(before), before & UNIT_MASK, content);
      return before;
    }
    if (units < this.chunkUnits) this.makeRoom(units);
    // Making room may have moved the block.
    const old = this.owners[owner]!.addressOf(slot);
    if (old !== 0) this.release(old);
    const chunk = units < this.chunkUnits ? this.current : this.newLargeChunk(content.length);
    const unit = chunk === this.current ? chunk.end : 0;
    chunk.end = unit + units;
    chunk.blocks++;
    chunk.alive++;
    const at = unit * UNIT_BYTES;
    chunk.view!.setUint32(at + 4, slot, true);
    chunk.view!.setUint32(at + 8, owner, true);
    this.fill(chunk, unit, content);
    return addressOf(chunk, unit);
  }

  release(address: number): void {
    const chunk = this.chunkOf(address);
    chunk.alive--;
    if (chunk === this.current) return;
    if (chunk.alive === 0) this.freeChunk(chunk);
    else if (chunk.place >= 0) this.markMostlyDead(chunk);
  }

  load(source: ByteSource, address: number): void {
    const chunk = this.chunkOf(address);
    const at = (address & UNIT_MASK) * UNIT_BYTES;
    if (chunk.view !== null) {
      source.moveTo(chunk.bytes!, chunk.view, at + HEADER_BYTES);
      source.end = at + HEADER_BYTES + chunk.view.getUint32(at, true);
      return;
    }
    this.pages.read(chunk.place, at, this.scratch, HEADER_BYTES);
    const length = this.scratchView.getUint32(0, true);
    this.pages.read(chunk.place, at + HEADER_BYTES, this.scratch, length);
    source.moveTo(this.scratch, this.scratchView, 0);
    source.end = length;
  }

  copyTo(sink: ByteSink, address: number): void {
    const source = this.loaded(address);
    sink.raw(source.bytes, source.at, source.end - source.at);
  }

  startsWith(address: number, bytes: Uint8Array, length: number): boolean {
    const source = this.loaded(address);
    if (source.end - source.at < length) return false;
    for (let at = 0; at < length; at++) {
      if (source.bytes[source.at + at] !== bytes[at]) return false;
    }
    return true;
  }

  close(): void {
    this.pages.close();
  }

  /** True when the block is in memory and takes as many units, so that it can be filled anew. */
  private hasUnits(address: number, units: number): boolean {
    const chunk = this.chunkOf(address);
    const unit = address & UNIT_MASK;
    if (chunk.view === null || unit === 0) return false;
    return unitsFor(chunk.view.getUint32(unit * UNIT_BYTES, true)) === units;
  }

  private fill(chunk: Chunk, unit: number, content: ByteSink): void {
    const at = unit * UNIT_BYTES;
    chunk.view!.setUint32(at, content.length, true);
    chunk.bytes!.set(content.bytes.subarray(0, content.length), at + HEADER_BYTES);
  }

  /** Sees to it that the current chunk has room for a block. Blocks may move. */
  private makeRoom(units: number): void {
    if (this.current.end + units <= this.chunkUnits) return;
    this.startChunk();
    for (let count = 0; count < EMPTIED_MAX; count++) {
      const chunk = this.mostlyDead.pop();
      if (chunk === undefined) break;
      chunk.isMarked = false;
      if (!chunk.isFreed) this.empty(chunk);
    }
    while (this.inMemory.length > this.chunksInMemoryMax) {
      const oldest = this.inMemory.shift()!;
      if (oldest.isFreed) continue;
      if (oldest.alive < oldest.blocks * ALIVE_MIN) this.empty(oldest);
      else this.spill(oldest);
    }
    if (this.current.end + units > this.chunkUnits) this.startChunk();
  }

  private startChunk(): void {
    const { current } = this;
    this.current = this.newChunk(this.sizes.chunkBytes);
    if (current.alive === 0) this.freeChunk(current);
    else this.inMemory.push(current);
  }

  private spill(chunk: Chunk): void {
    chunk.place = this.pages.write(chunk.bytes!);
    chunk.bytes = null;
    chunk.view = null;
  }

  /** Moves what is alive in a chunk to the current one. */
  private empty(chunk: Chunk): void {
    if (chunk.place >= 0) this.pages.readChunk(chunk.place, this.scratch);
    const bytes = chunk.bytes ?? this.scratch;
    const view = chunk.view ?? this.scratchView;
    for (let unit = 1; unit < chunk.end;) {
      const at = unit * UNIT_BYTES;
      const units = unitsFor(view.getUint32(at, true));
      const slot = view.getUint32(at + 4, true);
      const owner = this.owners[view.getUint32(at + 8, true)]!;
      if (owner.addressOf(slot) === addressOf(chunk, unit)) {
        if (this.current.end + units > this.chunkUnits) this.startChunk();
        const { current } = this;
        const to = current.end * UNIT_BYTES;
        current.bytes!.set(bytes.subarray(at, at + units * UNIT_BYTES), to);
        owner.moveTo(slot, addressOf(current, current.end));
        current.end += units;
        current.blocks++;
        current.alive++;
      }
      unit += units;
    }
    this.freeChunk(chunk);
  }

  private markMostlyDead(chunk: Chunk): void {
    if (chunk.isMarked || chunk.alive >= chunk.blocks * ALIVE_MIN) return;
    chunk.isMarked = true;
    this.mostlyDead.push(chunk);
  }

  private freeChunk(chunk: Chunk): void {
    if (chunk.place >= 0) this.pages.release(chunk.place);
    chunk.isFreed = true;
    chunk.bytes = null;
    chunk.view = null;
    this.chunks[chunk.number] = null;
    this.freeNumbers.push(chunk.number);
  }

  private newChunk(byteCount: number): Chunk {
    const number = this.freeNumbers.pop() ?? this.chunks.length;
    if (number >= CHUNKS_MAX) throw tooLarge(this.usedBytes);
    const chunk = new Chunk(number, byteCount);
    this.chunks[number] = chunk;
    return chunk;
  }

  /** For one block alone, which stays in memory. */
  private newLargeChunk(length: number): Chunk {
    return this.newChunk(HEADER_BYTES + length);
  }

  private chunkOf(address: number): Chunk {
    const chunk = this.chunks[address >>> UNIT_BITS];
    assert(chunk !== null && chunk !== undefined, 'an address is of a block in use');
    return chunk;
  }

  private loaded(address: number): ByteSource {
    this.load(this.blockSource, address);
    return this.blockSource;
  }
}

function addressOf(chunk: Chunk, unit: number): number {
  return ((chunk.number << UNIT_BITS) | unit) >>> 0;
}

function unitsFor(length: number): number {
  return Math.ceil((length + HEADER_BYTES) / UNIT_BYTES);
}

function tooLarge(usedBytes: number): EngineError {
  return new EngineError(
    'DREY_STATE_TOO_LARGE',
    `the values of an operator's keyed state are too many for one subtask: ${usedBytes} bytes`,
    {
      hint: 'Give states a ttl, clear those that are not needed any more, or use a higher parallelism.',
      details: { usedBytes },
    },
  );
}
