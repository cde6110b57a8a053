/**
 * Ids of a dictionary in a part of a snapshot. Ids never leave their operator: a part holds the keys
 * that it refers to, each once, under numbers of its own that count up as the keys are first named.
 * Invariant: a part says all about its keys; read anywhere, it names the same ones.
 */
import { corruptState } from './corrupt-state.ts';
import type { KeyDictionary } from './key-dictionary.ts';
import type { KeyGroupPlace } from './key-groups.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** Lists of ids, one behind the other. */
export interface IdLists {
  /** Ids of each list. */
  readonly counts: Int32Array;
  readonly ids: Int32Array;
}

const INITIAL = 64;
const NONE: Int32Array = new Int32Array(0);
/** Numbers of a list of ids in their order: whether they count up from the next new one on. */
const CONSECUTIVE = 1;
const NUMBERED = 0;

/** Writes lists of ids; part by part. */
export class LocalIdWriter {
  private readonly dictionary: KeyDictionary;
  /** By id: `base` and its number in this part; less than `base`: it has none yet. */
  private readonly numbers: Int32Array;
  private base = 1;
  /** The ids of this part by their numbers. */
  private order: Int32Array = new Int32Array(INITIAL);
  private count = 0;
  /** Of the lists that are being added: new ids, known ids, and the numbers of the known ones. */
  private fresh: Int32Array = new Int32Array(INITIAL);
  private known: Int32Array = new Int32Array(INITIAL);
  private listCount = 0;
  private knownNumbers: Int32Array = new Int32Array(INITIAL);
  private knownCount = 0;

  constructor(dictionary: KeyDictionary) {
    this.dictionary = dictionary;
    this.numbers = new Int32Array(dictionary.idLimit);
  }

  /** Begins the next part. The dictionary is what it was when this was made. */
  beginPart(): void {
    this.base += this.count;
    this.count = 0;
  }

  /** Begins some lists, each to be added with `addList`. */
  beginLists(): void {
    this.listCount = 0;
    this.knownCount = 0;
  }

  /** A list is a set: it is read back in another order. Its ids are different ones. */
  addList(ids: Int32Array, from: number, to: number): void {
    this.reserve(to - from);
    const { numbers, base, order, knownNumbers } = this;
    const before = this.count;
    let { count, knownCount } = this;
    for (let at = from; at < to; at++) {
      const id = ids[at]!;
      const number = numbers[id]!;
      if (number >= base) {
        knownNumbers[knownCount++] = number - base;
      } else {
        numbers[id] = base + count;
        order[count++] = id;
      }
    }
    this.fresh[this.listCount] = count - before;
    this.known[this.listCount++] = knownCount - this.knownCount;
    this.count = count;
    this.knownCount = knownCount;
  }

  /** The lists since `beginLists`. New ids take no bytes here: they are the next ones in number. */
  endLists(writer: StateWriter): void {
    writer.int32Array(this.fresh.subarray(0, this.listCount));
    writer.int32Array(this.known.subarray(0, this.listCount));
    writer.int32Array(this.knownNumbers.subarray(0, this.knownCount));
  }

  /** Ids that are read back in their order, and that may repeat. */
  writeInOrder(writer: StateWriter, ids: Int32Array): void {
    this.reserve(ids.length);
    const { numbers, base, order } = this;
    const found = new Int32Array(ids.length);
    const first = this.count;
    let isConsecutive = true;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      if (numbers[id]! < base) {
        numbers[id] = base + this.count;
        order[this.count++] = id;
      }
      found[index] = numbers[id]! - base;
      isConsecutive &&= found[index] === first + index;
    }
    writer.uint8(isConsecutive ? CONSECUTIVE : NUMBERED);
    if (isConsecutive) writer.uint32(ids.length);
    else writer.int32Array(found);
  }

  /** Bytes of the keys of this part. */
  keysSizeBytes(): number {
    return this.dictionary.keysSizeBytes(this.order.subarray(0, this.count));
  }

  /** The keys of this part by their numbers; to be read before the lists. */
  writeKeys(writer: StateWriter): void {
    this.dictionary.writeKeys(writer, this.order.subarray(0, this.count));
  }

  /** Room for so many more ids, and for one more list. */
  private reserve(idCount: number): void {
    this.order = grown(this.order, this.count + idCount);
    this.knownNumbers = grown(this.knownNumbers, this.knownCount + idCount);
    this.fresh = grown(this.fresh, this.listCount + 1);
    this.known = grown(this.known, this.listCount + 1);
  }
}

