/**
 * A scratch file of chunks, read through a small cache of pages: cells that lie side by side, and
 * cells that are read again, cost one read of the file.
 * Invariant: a page in the cache is as it is in the file.
 */
import { assert } from '../../../errors/assert.ts';
import type { ScratchFile } from '../../../platform/scratch-files.ts';

export interface PageSizes {
  readonly chunkBytes: number;
  /** A part of a chunk. */
  readonly pageBytes: number;
  readonly pages: number;
}

export class ScratchPages {
  private readonly open: () => ScratchFile;
  private readonly sizes: PageSizes;
  private file: ScratchFile | null = null;
  /** Page that is at each place of the cache, plus one; 0: none. */
  private readonly held: Int32Array;
  private readonly content: Uint8Array;
  /** Places of chunks that are free. */
  private readonly free: number[] = [];
  private places = 0;

  /** `open`: called when the first chunk is written. */
  constructor(open: () => ScratchFile, sizes: PageSizes) {
    assert(sizes.chunkBytes % sizes.pageBytes === 0, 'pages fill a chunk');
    this.open = open;
    this.sizes = sizes;
    this.held = new Int32Array(sizes.pages);
    this.content = new Uint8Array(sizes.pages * sizes.pageBytes);
  }

  /** Writes a chunk; its place. */
  write(chunk: Uint8Array): number {
    this.file ??= this.open();
    const place = this.free.pop() ?? this.places++;
    const { chunkBytes, pageBytes, pages } = this.sizes;
    this.file.write(chunk, place * chunkBytes);
    const first = (place * chunkBytes) / pageBytes;
    for (let page = first; page < first + chunkBytes / pageBytes; page++) {
      if (this.held[page % pages] === page + 1) this.held[page % pages] = 0;
    }
    return place;
  }

  release(place: number): void {
    this.free.push(place);
  }

  /** Reads a whole chunk, past the cache. */
  readChunk(place: number, target: Uint8Array): void {
    this.file!.read(target, place * this.sizes.chunkBytes);
  }

  /** Copies `count` bytes of a chunk from `offset` on to the start of the target. */
  read(place: number, offset: number, target: Uint8Array, count: number): void {
    const { chunkBytes, pageBytes } = this.sizes;
    let position = place * chunkBytes + offset;
    for (let at = 0; at < count;) {
      const page = Math.floor(position / pageBytes);
      const inside = position - page * pageBytes;
      const length = Math.min(count - at, pageBytes - inside);
      const from = this.pageAt(page) + inside;
      target.set(this.content.subarray(from, from + length), at);
      at += length;
      position += length;
    }
  }

  close(): void {
    this.file?.close();
    this.file = null;
  }

  /** Where in `content` the page is. */
  private pageAt(page: number): number {
    const { pageBytes, pages } = this.sizes;
    const at = page % pages;
    const from = at * pageBytes;
    if (this.held[at] !== page + 1) {
      this.held[at] = 0;
      this.file!.read(this.content.subarray(from, from + pageBytes), page * pageBytes);
      this.held[at] = page + 1;
    }
    return from;
  }
}
