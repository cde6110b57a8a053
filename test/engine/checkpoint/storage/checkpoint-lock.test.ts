import { describe, expect, it } from 'vitest';
import {
  CheckpointLock,
  LEASE_MS,
  lockFolderName,
} from '../../../../src/engine/checkpoint/storage/checkpoint-lock.ts';
import { encodeHolder } from '../../../../src/engine/checkpoint/storage/lock-holder.ts';
import { DreyError } from '../../../../src/errors/drey-error.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';
import type { Files } from '../../../../src/platform/files.ts';
import { runs } from '../../../support/property-runs.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  fill,
  headers,
  jobName,
  openStorage,
  storageOn,
  text,
} from './storage-world.ts';

const folder = `${directory}/${lockFolderName(jobName)}`;

function acquire(platform: SimulatedPlatform, name = jobName): Promise<CheckpointLock> {
  return platform.drive(CheckpointLock.acquire({ platform, directory, jobName: name }));
}

async function pass(world: SimulatedPlatform, delayMs: number): Promise<void> {
  await world.drive(
    new Promise<void>((resolve) => {
      world.timers.after(delayMs, resolve);
    }),
  );
}

async function write(world: SimulatedPlatform, path: string, content: Uint8Array): Promise<void> {
  await world.drive(world.files.createFolder(folder));
  const file = await world.drive(world.files.openToWrite(path));
  await world.drive(file.write(content));
}