/** Reads what a LocalIdWriter wrote; gives ids of a dictionary that may hold other keys, too. */
export class LocalIdReader {
  private readonly dictionary: KeyDictionary;
  /** The ids of this part by their numbers. */
  private table: Int32Array = NONE;
  /** Numbers that have been named. */
  private count = 0;

  constructor(dictionary: KeyDictionary) {
    this.dictionary = dictionary;
  }

  /** All ids of the dictionary are below this. */
  get idLimit(): number {
    return this.dictionary.idLimit;
  }

  /** Begins the next part: adds its keys to the dictionary. `place`: see readKeys. */
  beginPart(reader: StateReader, place: KeyGroupPlace | null = null): void {
    this.table = this.dictionary.readKeys(reader, place);
    this.count = 0;
  }

  readLists(reader: StateReader, listCount: number): IdLists {
    const fresh = reader.int32Array();
    const known = reader.int32Array();
    const knownNumbers = reader.int32Array();
    if (fresh.length !== listCount || known.length !== listCount) {
      throw corruptState(`it has ${fresh.length} lists of values for ${listCount} groups`);
    }
    const { table } = this;
    const ids = new Int32Array(sumOf(fresh, table.length) + sumOf(known, knownNumbers.length));
    const counts = new Int32Array(listCount);
    let at = 0;
    let knownAt = 0;
    for (let list = 0; list < listCount; list++) {
      const knownEnd = knownAt + known[list]!;
      const named = this.count;
      const end = this.name(fresh[list]!);
      counts[list] = fresh[list]! + known[list]!;
      for (let number = named; number < end; number++) ids[at++] = table[number]!;
      for (; knownAt < knownEnd; knownAt++) ids[at++] = this.idOf(knownNumbers[knownAt]!, named);
    }
    if (knownAt !== knownNumbers.length) throw corruptState('its lists of values do not end');
    return { counts, ids };
  }

  readInOrder(reader: StateReader): Int32Array {
    const form = reader.uint8();
    if (form === CONSECUTIVE) {
      const first = this.count;
      return this.table.slice(first, this.name(reader.uint32()));
    }
    if (form !== NUMBERED) throw corruptState(`it has a list of form ${form}`);
    const numbers = reader.int32Array();
    for (let index = 0; index < numbers.length; index++) {
      if (numbers[index] === this.count) this.name(1);
      numbers[index] = this.idOf(numbers[index]!, this.count);
    }
    return numbers;
  }

  /** All keys have been named. */
  endPart(): void {
    if (this.count !== this.table.length)
      throw corruptState('it holds keys that nothing refers to');
  }

  /** The next numbers are named; returns the first one that is not. */
  private name(count: number): number {
    this.count += count;
    if (this.count > this.table.length)
      throw corruptState('it refers to keys that it does not hold');
    return this.count;
  }

  private idOf(number: number, limit: number): number {
    if (number < 0 || number >= limit) {
      throw corruptState(`it refers to key ${number} of ${limit} that were named`);
    }
    return this.table[number]!;
  }
}

/** Of counts that are not negative, in all at most `limit`. */
function sumOf(counts: Int32Array, limit: number): number {
  let sum = 0;
  for (const count of counts) {
    if (count < 0) throw corruptState(`it has a list of ${count} values`);
    sum += count;
  }
  if (sum > limit) throw corruptState(`its lists have ${sum} values, where ${limit} are held`);
  return sum;
}

function grown(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
