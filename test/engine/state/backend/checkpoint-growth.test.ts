import { expect, test } from 'vitest';
import type { BackendLimits } from '../../../../src/engine/state/backend/backend-limits.ts';
import { BACKEND_LIMITS } from '../../../../src/engine/state/backend/backend-limits.ts';
import { VerificationError } from '../../../../src/errors/drey-error.ts';
import { KeyedWorld, type WorldSnapshot } from '../../../support/keyed-world.ts';

const KEYS = 3_000;
const limits: BackendLimits = {
  ...BACKEND_LIMITS,
  wholeBytes: 1_000,
  pieceBytes: 8_192,
  rewriteBytes: 16_384,
  sparePieces: 8,
};
const text = (round: number): string => `round ${round} `.padEnd(40, '.');

function take(world: KeyedWorld<null>, isSavepoint = false): WorldSnapshot<null> {
  const snapshot = world.begin(isSavepoint, null);
  world.finish(snapshot);
  expect(snapshot.isWritten).toBe(true);
  world.becomeComplete(snapshot);
  return snapshot;
}

function sizeOf({ parts }: WorldSnapshot<null>): {
  readonly bytes: number;
  readonly count: number;
} {
  const all = parts.flat();
  return { bytes: all.reduce((sum, { bytes }) => sum + bytes!.length, 0), count: all.length };
}

function write(world: KeyedWorld<null>, index: number, round: number): void {
  const name = `key ${index}`;
  const owner = world.ownerOf(name);
  owner.value.write(owner.key(name), text(round));
}

function filled(options = { isIncremental: true, limits }): KeyedWorld<null> {
  const world = new KeyedWorld<null>(options, 1);
  for (let index = 0; index < KEYS; index++) write(world, index, 0);
  return world;
}

test('a checkpoint writes what has changed, and pieces stay below about twice what is alive', () => {
  const world = filled();
  const whole = sizeOf(take(world)).bytes;
  let most = 0;
  let mostWritten = 0;
  let mostPieces = 0;
  for (let round = 1; round <= 300; round++) {
    for (let index = 0; index < 30; index++)
      write(world, (round * 7_919 + index * 13) % KEYS, round);
    const before = world.writtenBytes;
    const { bytes, count } = sizeOf(take(world));
    mostWritten = Math.max(mostWritten, world.writtenBytes - before);
    most = Math.max(most, bytes);
    mostPieces = Math.max(mostPieces, count);
  }
  expect(most).toBeLessThan(whole * 2.5);
  // 1 % has changed each time; the rest is what is rewritten, which has a limit.
  expect(mostWritten).toBeLessThan(whole * 0.02 + limits.rewriteBytes * 1.5);
  expect(world.writtenBytes).toBeLessThan(whole * 12);
  expect(mostPieces).toBeLessThan(80);
});

test('timers that come and go do not make the pieces grow', () => {
  const world = filled();
  const whole = sizeOf(take(world)).bytes;
  let last = 0;
  for (let round = 1; round <= 300; round++) {
    const [{ timers, backend }] = world.subtasks as [(typeof world.subtasks)[0]];
    expect(backend).toBeDefined();
    while (timers.size > 0) timers.removeNext();
    for (let index = 0; index < 30; index++) timers.register(index, round * 100 + index);
    last = sizeOf(take(world)).bytes;
    expect(last).toBeLessThan(whole * 2.5);
  }
  expect(last).toBeGreaterThan(0);
});

test('small state is written whole, without pieces', () => {
  const world = filled({ isIncremental: true, limits: { ...limits, wholeBytes: 1_000_000 } });
  const { parts } = take(world);
  expect(new Set(parts.flat().map(({ kind }) => kind))).toEqual(new Set(['key-group']));
});

test('a savepoint holds no pieces, and is what a full checkpoint is', () => {
  const world = filled();
  take(world);
  const savepoint = take(world, true);
  const full = take(filled({ isIncremental: false, limits }));
  expect(new Set(savepoint.parts.flat().map(({ kind }) => kind))).toEqual(new Set(['key-group']));
  expect(sizeOf(savepoint).bytes).toBe(sizeOf(full).bytes);
});

test('a part whose bytes are cut or flipped is refused, or holds other values', () => {
  const world = new KeyedWorld<null>({ isIncremental: true, limits }, 1);
  for (let index = 0; index < 3; index++) write(world, index, 0);
  const owner = world.ownerOf('key 0');
  owner.list.add(owner.key('key 0'), ['a', { b: 1 }]);
  owner.map.write(owner.key('key 0'), 'k', [1, 2n]);
  owner.timers.register(owner.key('key 0'), 5);
  const snapshot = take(world, true);
  const parts = snapshot.parts[0]!;
  for (const [index, part] of parts.entries()) {
    for (const broken of brokenOf(part.bytes!)) {
      parts[index] = { ...part, bytes: broken } as typeof part;
      try {
        world.restore(snapshot, 1);
      } catch (error) {
        expect(error).toBeInstanceOf(VerificationError);
      }
    }
    parts[index] = part;
  }
});

function* brokenOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.slice(0, length);
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 4, 128]) {
      const broken = bytes.slice();
      broken[at]! ^= bit;
      yield broken;
    }
  }
}