describe('the lock of a pipeline', () => {
  it('keeps a second run away, with exit status 11 and the name of the first', async () => {
    const world = createWorld();
    await acquire(world);
    await expect(acquire(world.startAnother())).rejects.toMatchObject({
      code: 'DREY_CHECKPOINT_LOCKED',
      exitCode: 11,
      message:
        'pipeline uv is run by process 1000 on simulated with the checkpoint folder /checkpoints',
    });
  });

  it('is renewed as long as its holder lives', async () => {
    const world = createWorld();
    await acquire(world);
    await pass(world, 10 * LEASE_MS);
    await expect(acquire(world.startAnother())).rejects.toMatchObject({ exitCode: 11 });
  });

  it('is free after its release, and for other pipelines', async () => {
    const world = createWorld();
    const lock = await acquire(world);
    await acquire(world.startAnother(), 'trending');
    await world.drive(lock.release());
    await world.drive(lock.release());
    await acquire(world.startAnother());
    expect(world.files.openFiles).toBe(0);
  });

  it('of a process that is gone is taken over at once', async () => {
    const world = createWorld();
    await acquire(world);
    world.kill();
    const next = world.startAnother();
    const before = next.clock.nowMs();
    await acquire(next);
    expect(next.clock.nowMs() - before).toBeLessThan(100);
  });

  it('of an earlier process with our id is taken over at once', async () => {
    const world = createWorld();
    const { name, processId } = world.host;
    const renewedAtMs = world.clock.nowMs();
    const holder = { host: name, processId, processToken: 'before', renewedAtMs };
    await write(world, `${folder}/4`, encodeHolder({ ...holder, state: 'held' }));
    await acquire(world);
    expect(world.disk.list(folder)).toEqual(['4', '5']);
  });

  it('of another machine is taken over when its lease has run out', async () => {
    const world = createWorld();
    const renewedAtMs = world.clock.nowMs();
    const holder = { host: 'elsewhere', processId: 1, processToken: 'x', renewedAtMs };
    await write(world, `${folder}/1`, encodeHolder({ ...holder, state: 'held' }));
    await expect(acquire(world)).rejects.toMatchObject({
      message: expect.stringContaining('process 1 on elsewhere'),
    });
    await pass(world, LEASE_MS + 1);
    await acquire(world);
  });

  it.each([-86_400_000, 86_400_000])(
    'is not lost to a clock that jumps by %d ms',
    async (jumpMs) => {
      const world = createWorld();
      await acquire(world);
      // As it looks when the clock has jumped since the last renewal.
      const { name, processId, processToken } = world.host;
      const renewedAtMs = world.clock.nowMs() - jumpMs;
      const holder = { host: name, processId, processToken, renewedAtMs };
      await write(world, `${folder}/1`, encodeHolder({ ...holder, state: 'held' }));
      await expect(acquire(world.startAnother())).rejects.toMatchObject({ exitCode: 11 });
    },
  );

  it('that a crash left half written is free', async () => {
    const world = createWorld();
    await write(world, `${folder}/1`, text('{"host":"simul'));
    await acquire(world);
  });

  it('tells a run that completes nothing that another one has taken over, once', async () => {
    const world = createWorld();
    const lock = await acquire(world);
    const told: string[] = [];
    lock.onLost(({ code }) => told.push(code));
    await pass(world, LEASE_MS);
    expect(told).toEqual([]);
    const { name, processId } = { name: 'elsewhere', processId: 7 };
    const holder = { host: name, processId, processToken: 'x', renewedAtMs: world.clock.nowMs() };
    await write(world, `${folder}/2`, encodeHolder({ ...holder, state: 'held' }));
    await pass(world, 3 * LEASE_MS);
    expect(told).toEqual(['DREY_CHECKPOINT_FENCED']);
  });

  it('stops a run that stood still while another one took over', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    const pending = await world.drive(storage.begin(checkpointOrder(1)));
    await world.drive(fill(pending, 1));
    const { name, processId } = { name: 'elsewhere', processId: 7 };
    const holder = { host: name, processId, processToken: 'x', renewedAtMs: world.clock.nowMs() };
    await write(world, `${folder}/2`, encodeHolder({ ...holder, state: 'held' }));
    await expect(world.drive(pending.complete(headers))).rejects.toMatchObject({
      code: 'DREY_CHECKPOINT_FENCED',
      exitCode: 11,
    });
    await world.drive(pending.abort());
  });

  it('keeps a run that slept before it tidied from what the one that took over has begun', async () => {
    const world = createWorld();
    const lock = await acquire(world);
    const holder = { host: 'elsewhere', processId: 7, processToken: 'x', renewedAtMs: 0 };
    await write(world, `${folder}/2`, encodeHolder({ ...holder, state: 'released' }));
    const next = world.startAnother();
    const storage = await openStorage(next, { jobId: 'b'.repeat(32) });
    const pending = await next.drive(storage.begin(checkpointOrder(1)));
    await next.drive(fill(pending, 1));
    await expect(next.drive(storageOn(world, { lock }).open())).rejects.toMatchObject({
      code: 'DREY_CHECKPOINT_FENCED',
    });
    expect((await next.drive(pending.complete(headers))).checkpointId).toBe(1);
  });

  it('is had by exactly one of three that come at once, whatever the order of their steps', async () => {
    for (let seed = 1; seed <= runs(150); seed++) {
      const world = createSimulatedPlatform({ seed, fileLatencyMsMax: 2 });
      // Half of the seeds have a dead lock to take over, with an older one below it.
      if (seed % 2 === 0) {
        const dead = { host: 'simulated', processId: 1, processToken: 'x', renewedAtMs: 0 };
        await write(world, `${folder}/6`, encodeHolder({ ...dead, state: 'held' }));
        await write(world, `${folder}/7`, encodeHolder({ ...dead, state: 'held' }));
      }
      const platforms = [world, world.startAnother(), world.startAnother()];
      const outcomes = await world.drive(
        Promise.allSettled(
          platforms.map((platform) => CheckpointLock.acquire({ platform, directory, jobName })),
        ),
      );
      const held = outcomes.filter(({ status }) => status === 'fulfilled');
      expect(held, `seed ${seed}`).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        expect(outcome.reason).toBeInstanceOf(DreyError);
        expect(outcome.reason).toMatchObject({ exitCode: 11 });
      }
    }
  });

  it('is not had by one who was slow to take a number that others have passed', async () => {
    const world = createWorld();
    const dead = { host: 'simulated', processId: 1, processToken: 'x', renewedAtMs: 0 };
    await write(world, `${folder}/1`, encodeHolder({ ...dead, state: 'held' }));
    const slow = world.startAnother();
    let goOn: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const files: Files = Object.create(slow.files);
    files.openToWrite = async (path, options) => {
      await gate;
      return slow.files.openToWrite(path, options);
    };
    const { clock, timers, random, host } = slow;
    const platform = { files, clock, timers, random, host };
    const late = CheckpointLock.acquire({ platform, directory, jobName });
    await world.runUntilIdle();
    for (let round = 0; round < 2; round++) {
      const lock = await acquire(world);
      await world.drive(lock.release());
    }
    await acquire(world);
    expect(world.disk.list(folder)).toEqual(['3', '4']);
    goOn();
    await expect(world.drive(late)).rejects.toMatchObject({ exitCode: 11 });
  });

  it('has a folder that tells names apart, and holds no name that leads elsewhere', () => {
    expect(lockFolderName('../../etc')).toMatch(/^\.lock-[A-Za-z0-9_-]+$/);
    expect(lockFolderName('a b')).not.toBe(lockFolderName('a-b'));
    expect(lockFolderName('x'.repeat(10_000)).length).toBeLessThan(100);
  });
});
