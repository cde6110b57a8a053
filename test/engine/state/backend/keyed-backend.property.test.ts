import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BackendLimits } from '../../../../src/engine/state/backend/backend-limits.ts';
import type { BackendOptions } from '../../../../src/engine/state/backend/keyed-backend.ts';
import type { SpillOptions } from '../../../../src/engine/state/backend/spilling-heap.ts';
import type { TimerQueue } from '../../../../src/engine/time/timer-queue.ts';
import { FileFaults } from '../../../../src/platform/simulated/file-faults.ts';
import { SimulatedScratchFiles } from '../../../../src/platform/simulated/scratch-files.ts';
import { KeyedWorld, type WorldSnapshot } from '../../../support/keyed-world.ts';
import { runs } from '../../../support/property-runs.ts';

/** So small that a handful of cells makes several pieces and steps. */
const TINY: BackendLimits = {
  wholeBytes: 0,
  pieceBytes: 160,
  stepCells: 2,
  stepBytes: 120,
  stepSlots: 3,
  rewriteBytes: 200,
  sparePieces: 2,
};

/** The state of one key, by hand. */
interface KeyModel {
  value: string | undefined;
  list: string[];
  map: Map<number, string>;
  timers: Set<number>;
}

type Model = Map<string, KeyModel>;

