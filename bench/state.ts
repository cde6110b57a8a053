/**
 * What keyed state costs: `node --expose-gc scripts/run.js bench/state.ts [--keys N] [--spill MB]`. Memory and
 * time of a value state against the plain way (an array of frozen objects by key), and what a
 * checkpoint of it costs while rows go on: how long the loop stands still, and how many bytes are
 * written when 1 % has changed. Exit status 1 when a ratio is above what the project promises.
 */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { ByteBlock } from '../src/engine/batch/byte-block.ts';
import { LinearMemory } from '../src/engine/memory/linear-memory.ts';
import { KeyedBackend, type BackendOptions } from '../src/engine/state/backend/keyed-backend.ts';
import { KeyedStates } from '../src/engine/state/keyed/keyed-states.ts';
import type { ValueTable } from '../src/engine/state/keyed/value-table.ts';
import { LaterParts } from '../test/support/later-parts.ts';
import { RestoredParts } from '../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../src/engine/state/snapshot-parts.ts';
import type { StatePart } from '../src/engine/state/state-part.ts';
import { copyUserValue, type UserValue } from '../src/engine/state/user-value.ts';
import { realScratchFiles } from '../src/platform/real/scratch-files.ts';
import type { ScratchFile } from '../src/platform/scratch-files.ts';
import { describeRun } from './measured-process.ts';

/** Milliseconds that a step may take at the 99th percentile. */
const STALL_MAX_MS = 50;
/** Of the whole state, when 1 % has changed. */
const DELTA_MAX = 0.05;
const BATCH = 1_024;

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '1000000' },
    text: { type: 'string', default: '60' },
    plain: { type: 'boolean', default: false },
    // Megabytes of memory for values, the others in a file; 0: all in memory.
    spill: { type: 'string', default: '0' },
  },
});
const keyCount = Number(values.keys);
const filler = 'x'.repeat(Number(values.text));

interface Store {
  read(key: number): UserValue | undefined;
  write(key: number, value: UserValue): void;
}

class PlainStore implements Store {
  private readonly values: (UserValue | undefined)[] = [];

  read(key: number): UserValue | undefined {
    return this.values[key];
  }

  write(key: number, value: UserValue): void {
    this.values[key] = copyUserValue(value);
  }
}

const valueOf = (key: number, round: number): UserValue => ({
  count: round,
  last: key,
  // Made anew: texts that values share would cost the plain way nothing.
  text: `${filler}${key}`,
});
/** Some other key each time, all of them in the end. */
const scattered = (index: number): number => (index * 7_368_787) % keyCount;
/** In another order, so that what was written together is not read together. */
const elsewhere = (index: number): number => (index * 4_256_233) % keyCount;

function memoryBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function nsOf(count: number, run: (index: number) => void): number {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index++) run(index);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / count;
}

function measure(name: string, store: Store, numbers: boolean): void {
  const before = memoryBytes();
  const value = (key: number, round: number): UserValue =>
    numbers ? key + round / 2 : valueOf(key, round);
  const fillNs = nsOf(keyCount, (key) => {
    store.write(key, value(key, 1));
  });
  const bytes = (memoryBytes() - before) / keyCount;
  const some = Math.min(keyCount, 1_000_000);
  const writeNs = nsOf(some, (index) => {
    store.write(scattered(index), value(index, 2));
  });
  let seen = 0;
  const readNs = nsOf(some, (index) => {
    if (store.read(elsewhere(index)) !== undefined) seen++;
  });
  if (seen !== some) throw new Error('a value is gone');
  print(
    `${name.padEnd(24)} ${bytes.toFixed(0).padStart(6)} B/key  fill ${ns(fillNs)}  write ${ns(writeNs)}  read ${ns(readNs)}`,
  );
}

const ns = (value: number): string => `${value.toFixed(0).padStart(5)} ns`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

interface Keyed {
  readonly backend: KeyedBackend;
  readonly table: ValueTable;
}

const spillBytes = Number(values.spill) * 1_000_000;
const openScratch = (): ScratchFile => realScratchFiles.open(tmpdir());
const options: BackendOptions = {
  isIncremental: true,
  ...(spillBytes === 0 ? {} : { spill: { memoryBytes: spillBytes, openScratch } }),
};

function keyed(): Keyed {
  const backend = new KeyedBackend(new LinearMemory(), () => 0, options);
  const states = new KeyedStates(backend, () => 0);
  return { backend, table: states.declare('value', 'v', null) as ValueTable };
}

/** Keys of 8 digits, so that ids are their numbers. */
function internKeys({ keys }: KeyedBackend): void {
  const ids = new Int32Array(BATCH);
  const start = Int32Array.from({ length: BATCH }, (_, index) => index * 8);
  const length = new Int32Array(BATCH).fill(8);
  for (let from = 0; from < keyCount; from += BATCH) {
    const count = Math.min(BATCH, keyCount - from);
    let text = '';
    for (let index = 0; index < count; index++) text += String(from + index).padStart(8, '0');
    const block = ByteBlock.of(new TextEncoder().encode(text));
    keys.dictionary.internAll({ block, start, length }, count, ids);
  }
}

