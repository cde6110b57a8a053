/**
 * The portable serialisation of Roaring bitmaps (github.com/RoaringBitmap/RoaringFormatSpec), all
 * little-endian: a cookie, (key, cardinality - 1) of each container, the containers' offsets unless
 * there are runs in fewer than four containers, and the containers. Reading trusts nothing: what it
 * accepts would be written back as the same set.
 */
import { errorCodes } from '../../../errors/codes.ts';
import { VerificationError } from '../../../errors/drey-error.ts';
import { ARRAY_VALUES_MAX, ArrayContainer } from './array-container.ts';
import { BITMAP_WORDS, BitmapContainer, countBits } from './bitmap-container.ts';
import { CONTAINER_VALUES_MAX, storedBytes, type Container } from './container.ts';
import { RunContainer } from './run-container.ts';

/** Containers of a bitmap with their keys; `keys` may be longer than `containers`. */
export interface KeyedContainers {
  readonly keys: Uint16Array<ArrayBuffer>;
  readonly containers: Container[];
}

/** Cookie of a bitmap without runs; the number of containers follows as a word. */
const COOKIE_WITHOUT_RUNS = 12346;
/** Cookie of a bitmap with runs; its upper half holds the number of containers - 1. */
const COOKIE_WITH_RUNS = 12347;
/** With runs, offsets are written from this many containers on. */
const OFFSETS_FROM_CONTAINERS = 4;
const CONTAINERS_MAX = 65_536;

export function writePortable({ keys, containers }: KeyedContainers): Uint8Array {
  const count = containers.length;
  const hasRuns = containers.some(({ kind }) => kind === 'run');
  const hasOffsets = !hasRuns || count >= OFFSETS_FROM_CONTAINERS;
  const flagBytes = (count + 7) >>> 3;
  const cookieBytes = hasRuns ? 4 + flagBytes : 8;
  let contentAt = cookieBytes + count * 4 + (hasOffsets ? count * 4 : 0);
  let totalBytes = contentAt;
  for (const container of containers) totalBytes += storedBytes(container);

  const bytes = new Uint8Array(totalBytes);
  const view = new DataView(bytes.buffer);
  if (hasRuns) {
    view.setUint32(0, COOKIE_WITH_RUNS + (count - 1) * 65_536, true);
    containers.forEach(({ kind }, index) => {
      if (kind === 'run') bytes[4 + (index >>> 3)]! |= 1 << (index & 7);
    });
  } else {
    view.setUint32(0, COOKIE_WITHOUT_RUNS, true);
    view.setUint32(4, count, true);
  }
  const offsetsAt = cookieBytes + count * 4;
  containers.forEach((container, index) => {
    view.setUint16(cookieBytes + index * 4, keys[index]!, true);
    view.setUint16(cookieBytes + index * 4 + 2, container.cardinality - 1, true);
    if (hasOffsets) view.setUint32(offsetsAt + index * 4, contentAt, true);
    writeContainer(view, contentAt, container);
    contentAt += storedBytes(container);
  });
  return bytes;
}

function writeContainer(view: DataView, at: number, container: Container): void {
  switch (container.kind) {
    case 'array':
      writeUint16s(view, at, container.values, container.cardinality);
      return;
    case 'bitmap':
      for (let word = 0; word < BITMAP_WORDS; word++) {
        view.setInt32(at + word * 4, container.words[word]!, true);
      }
      return;
    case 'run':
      view.setUint16(at, container.runCount, true);
      writeUint16s(view, at + 2, container.runs, container.runCount * 2);
  }
}

function writeUint16s(view: DataView, at: number, values: Uint16Array, count: number): void {
  for (let index = 0; index < count; index++) view.setUint16(at + index * 2, values[index]!, true);
}

export function readPortable(bytes: Uint8Array): KeyedContainers {
  return new PortableReader(bytes).read();
}

interface Header {
  readonly count: number;
  /** Where the run flags start; null when there are none. */
  readonly flagsAt: number | null;
  readonly hasOffsets: boolean;
}

class PortableReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): KeyedContainers {
    const { count, flagsAt, hasOffsets } = this.readHeader();
    const descriptionsAt = this.take(count * 4, 'the descriptions of its containers');
    const offsetsAt = hasOffsets ? this.take(count * 4, 'the offsets of its containers') : null;
    const keys = new Uint16Array(count);
    const containers: Container[] = [];
    for (let index = 0; index < count; index++) {
      const key = this.view.getUint16(descriptionsAt + index * 4, true);
      const cardinality = this.view.getUint16(descriptionsAt + index * 4 + 2, true) + 1;
      if (index > 0 && key <= keys[index - 1]!) this.refuse(`key ${key} is not ascending`);
      keys[index] = key;
      if (offsetsAt !== null) this.checkOffset(offsetsAt + index * 4, key);
      const isRun =
        flagsAt !== null && ((this.bytes[flagsAt + (index >>> 3)]! >>> (index & 7)) & 1) === 1;
      containers.push(this.readContainer(key, cardinality, isRun));
    }
    const rest = this.bytes.length - this.at;
    if (rest !== 0) this.refuse(`${rest} bytes follow its end`);
    return { keys, containers };
  }

  private readHeader(): Header {
    const cookie = this.view.getUint32(this.take(4, 'its cookie'), true);
    if (cookie === COOKIE_WITHOUT_RUNS) {
      const count = this.view.getUint32(this.take(4, 'the number of its containers'), true);
      if (count > CONTAINERS_MAX) this.refuse(`it claims ${count} containers`);
      return { count, flagsAt: null, hasOffsets: true };
    }
    if ((cookie & 0xffff) !== COOKIE_WITH_RUNS) this.refuse(`its cookie is ${cookie}`);
    const count = (cookie >>> 16) + 1;
    const flagsAt = this.take((count + 7) >>> 3, 'its run flags');
    const unusedFlags = this.bytes[this.at - 1]! >>> (((count - 1) & 7) + 1);
    if (unusedFlags !== 0) this.refuse('run flags are set beyond its containers');
    return { count, flagsAt, hasOffsets: count >= OFFSETS_FROM_CONTAINERS };
  }

  private checkOffset(offsetAt: number, key: number): void {
    const offset = this.view.getUint32(offsetAt, true);
    if (offset !== this.at) {
      this.refuse(`the container of key ${key} is at ${this.at}, its offset says ${offset}`);
    }
  }

  private readContainer(key: number, cardinality: number, isRun: boolean): Container {
    if (isRun) return this.readRuns(key, cardinality);
    return cardinality <= ARRAY_VALUES_MAX
      ? this.readArray(key, cardinality)
      : this.readBitmap(key, cardinality);
  }

  private readArray(key: number, cardinality: number): ArrayContainer {
    const from = this.take(cardinality * 2, `the array of key ${key}`);
    const values = new Uint16Array(cardinality);
    let previous = -1;
    for (let index = 0; index < cardinality; index++) {
      const value = this.view.getUint16(from + index * 2, true);
      if (value <= previous) this.refuse(`the array of key ${key} is not ascending`);
      values[index] = value;
      previous = value;
    }
    return new ArrayContainer(values, cardinality);
  }

  private readBitmap(key: number, cardinality: number): BitmapContainer {
    const from = this.take(BITMAP_WORDS * 4, `the bitmap of key ${key}`);
    const words = new Int32Array(BITMAP_WORDS);
    let found = 0;
    for (let index = 0; index < BITMAP_WORDS; index++) {
      const word = this.view.getInt32(from + index * 4, true);
      words[index] = word;
      found += countBits(word);
    }
    if (found !== cardinality) this.refuseCount(key, cardinality, found);
    return new BitmapContainer(words, cardinality);
  }

  private readRuns(key: number, cardinality: number): RunContainer {
    const runCount = this.view.getUint16(this.take(2, `the run count of key ${key}`), true);
    const from = this.take(runCount * 4, `the runs of key ${key}`);
    const runs = new Uint16Array(runCount * 2);
    let found = 0;
    // As CRoaring's validation: runs that touch are refused, no writer leaves them unmerged.
    let previousLast = -2;
    for (let run = 0; run < runCount; run++) {
      const first = this.view.getUint16(from + run * 4, true);
      const length = this.view.getUint16(from + run * 4 + 2, true);
      if (first <= previousLast + 1) this.refuse(`the runs of key ${key} overlap or touch`);
      previousLast = first + length;
      if (previousLast >= CONTAINER_VALUES_MAX) this.refuse(`a run of key ${key} is too long`);
      runs[run * 2] = first;
      runs[run * 2 + 1] = length;
      found += length + 1;
    }
    if (found !== cardinality) this.refuseCount(key, cardinality, found);
    return new RunContainer(runs, runCount, cardinality);
  }

  /** Where the next `byteCount` bytes start; refuses when they are not there. */
  private take(byteCount: number, what: string): number {
    const from = this.at;
    if (from + byteCount > this.bytes.length) this.refuse(`it ends inside ${what}`);
    this.at = from + byteCount;
    return from;
  }

  private refuseCount(key: number, claimed: number, found: number): never {
    this.refuse(`the container of key ${key} claims ${claimed} values and holds ${found}`);
  }

  private refuse(reason: string): never {
    throw new VerificationError('DREY_STATE_CORRUPT', `not a Roaring bitmap: ${reason}`, {
      hint: errorCodes.DREY_STATE_CORRUPT.next,
      details: { part: 'roaring-bitmap', lengthBytes: this.bytes.length, positionBytes: this.at },
    });
  }
}
