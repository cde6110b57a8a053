/**
 * How many values a second the parts of a distinct count take, one at a time:
 * `node scripts/run.js bench/distinct-functions.ts [ROUNDS]`. Prints a table, best of the rounds.
 * Patterns over 1,000,000 values: dense (random below 1.5 million), ascending, sparse (random
 * 32-bit numbers). Sketch and dictionary take device ids of 9 bytes.
 */
import { ByteBlock } from '../src/engine/batch/byte-block.ts';
import { BATCH_ROWS } from '../src/engine/batch/column.ts';
import { HyperLogLog } from '../src/engine/function/hyperloglog/hyper-log-log.ts';
import { RoaringBitmap } from '../src/engine/function/roaring/roaring-bitmap.ts';
import { LinearMemory } from '../src/engine/memory/linear-memory.ts';
import { KeyDictionary } from '../src/engine/state/key-dictionary.ts';
import { seededRandom } from './seeded-random.ts';

const VALUES = 1_000_000;
const DENSE_BELOW = 1_500_000;
const KNOWN_DEVICES = 200_000;
const ID_BYTES = 9;
const TWO_32 = 4_294_967_296;

interface Measured {
  readonly name: string;
  readonly values: Uint32Array;
  /** Takes all values; returns a count, so that the work is not optimised away. */
  readonly run: (values: Uint32Array) => number;
}

const random = seededRandom(1);
const dense = Uint32Array.from({ length: VALUES }, () => Math.floor(random() * DENSE_BELOW));
const ascending = Uint32Array.from({ length: VALUES }, (_, index) => index);
const sparse = Uint32Array.from({ length: VALUES }, () => Math.floor(random() * TWO_32));

function addToBitmap(values: Uint32Array): number {
  const bitmap = new RoaringBitmap();
  let added = 0;
  for (let index = 0; index < values.length; index++) if (bitmap.add(values[index]!)) added++;
  return added;
}

function addToSet(values: Uint32Array): number {
  const set = new Set<number>();
  for (let index = 0; index < values.length; index++) set.add(values[index]!);
  return set.size;
}

/** One device id of ID_BYTES bytes for each number below DENSE_BELOW, one behind the other. */
const memory = new LinearMemory();
const deviceIds = new ByteBlock(DENSE_BELOW * ID_BYTES, memory);
deviceIds.bytes.set(
  new TextEncoder().encode(
    Array.from({ length: DENSE_BELOW }, (_, number) => `d${String(number).padStart(8, '0')}`).join(
      '',
    ),
  ),
);

function addToSketch(values: Uint32Array): number {
  const sketch = new HyperLogLog();
  for (let index = 0; index < values.length; index++) {
    sketch.addBytes(deviceIds.view, values[index]! * ID_BYTES, ID_BYTES);
  }
  return sketch.estimate();
}

const batch = {
  block: deviceIds,
  start: new Int32Array(BATCH_ROWS),
  length: new Int32Array(BATCH_ROWS).fill(ID_BYTES),
};
const ids = memory.int32Array(BATCH_ROWS);

function intern(values: Uint32Array): number {
  const dictionary = new KeyDictionary(memory);
  for (let from = 0; from < values.length; from += BATCH_ROWS) {
    const rowCount = Math.min(BATCH_ROWS, values.length - from);
    for (let row = 0; row < rowCount; row++) {
      const number = values[from + row]!;
      batch.start[row] = number * ID_BYTES;
    }
    dictionary.internAll(batch, rowCount, ids);
  }
  const { size } = dictionary;
  dictionary.release();
  return size;
}

const known = Uint32Array.from(dense, (value) => value % KNOWN_DEVICES);

const measured: readonly Measured[] = [
  { name: 'RoaringBitmap.add, dense', values: dense, run: addToBitmap },
  { name: 'RoaringBitmap.add, ascending', values: ascending, run: addToBitmap },
  { name: 'RoaringBitmap.add, sparse', values: sparse, run: addToBitmap },
  { name: 'Set.add, dense', values: dense, run: addToSet },
  { name: 'HyperLogLog.addBytes', values: dense, run: addToSketch },
  { name: 'KeyDictionary, 200,000 keys', values: known, run: intern },
  { name: 'KeyDictionary, 730,000 keys', values: dense, run: intern },
];

const rounds = Number(process.argv[2] ?? 7);
const bestMs = new Map<string, number>();
for (let round = 0; round < rounds; round++) {
  for (const { name, values, run } of measured) {
    const startedMs = performance.now();
    if (run(values) === 0) throw new Error(`${name} counted nothing`);
    const elapsedMs = performance.now() - startedMs;
    bestMs.set(name, Math.min(bestMs.get(name) ?? Infinity, elapsedMs));
  }
}

const large = RoaringBitmap.of(dense);
const half = RoaringBitmap.of(dense.subarray(0, VALUES / 2).map((value) => value + VALUES));
const unionMs: number[] = [];
const storeMs: number[] = [];
for (let round = 0; round < rounds; round++) {
  const copy = large.clone();
  const startedMs = performance.now();
  copy.addAll(half);
  const unitedMs = performance.now();
  if (copy.serialize().length === 0) throw new Error('nothing was stored');
  unionMs.push(unitedMs - startedMs);
  storeMs.push(performance.now() - unitedMs);
}

console.log(`node ${process.version}, ${rounds} rounds, ${VALUES} values, best round`);
for (const [name, ms] of bestMs) {
  console.log(`${name.padEnd(32)} ${(VALUES / ms / 1000).toFixed(1).padStart(7)} M/s`);
}
console.log(`${'union of 1 M with 0.5 M'.padEnd(32)} ${Math.min(...unionMs).toFixed(2)} ms`);
console.log(`${'serialise 1 M dense'.padEnd(32)} ${Math.min(...storeMs).toFixed(2)} ms`);
