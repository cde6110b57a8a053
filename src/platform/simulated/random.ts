/**
 * Seeded random numbers: the generator sfc32 (Chris Doty-Humphrey's Small Fast Chaotic, 128 bits
 * of state), its state filled by splitmix32 from the seed and a label. Equal seed and label give
 * equal numbers; the parts of a simulation draw from labels of their own, so that one more draw in
 * one part does not change the others.
 */
import type { Random } from '../random.ts';

/** Draws that sfc32's author discards so that close seeds lose their likeness. */
const WARM_UP_DRAWS = 15;

export class SeededRandom implements Random {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  constructor(seed: number, label = '') {
    const fill = splitmix32(seed ^ hashText(label));
    this.a = fill();
    this.b = fill();
    this.c = fill();
    this.counter = 1;
    for (let draw = 0; draw < WARM_UP_DRAWS; draw++) this.nextWord();
  }

  next(): number {
    const high = this.nextWord() >>> 6;
    const low = this.nextWord() >>> 5;
    return (high * 2 ** 27 + low) / 2 ** 53;
  }

  bytes(byteCount: number): Uint8Array {
    const bytes = new Uint8Array(byteCount);
    for (let at = 0; at < byteCount; at++) bytes[at] = this.nextWord() & 0xff;
    return bytes;
  }

  /** Uniform among 0 .. count - 1. */
  index(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** True in `share` (0 to 1) of the draws. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** 32 random bits as an unsigned number. */
  private nextWord(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = state ^ (state >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a2d97);
    return (word ^ (word >>> 15)) | 0;
  };
}

/** FNV-1a over UTF-16 code units, 32 bits. */
export function hashText(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
