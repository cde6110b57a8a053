/**
 * A set of 32-bit unsigned numbers as a Roaring bitmap: the upper 16 bits of a number choose a
 * container, which holds the lower 16 in an array, a bitmap or runs, whichever is small.
 * Adding allocates only when something grows. Numbers may be given signed (an entry of an
 * Int32Array) or unsigned; they come out unsigned.
 */
import { ARRAY_VALUES_MAX, ArrayContainer } from './array-container.ts';
import { optimised, toBitmap, union, type Container } from './container.ts';
import { readPortable, writePortable } from './portable-format.ts';

const INITIAL_KEYS = 4;

export class RoaringBitmap {
  /** Ascending upper halves; the first `containers.length` entries count. */
  private keys = new Uint16Array(INITIAL_KEYS);
  /** Never empty ones, in the order of `keys`. */
  private containers: Container[] = [];
  private valueCount = 0;

  static of(values: Iterable<number>): RoaringBitmap {
    const bitmap = new RoaringBitmap();
    for (const value of values) bitmap.add(value);
    return bitmap;
  }

  /**
   * Reads the portable format. Throws a VerificationError for anything that is not exactly one
   * well-formed bitmap.
   */
  static deserialize(bytes: Uint8Array): RoaringBitmap {
    const { keys, containers } = readPortable(bytes);
    const bitmap = new RoaringBitmap();
    bitmap.keys = keys;
    bitmap.containers = containers;
    for (const container of containers) bitmap.valueCount += container.cardinality;
    return bitmap;
  }

  /** How many numbers are in the set. */
  get cardinality(): number {
    return this.valueCount;
  }

  /** Bytes held by the containers and their keys. */
  get sizeBytes(): number {
    let sizeBytes = this.keys.byteLength;
    for (const container of this.containers) sizeBytes += container.sizeBytes;
    return sizeBytes;
  }

  has(value: number): boolean {
    const at = this.find(value >>> 16);
    return at >= 0 && this.containers[at]!.has(value & 0xffff);
  }

  /** True when `value` is new. */
  add(value: number): boolean {
    const key = value >>> 16;
    // Ids from a dictionary are dense, so the container of a key usually lies at that very index.
    let at = key;
    if (at >= this.containers.length || this.keys[at] !== key) {
      at = this.find(key);
      if (at < 0) {
        at = ~at;
        this.insert(at, key, new ArrayContainer());
      }
    }
    const container = this.containers[at]!;
    if (!container.add(value & 0xffff)) return false;
    if (container.kind === 'array' && container.cardinality > ARRAY_VALUES_MAX) {
      this.containers[at] = toBitmap(container);
    }
    this.valueCount++;
    return true;
  }

  /** Adds all numbers of `other`, which stays as it is. */
  addAll(other: RoaringBitmap): void {
    for (let index = 0; index < other.containers.length; index++) {
      const key = other.keys[index]!;
      const theirs = other.containers[index]!;
      const at = this.find(key);
      if (at < 0) {
        this.insert(~at, key, theirs.clone());
        this.valueCount += theirs.cardinality;
        continue;
      }
      this.valueCount -= this.containers[at]!.cardinality;
      const both = union(this.containers[at]!, theirs);
      this.containers[at] = both;
      this.valueCount += both.cardinality;
    }
  }

  /** Brings every container into its smallest form, runs included. */
  runOptimize(): void {
    this.containers = this.containers.map(optimised);
  }

  clone(): RoaringBitmap {
    const copy = new RoaringBitmap();
    copy.keys = this.keys.slice();
    copy.containers = this.containers.map((container) => container.clone());
    copy.valueCount = this.valueCount;
    return copy;
  }

  /** The portable format of Roaring bitmaps, as every Roaring library reads it. */
  serialize(): Uint8Array {
    return writePortable({ keys: this.keys, containers: this.containers });
  }

  /** All numbers, ascending, as signed words. */
  toValues(): Int32Array {
    const values = new Int32Array(this.valueCount);
    let at = 0;
    for (let index = 0; index < this.containers.length; index++) {
      const base = this.keys[index]! << 16;
      const lows = this.containers[index]!.toValues();
      for (let low = 0; low < lows.length; low++) values[at++] = base | lows[low]!;
    }
    return values;
  }

  /** Ascending. The set must not change meanwhile. */
  *[Symbol.iterator](): IterableIterator<number> {
    for (let index = 0; index < this.containers.length; index++) {
      const base = this.keys[index]! * 65_536;
      for (const low of this.containers[index]!.toValues()) yield base + low;
    }
  }

  /** Index of the container of `key`, or the complement of the index where it would go. */
  private find(key: number): number {
    const { keys } = this;
    let from = 0;
    let to = this.containers.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (keys[middle]! < key) from = middle + 1;
      else to = middle;
    }
    return from < this.containers.length && keys[from] === key ? from : ~from;
  }

  private insert(at: number, key: number, container: Container): void {
    const count = this.containers.length;
    if (count === this.keys.length) {
      const grown = new Uint16Array(Math.max(INITIAL_KEYS, count * 2));
      grown.set(this.keys);
      this.keys = grown;
    }
    this.keys.copyWithin(at + 1, at, count);
    this.keys[at] = key;
    this.containers.splice(at, 0, container);
  }
}