const on = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), n: fc.nat({ max: 9 }) });
const change = on.chain(({ key, n }) =>
  fc.record({
    key: fc.constant(key),
    n: fc.constant(n),
    kind: fc.constantFrom(
      'write',
      'write',
      'remove',
      'add',
      'add',
      'update',
      'clear',
      'put',
      'put',
      'removeEntry',
      'clearMap',
      'register',
      'register',
      'deleteTimer',
      'fire',
    ),
  }),
);
const snapshotStep = fc.record({
  kind: fc.constantFrom(
    'checkpoint' as const,
    'checkpoint' as const,
    'savepoint' as const,
    'step' as const,
    'step' as const,
    'step' as const,
    'finish' as const,
    'finish' as const,
    'complete' as const,
    'complete' as const,
    'complete' as const,
    'abort' as const,
    'restore' as const,
  ),
  which: fc.nat({ max: 5 }),
  subtask: fc.nat({ max: 2 }),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
type SnapshotStep = typeof snapshotStep extends fc.Arbitrary<infer T> ? T : never;
const step: fc.Arbitrary<Change | SnapshotStep> = fc.oneof(
  { arbitrary: change, weight: 3 },
  { arbitrary: snapshotStep, weight: 2 },
);

class Driven {
  readonly world: KeyedWorld<Model>;
  model: Model = new Map<string, KeyModel>();
  /** Snapshots that named a piece that was gone. */
  broken = 0;
  private readonly concurrent: number;

  constructor(options: BackendOptions, concurrent: number) {
    this.world = new KeyedWorld<Model>(options, 2);
    this.concurrent = concurrent;
  }

  run(each: Change | SnapshotStep): void {
    if ('key' in each) this.change(each);
    else this.snapshot(each);
  }

  private snapshot({ kind, which, subtask }: SnapshotStep): void {
    const { world } = this;
    const pick = (of: readonly WorldSnapshot<Model>[]): WorldSnapshot<Model> | undefined =>
      of[which % Math.max(1, of.length)];
    const isSavepoint = kind === 'savepoint';
    if (kind === 'checkpoint' || isSavepoint) {
      if (world.pending.length < this.concurrent) world.begin(isSavepoint, copyOf(this.model));
      return;
    }
    if (kind === 'restore') {
      const from = pick(world.complete);
      if (from === undefined) return;
      world.restore(from, (subtask % 3) + 1);
      this.model = copyOf(from.model);
      this.compare();
      return;
    }
    const snapshot = pick(
      kind === 'complete' ? world.pending.filter(({ isWritten }) => isWritten) : world.pending,
    );
    if (snapshot === undefined) return;
    if (kind === 'step') world.step(snapshot, subtask);
    else if (kind === 'finish') world.finish(snapshot);
    else if (kind === 'abort') world.abort(snapshot);
    else world.becomeComplete(snapshot);
    if (snapshot.isBroken) this.broken++;
  }

  private change({ key: name, n, kind }: Change): void {
    const { value, list, map, timers, ...owner } = this.world.ownerOf(name);
    const key = this.world.ownerOf(name).key(name);
    expect(owner.backend).toBeDefined();
    const model = this.model.get(name) ?? emptyKey();
    this.model.set(name, model);
    const text = `${kind}${'x'.repeat(n * 7)}`;
    switch (kind) {
      case 'write':
        value.write(key, (model.value = text));
        return;
      case 'remove':
        value.remove(key);
        model.value = undefined;
        return;
      case 'add':
        list.add(key, [text]);
        model.list.push(text);
        return;
      case 'update':
        list.update(key, [text, name]);
        model.list = [text, name];
        return;
      case 'clear':
        list.remove(key);
        model.list = [];
        return;
      case 'put':
        map.write(key, n, text);
        model.map.set(n, text);
        return;
      case 'removeEntry':
        map.removeEntry(key, n);
        model.map.delete(n);
        return;
      case 'clearMap':
        map.remove(key);
        model.map.clear();
        return;
      case 'register':
        timers.register(key, n);
        model.timers.add(n);
        return;
      case 'deleteTimer':
        timers.delete(key, n);
        model.timers.delete(n);
        return;
      case 'fire':
        this.fire(timers);
    }
  }

  /** The first timer of a subtask, whosever it is. */
  private fire(timers: TimerQueue): void {
    if (timers.size === 0) return;
    const { nextMs, nextKey } = timers;
    const names = [...this.model.keys()];
    const name = names.find((each) => {
      const owner = this.world.ownerOf(each);
      return owner.timers === timers && owner.key(each) === nextKey;
    });
    expect(this.model.get(name!)?.timers.delete(nextMs)).toBe(true);
    timers.removeNext();
  }

  compare(): void {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const owner = this.world.ownerOf(name);
      const key = owner.key(name);
      const timers: number[] = [];
      for (let n = 0; n < 10; n++) {
        if (!owner.timers.delete(key, n)) continue;
        timers.push(n);
        owner.timers.register(key, n);
      }
      expect({
        value: owner.value.read(key),
        list: owner.list.read(key),
        map: owner.map.readAll(key),
        timers,
      }).toEqual(shown(this.model.get(name) ?? emptyKey()));
    }
  }
}

function emptyKey(): KeyModel {
  return { value: undefined, list: [], map: new Map<number, string>(), timers: new Set<number>() };
}

function shown({ value, list, map, timers }: KeyModel): object {
  return { value, list, map: [...map], timers: [...timers].sort((a, b) => a - b) };
}

function copyOf(model: Model): Model {
  return new Map(
    [...model].map(([key, { value, list, map, timers }]) => [
      key,
      { value, list: [...list], map: new Map(map), timers: new Set(timers) },
    ]),
  );
}

/** So small that almost every value goes to the scratch file. */
const SPILL: SpillOptions = {
  memoryBytes: 512,
  openScratch: () => new SimulatedScratchFiles(new FileFaults()).open('/scratch'),
  sizes: { chunkBytes: 512, pageBytes: 64, pages: 3 },
};

test.each<[string, BackendOptions, number]>([
  ['one checkpoint at a time', { isIncremental: true, limits: TINY }, 1],
  ['several at a time', { isIncremental: true, limits: TINY }, 3],
  ['not incremental', { isIncremental: false, limits: TINY }, 2],
  ['values on disk', { isIncremental: true, limits: TINY, spill: SPILL }, 1],
])('a restore gives the state at the barrier: %s', (_name, options, concurrent) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 250, size: 'max' }), (steps) => {
      const driven = new Driven(options, concurrent);
      for (const each of steps) driven.run(each);
      driven.compare();
      const last = driven.world.complete.at(-1);
      if (last !== undefined) driven.run({ kind: 'restore', which: 9, subtask: 1 });
      if (concurrent === 1) expect(driven.broken).toBe(0);
    }),
    { numRuns: runs(150) },
  );
});
