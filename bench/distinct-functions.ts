/**
 * How many values a second the parts of a distinct count take, one at a time:
 * `node scripts/run.js bench/distinct-functions.ts [ROUNDS]`. Prints a table, best of the rounds.
 * Patterns over 1,000,000 values: dense (random below 1.5 million), ascending, sparse (random
 * 32-bit numbers).
 */
import { HyperLogLog } from '../src/engine/function/hyperloglog/hyper-log-log.ts';
import { RoaringBitmap } from '../src/engine/function/roaring/roaring-bitmap.ts';
import { seededRandom } from './seeded-random.ts';

const VALUES = 1_000_000;
const DENSE_BELOW = 1_500_000;
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

const text = new TextEncoder();
const deviceIds = text.encode(
  Array.from({ length: VALUES }, (_, index) => `d${String(index).padStart(8, '0')}`).join(''),
);
const deviceIdView = new DataView(deviceIds.buffer, deviceIds.byteOffset, deviceIds.byteLength);

function addToSketch(values: Uint32Array): number {
  const sketch = new HyperLogLog();
  for (let index = 0; index < values.length; index++) {
    sketch.addBytes(deviceIdView, index * 9, 9);
  }
  return sketch.estimate();
}

const measured: readonly Measured[] = [
  { name: 'RoaringBitmap.add, dense', values: dense, run: addToBitmap },
  { name: 'RoaringBitmap.add, ascending', values: ascending, run: addToBitmap },
  { name: 'RoaringBitmap.add, sparse', values: sparse, run: addToBitmap },
  { name: 'Set.add, dense', values: dense, run: addToSet },
  { name: 'HyperLogLog.addBytes, 9 bytes', values: ascending, run: addToSketch },
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
