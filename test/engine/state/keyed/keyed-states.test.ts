import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  BackendOptions,
  KeyedBackend,
} from '../../../../src/engine/state/backend/keyed-backend.ts';
import { KeyedStates } from '../../../../src/engine/state/keyed/keyed-states.ts';
import type { ListTable } from '../../../../src/engine/state/keyed/list-table.ts';
import type { MapTable } from '../../../../src/engine/state/keyed/map-table.ts';
import type { ValueTable } from '../../../../src/engine/state/keyed/value-table.ts';
import type { StatePart } from '../../../../src/engine/state/state-part.ts';
import type { StateTtl } from '../../../../src/engine/state/ttl/state-ttl.ts';
import {
  ttlConfiguration,
  type TtlConfiguration,
} from '../../../../src/engine/state/ttl/ttl-configuration.ts';
import type { UserValue } from '../../../../src/engine/state/user-value.ts';
import { backendOf, restoreBackend, textKey } from '../../../support/backends.ts';
import { stateOf } from '../../../support/operator-state.ts';
import { runs } from '../../../support/property-runs.ts';

interface Clock {
  nowMs: number;
}

interface World {
  clock: Clock;
  backend: KeyedBackend;
  states: KeyedStates;
  value: ValueTable;
  list: ListTable;
  map: MapTable;
}

const wait = fc.record({ kind: fc.constant('wait' as const), ms: fc.nat({ max: 4 }) });
const restore = fc.record({ kind: fc.constant('restore' as const) });
const row = fc.record({ kind: fc.constant('row' as const) });
const access = fc.record({
  kind: fc.constantFrom('read' as const, 'read' as const, 'write' as const, 'remove' as const),
  on: fc.constantFrom('value' as const, 'list' as const, 'map' as const),
  key: fc.nat({ max: 1 }),
  entry: fc.nat({ max: 1 }),
  written: fc.nat({ max: 99 }),
});
const step = fc.oneof(
  { arbitrary: access, weight: 12 },
  { arbitrary: wait, weight: 4 },
  { arbitrary: restore, weight: 1 },
  { arbitrary: row, weight: 1 },
);

const ttl = fc.record({
  ttlMs: fc.integer({ min: 1, max: 8 }),
  update: fc.constantFrom('onCreateAndWrite' as const, 'onReadAndWrite' as const),
  cleanup: fc.record({
    fullSnapshot: fc.boolean(),
    incremental: fc.record({ keys: fc.integer({ min: 1, max: 3 }), perRow: fc.boolean() }),
    compaction: fc.record({ queryTimeAfterEntries: fc.integer({ min: 1, max: 3 }) }),
  }),
});

/** The same by hand: all that was ever written, each with its time. */
class Naive {
  private kept: { at: string; entry: number; value: UserValue; stampMs: number }[] = [];
  private readonly ttl: { readonly ttlMs: number; readonly update: string } | null;

  constructor(configuration: { readonly ttlMs: number; readonly update: string } | null) {
    this.ttl = configuration;
  }

  read(at: string, entry: number | null, nowMs: number): readonly (readonly [number, UserValue])[] {
    const isAlive = (stampMs: number): boolean =>
      this.ttl === null || stampMs + this.ttl.ttlMs > nowMs;
    this.kept = this.kept.filter((each) => isAlive(each.stampMs));
    const found = this.kept.filter(
      (each) => each.at === at && (entry === null || each.entry === entry),
    );
    if (this.ttl?.update === 'onReadAndWrite') for (const each of found) each.stampMs = nowMs;
    return found.map((each) => [each.entry, each.value]);
  }

  write(at: string, entry: number | null, value: UserValue, nowMs: number): void {
    if (entry !== null) {
      const index = this.kept.findIndex((each) => each.at === at && each.entry === entry);
      const isDead =
        index >= 0 && this.ttl !== null && this.kept[index]!.stampMs + this.ttl.ttlMs <= nowMs;
      if (index >= 0 && !isDead) {
        this.kept[index]!.value = value;
        this.kept[index]!.stampMs = nowMs;
        return;
      }
      if (isDead) this.kept.splice(index, 1);
    }
    this.kept.push({ at, entry: entry ?? 0, value, stampMs: nowMs });
  }