interface Taken {
  readonly parts: readonly StatePart[];
  readonly bytes: number;
  readonly syncMs: number;
  readonly p99Ms: number;
  /** Says more than the time where other programs run. */
  readonly p99CpuMs: number;
  readonly maxMs: number;
  readonly steps: number;
}

/** Takes a checkpoint; between any two steps a batch of keys is written. */
function checkpoint({ backend, table }: Keyed, checkpointId: number, isSavepoint = false): Taken {
  const order = { checkpointId, isSavepoint, maxParallelism: 128 };
  const snapshot = new SnapshotParts(order);
  const startMs = performance.now();
  backend.snapshotState(snapshot);
  const syncMs = performance.now() - startMs;
  const parts = [...snapshot.finish()];
  const later = new LaterParts(() => ({ first: 0, last: 127 }));
  const steps: number[] = [];
  const cpuSteps: number[] = [];
  for (const state of snapshot.laterStates) {
    for (let hasMore = true; hasMore;) {
      const cpu = process.cpuUsage();
      const stepMs = performance.now();
      hasMore = state.writeNext(later);
      parts.push(...later.take());
      steps.push(performance.now() - stepMs);
      const { user, system } = process.cpuUsage(cpu);
      cpuSteps.push((user + system) / 1_000);
      for (let index = 0; index < 8; index++) {
        const key = scattered(steps.length * 8 + index);
        table.write(key, valueOf(key, checkpointId));
      }
    }
    state.end(true);
  }
  if (!isSavepoint) backend.checkpointCompleted(checkpointId);
  for (const list of [steps, cpuSteps]) list.sort((left, right) => left - right);
  const bytes = parts.reduce((sum, part) => sum + (part.bytes?.length ?? 0), 0);
  const p99 = (list: readonly number[]): number => list[Math.floor(list.length * 0.99)] ?? 0;
  return {
    parts,
    bytes,
    syncMs,
    p99Ms: p99(steps),
    p99CpuMs: p99(cpuSteps),
    maxMs: steps.at(-1) ?? 0,
    steps: steps.length,
  };
}

function show(name: string, { bytes, syncMs, p99Ms, p99CpuMs, maxMs, steps, parts }: Taken): void {
  const megabytes = (bytes / 1e6).toFixed(1).padStart(7);
  print(
    `${name.padEnd(24)} ${megabytes} MB in ${parts.length} parts; sync ${syncMs.toFixed(1)} ms, ${steps} steps, p99 ${p99Ms.toFixed(1)} ms (CPU ${p99CpuMs.toFixed(1)} ms), max ${maxMs.toFixed(1)} ms`,
  );
}

function changeSome({ table }: Keyed, count: number, round: number): void {
  for (let index = 0; index < count; index++) {
    const key = scattered(index + round * count);
    table.write(key, valueOf(key, round));
  }
}

function measureSnapshots(state: Keyed): boolean {
  const whole = checkpoint(state, 1);
  show('first checkpoint', whole);
  changeSome(state, keyCount / 100, 2);
  const delta = checkpoint(state, 2);
  show('1 % changed', delta);
  for (let round = 3; round < 13; round++) {
    changeSome(state, keyCount / 100, round);
    const next = checkpoint(state, round);
    if (round === 12) show('the eleventh such one', next);
  }
  const savepoint = checkpoint(state, 13, true);
  show('savepoint', savepoint);
  const fresh = keyed();
  const startMs = performance.now();
  const now = { subtask: 0, parallelism: 1, maxParallelism: 128 };
  const restored = new RestoredParts([{ subtask: 0, parts: savepoint.parts }], now);
  const { backend } = fresh;
  const states = new KeyedStates(backend, () => 0);
  backend.restoreState(restored, (kind, name) =>
    name === 'v' ? fresh.table : states.restoredTable(kind, name),
  );
  const seconds = (performance.now() - startMs) / 1_000;
  print(
    `restored in ${seconds.toFixed(2)} s: ${(savepoint.bytes / 1e6 / seconds).toFixed(0)} MB/s`,
  );
  const stallMs = Math.max(whole.p99Ms, delta.p99Ms, whole.syncMs, delta.syncMs);
  const share = delta.bytes / whole.bytes;
  print(`stall ${stallMs.toFixed(1)} ms of ${STALL_MAX_MS}; changes ${(share * 100).toFixed(2)} %`);
  return stallMs <= STALL_MAX_MS && share <= DELTA_MAX;
}

print(describeRun());
print(`${keyCount} keys`);
if (values.plain) {
  measure('frozen objects', new PlainStore(), false);
  measure('numbers in an array', new PlainStore(), true);
}
for (const numbers of [true, false]) {
  const state = keyed();
  internKeys(state.backend);
  measure(numbers ? 'cells, numbers' : 'cells, objects', state.table, numbers);
  if (!numbers && !measureSnapshots(state)) process.exitCode = 1;
}
