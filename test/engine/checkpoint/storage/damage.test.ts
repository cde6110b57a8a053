import { describe, expect, it } from 'vitest';
import { readLatestSnapshot } from '../../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import {
  readLocatedSnapshot,
  readSnapshot,
} from '../../../../src/engine/checkpoint/storage/read-snapshot.ts';
import { DreyError, VerificationError } from '../../../../src/errors/drey-error.ts';
import { exitCodes } from '../../../../src/errors/exit-codes.ts';
import { damage, type Damage } from '../../../../src/platform/simulated/damage.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { worldOnDisk } from '../../../support/world-on-disk.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  expectedSnapshot,
  fill,
  jobId,
  jobName,
  openStorage,
  take,
} from './storage-world.ts';

const location = `${directory}/${jobId}/chk-2`;
const older = `${directory}/${jobId}/chk-1`;

/** Two checkpoints; the newer one refers to a file of which it needs only a part. */
async function prepared(): Promise<SimulatedPlatform> {
  const world = createWorld();
  const storage = await openStorage(world);
  await world.drive(take(storage, checkpointOrder(1), { written: ['p', 'q'] }));
  await world.drive(take(storage, checkpointOrder(2), { written: ['r'], reused: ['p'] }));
  world.disk.syncAll();
  return world;
}

function filesOf(world: SimulatedPlatform): readonly string[] {
  const shared = `${directory}/${jobId}/shared`;
  return [
    ...world.disk.list(location).map((name) => `${location}/${name}`),
    ...world.disk.list(shared).map((name) => `${shared}/${name}`),
  ];
}

function sizeOf(world: SimulatedPlatform, path: string): number {
  const node = world.disk.find(path);
  return node?.kind === 'file' ? world.disk.content(node).length : 0;
}

async function errorAfter(world: SimulatedPlatform, what: Damage): Promise<unknown> {
  const damaged = worldOnDisk(world.disk);
  damage(damaged.disk, what);
  try {
    await damaged.drive(readSnapshot(damaged.files, location));
    return null;
  } catch (error) {
    return error;
  }
}

async function checkRefused(world: SimulatedPlatform, what: Damage): Promise<void> {
  const error = await errorAfter(world, what);
  const words = JSON.stringify(what);
  expect(error, words).toBeInstanceOf(VerificationError);
  if (!(error instanceof DreyError)) return;
  expect(error.exitCode).toBe(exitCodes.verification);
  expect(error.message, words).toContain(what.path);
}

describe('a snapshot', () => {
  it('with any one byte of any of its files changed is refused, by the name of the file', async () => {
    const world = await prepared();
    const paths = filesOf(world);
    expect(paths).toHaveLength(4);
    for (const path of paths) {
      for (let at = 0; at < sizeOf(world, path); at++) {
        await checkRefused(world, { kind: 'flip-bit', path, bit: at * 8 + (at % 8) });
      }
    }
  });

  it('with any of its files cut at any length is refused, by the name of the file', async () => {
    const world = await prepared();
    for (const path of filesOf(world)) {
      for (let sizeBytes = 0; sizeBytes < sizeOf(world, path); sizeBytes++) {
        await checkRefused(world, { kind: 'cut', path, sizeBytes });
      }
    }
  });

  it('with a file of state missing, longer, or that of another one is refused', async () => {
    const world = await prepared();
    for (const path of filesOf(world).filter((file) => !file.endsWith('/_metadata'))) {
      await checkRefused(world, { kind: 'delete', path });
      const content = new Uint8Array(sizeOf(world, path) + 1);
      await checkRefused(world, { kind: 'replace', path, content });
    }
    const [path, other] = [`${location}/state-0`, `${older}/state-0`];
    expect(sizeOf(world, path)).toBe(sizeOf(world, other));
    await checkRefused(world, { kind: 'swap', path, other });
  });

  it('without a manifest is incomplete, and is named', async () => {
    const world = await prepared();
    const error = await errorAfter(world, { kind: 'delete', path: `${location}/_metadata` });
    expect(error).toMatchObject({ code: 'DREY_SNAPSHOT_INCOMPLETE', exitCode: 12 });
  });

  it('that is not there is refused with exit status 5', async () => {
    const world = await prepared();
    const error = await errorAfter(world, { kind: 'delete', path: location });
    expect(error).toMatchObject({ code: 'DREY_SNAPSHOT_NONE', exitCode: 5 });
  });

  it('larger than its limit is refused before it is read', async () => {
    const world = await prepared();
    await expect(world.drive(readLocatedSnapshot(world.files, location, 10))).rejects.toMatchObject(
      {
        code: 'DREY_SNAPSHOT_TOO_LARGE',
      },
    );
  });
});

describe('the newest checkpoint', () => {
  async function latestAfter(...damages: readonly Damage[]): Promise<unknown> {
    const world = worldOnDisk((await prepared()).disk);
    for (const what of damages) damage(world.disk, what);
    try {
      return await world.drive(readLatestSnapshot(world.files, directory, jobName));
    } catch (error) {
      return error;
    }
  }

  it.each(['_metadata', 'state-0'])(
    'with %s damaged is refused, and the next older offered',
    async (name) => {
      const error = await latestAfter({ kind: 'flip-bit', path: `${location}/${name}`, bit: 77 });
      expect(error).toMatchObject({
        code: 'DREY_SNAPSHOT_CORRUPT',
        exitCode: 12,
        message: expect.stringContaining(`${location}/${name}`),
        hint: `The next older one is whole: --restore ${older}`,
        details: { older },
      });
    },
  );

  it('is refused with all names when all are damaged', async () => {
    const error = await latestAfter(
      { kind: 'cut', path: `${location}/_metadata`, sizeBytes: 3 },
      { kind: 'delete', path: `${older}/state-0` },
    );
    expect(error).toMatchObject({
      exitCode: 12,
      message: expect.stringMatching(/chk-2\/_metadata is damaged.*; .*chk-1\/state-0 is damaged/),
      details: { older: null },
    });
  });

  it('that was never completed is passed over', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    await world.drive(take(storage, checkpointOrder(1)));
    const pending = await world.drive(storage.begin(checkpointOrder(2)));
    await world.drive(fill(pending, 2));
    const next = world.crash('keep-all');
    const latest = await next.drive(readLatestSnapshot(next.files, directory, jobName));
    expect(latest).toMatchObject({
      kind: 'found',
      location: older,
      snapshot: expectedSnapshot(checkpointOrder(1)),
    });
  });
});