  remove(at: string, entry: number | null): void {
    this.kept = this.kept.filter(
      (each) => each.at !== at || (entry !== null && each.entry !== entry),
    );
  }
}

const sorted = (entries: readonly (readonly [unknown, UserValue])[]): readonly unknown[] =>
  [...entries].sort((a, b) => Number(a[0]) - Number(b[0]));

/** Everything is written in pieces, one cell a step. */
const inPieces = { isIncremental: true, limits: { wholeBytes: 0, stepCells: 1, pieceBytes: 1 } };

test.each([
  ['without a life time', fc.constant(null), undefined],
  ['with one, however it is cleaned up', ttl, undefined],
  ['with one, in pieces', ttl, inPieces],
] as const)('gives what was written, restored or not: %s', (_name, configurations, options) => {
  fc.assert(
    fc.property(
      configurations,
      fc.array(step, { maxLength: 120, size: 'max' }),
      (configuration, steps) => {
        const world = open(configuration, null, 1_000, options);
        const naive = new Naive(configuration);
        for (const each of steps) {
          if (each.kind === 'wait') world.clock.nowMs += each.ms;
          else if (each.kind === 'row') world.states.afterRow();
          else if (each.kind === 'restore') {
            Object.assign(world, open(configuration, snapshotOf(world), world.clock, options));
          } else compareStep(world, naive, each);
        }
      },
    ),
    { numRuns: runs(200) },
  );
});

type Access = typeof access extends fc.Arbitrary<infer T> ? T : never;

function compareStep(world: World, naive: Naive, accessed: Access): void {
  const { kind, on, entry, written } = accessed;
  const key = keyIn(world, accessed.key);
  const at = `${on} ${accessed.key}`;
  if (kind === 'write') {
    if (on === 'value') world.value.write(key, written);
    else if (on === 'list') world.list.add(key, [written]);
    else world.map.write(key, entry, written);
    naive.write(at, on === 'list' ? null : on === 'value' ? 0 : entry, written, world.clock.nowMs);
    return;
  }
  if (kind === 'remove') {
    if (on === 'map') world.map.removeEntry(key, entry);
    else world[on].remove(key);
    naive.remove(at, on === 'map' ? entry : null);
    return;
  }
  if (on === 'value') {
    expect(world.value.read(key)).toBe(naive.read(at, null, world.clock.nowMs)[0]?.[1]);
  } else if (on === 'list') {
    expect(world.list.read(key)).toEqual(naive.read(at, null, world.clock.nowMs).map(([, v]) => v));
  } else if (written % 2 === 0) {
    expect(world.map.read(key, entry)).toBe(naive.read(at, entry, world.clock.nowMs)[0]?.[1]);
  } else {
    expect(sorted(world.map.readAll(key))).toEqual(sorted(naive.read(at, null, world.clock.nowMs)));
  }
}

test('expired values leave the state without being read', () => {
  for (const cleanup of [{ incremental: { keys: 2 } }, { compaction: {} }]) {
    const world = open({ ttlMs: 10, cleanup }, null, 0);
    for (let key = 0; key < 3_000; key++) {
      world.clock.nowMs = key;
      world.value.write(keyIn(world, key), key);
    }
    const used = new Uint8Array(3_000);
    world.value.markKeys(used);
    expect(used.filter((mark) => mark === 1).length).toBeLessThan(2_100);
  }
});

test('a snapshot leaves out what has expired, and the running job keeps it', () => {
  const returned = { ttlMs: 10, visibility: 'returnExpiredIfNotCleanedUp' } as const;
  const world = open({ ...returned, cleanup: { fullSnapshot: true } }, null, 0);
  writeAll(world, 1, 'old');
  world.clock.nowMs = 10;
  const restored = open({ ...returned, cleanup: {} }, snapshotOf(world), 10);
  expect(readAll(restored, 1)).toEqual([undefined, [], []]);
  expect(readAll(world, 1)).toEqual(['old', ['old'], [['k', 'old']]]);
  expect(readAll(world, 1)).toEqual([undefined, [], []]);
});

test('state without a life time gets one when a later version declares it', () => {
  const before = open(null, null, 0);
  writeAll(before, 1, 'a');
  const after = open({ ttlMs: 10 }, snapshotOf(before), 500);
  after.clock.nowMs = 509;
  expect(after.value.read(keyIn(after, 1))).toBe('a');
  after.clock.nowMs = 510;
  expect(readAll(after, 1)).toEqual([undefined, [], []]);
});

test('state that is not declared stays in the snapshot; its kind cannot change', () => {
  const before = open(null, null, 0);
  writeAll(before, 1, 'a');
  const between = backendOf(() => 0);
  restoreBackend(between, new KeyedStates(between, () => 0), snapshotOf(before));
  const backend = backendOf(() => 0);
  const after = new KeyedStates(backend, () => 0);
  restoreBackend(backend, after, stateOf(between));
  const value = after.declare('value', 'v', null) as ValueTable;
  expect(value.read(textKey(backend, 'key 1'))).toBe('a');
  expect(after.declare('value', 'l', null)).toContain('list in the snapshot');
  expect(after.declare('value', 'v', null)).toContain('declared twice');
});

test('1 and "1" are two keys of a map', () => {
  const world = open(null, null, 0);
  world.map.write(keyIn(world, 0), 1, 'number');
  world.map.write(keyIn(world, 0), '1', 'text');
  const restored = open(null, snapshotOf(world), 0);
  expect(restored.map.readAll(keyIn(restored, 0))).toEqual([
    [1, 'number'],
    ['1', 'text'],
  ]);
});

test('0 and -0 are one key of a map, and so is NaN', () => {
  const world = open(null, null, 0);
  const key = keyIn(world, 0);
  world.map.write(key, -0, 'zero');
  world.map.write(key, Number.NaN, 'none');
  expect([world.map.read(key, 0), world.map.read(key, Number.NaN)]).toEqual(['zero', 'none']);
  expect(Object.is(world.map.readAll(key)[0]![0], 0)).toBe(true);
});

test('a value that cannot be kept leaves the state as it was', () => {
  const world = open(null, null, 0);
  writeAll(world, 1, 'old');
  const key = keyIn(world, 1);
  const unfit = { at: [1, undefined] };
  expect(() => {
    world.value.write(key, unfit);
  }).toThrow('the value.at[1] is undefined');
  expect(() => {
    world.list.add(key, ['new', unfit]);
  }).toThrow('the value.at[1] is undefined');
  expect(() => {
    world.list.update(key, ['new', unfit]);
  }).toThrow('the value.at[1] is undefined');
  expect(() => {
    world.map.write(key, 'k', unfit);
  }).toThrow('the value.at[1] is undefined');
  expect(readAll(world, 1)).toEqual(['old', ['old'], [['k', 'old']]]);
});

function writeAll(world: World, number: number, value: UserValue): void {
  const key = keyIn(world, number);
  world.value.write(key, value);
  world.list.add(key, [value]);
  world.map.write(key, 'k', value);
}

function readAll(world: World, number: number): readonly unknown[] {
  const key = keyIn(world, number);
  return [world.value.read(key), world.list.read(key), world.map.readAll(key)];
}

/** Id of a key; keys are told apart by their numbers. */
function keyIn({ backend }: World, number: number): number {
  return textKey(backend, `key ${number}`);
}

function open(
  configuration: StateTtl | null,
  snapshot: readonly StatePart[] | null,
  from: number | Clock,
  options?: BackendOptions,
): World {
  const clock = typeof from === 'number' ? { nowMs: from } : from;
  const backend = backendOf(() => clock.nowMs, options);
  const states = new KeyedStates(backend, () => clock.nowMs);
  if (snapshot !== null) restoreBackend(backend, states, snapshot);
  const checked = configuration === null ? null : ttlConfiguration(configuration);
  const config = checked as TtlConfiguration | null;
  return {
    clock,
    backend,
    states,
    value: states.declare('value', 'v', config) as ValueTable,
    list: states.declare('list', 'l', config) as ListTable,
    map: states.declare('map', 'm', config) as MapTable,
  };
}

function snapshotOf(world: World): readonly StatePart[] {
  return stateOf(world.backend);
}
