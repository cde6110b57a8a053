import { describe, expect, it } from 'vitest';
import {
  noLatestSnapshot,
  readLatestSnapshot,
  type LatestSnapshot,
} from '../../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  jobName,
  openStorage,
  savepointOrder,
  take,
  text,
} from './storage-world.ts';

const jobs = ['e', '1', '9', '4'].map((digit) => digit.repeat(32));

/** Runs one after the other, each with checkpoints of these ids; `finished`: it came to its end. */
async function run(
  world: SimulatedPlatform,
  index: number,
  { ids, isFinished = false }: { readonly ids: readonly number[]; readonly isFinished?: boolean },
): Promise<void> {
  const storage = await openStorage(world, { jobId: jobs[index] ?? '' });
  for (const id of ids) await world.drive(take(storage, checkpointOrder(id)));
  if (isFinished) await world.drive(storage.markFinished());
  await world.drive(storage.close());
}

function latestOn(world: SimulatedPlatform, name = jobName): Promise<LatestSnapshot> {
  return world.drive(readLatestSnapshot(world.files, directory, name));
}

async function locationOn(world: SimulatedPlatform): Promise<string> {
  const latest = await latestOn(world);
  return latest.kind === 'found' ? latest.location : latest.kind;
}

describe('the latest snapshot of a pipeline', () => {
  it('is none in a directory that is empty, or not there', async () => {
    const world = createWorld();
    expect(await latestOn(world)).toEqual({ kind: 'none' });
    await run(world, 0, { ids: [] });
    expect(await latestOn(world)).toEqual({ kind: 'none' });
    expect(noLatestSnapshot(directory, jobName)).toMatchObject({
      exitCode: 5,
      message: 'there is no complete checkpoint of pipeline uv in /checkpoints',
    });
  });

  it('has the highest id within a run', async () => {
    const world = createWorld();
    await run(world, 0, { ids: [9, 10] });
    expect(await locationOn(world)).toBe(`${directory}/${jobs[0]}/chk-10`);
  });

  it('is of the newest run that has one, whatever the ids and the job ids', async () => {
    const world = createWorld();
    await run(world, 0, { ids: [100] });
    await run(world, 1, { ids: [1] });
    await run(world, 2, { ids: [] });
    expect(await locationOn(world)).toBe(`${directory}/${jobs[1]}/chk-1`);
  });

  it('is not that of another pipeline', async () => {
    const world = createWorld();
    await run(world, 0, { ids: [1] });
    const other = await openStorage(world, { jobId: jobs[1] ?? '', jobName: 'trending' });
    await world.drive(take(other, checkpointOrder(5)));
    expect(await locationOn(world)).toBe(`${directory}/${jobs[0]}/chk-1`);
  });

  it('is nothing to do when the newest run has finished', async () => {
    const world = createWorld();
    await run(world, 0, { ids: [1] });
    await run(world, 1, { ids: [2, 3], isFinished: true });
    expect(await latestOn(world)).toEqual({ kind: 'finished', jobId: jobs[1] });
    await run(world, 2, { ids: [1] });
    expect(await locationOn(world)).toBe(`${directory}/${jobs[2]}/chk-1`);
  });

  it('may be a savepoint that lies beside the checkpoints', async () => {
    const world = createWorld();
    const storage = await openStorage(world);
    await world.drive(take(storage, checkpointOrder(1)));
    const order = { ...savepointOrder(2), targetDirectory: directory };
    const { location } = await world.drive(take(storage, order));
    expect(await locationOn(world)).toBe(location);
    await world.drive(take(storage, checkpointOrder(3)));
    expect(await locationOn(world)).toMatch(/chk-3$/);
  });

  it('is not what Flink left in the same directory', async () => {
    const world = createWorld();
    await run(world, 0, { ids: [1] });
    const foreign = `${directory}/${'f'.repeat(32)}/chk-7`;
    await world.drive(world.files.createFolder(foreign));
    const file = await world.drive(world.files.openToWrite(`${foreign}/_metadata`));
    await world.drive(file.write(Uint8Array.of(0x49, 0x60, 0x67, 0x2d, 0, 0, 0, 4)));
    expect(await locationOn(world)).toBe(`${directory}/${jobs[0]}/chk-1`);
  });

  it('is not a file that has the name of a checkpoint', async () => {
    const world = createWorld();
    await run(world, 0, { ids: [1] });
    const file = await world.drive(world.files.openToWrite(`${directory}/${jobs[0]}/chk-2`));
    await world.drive(file.close());
    await world.drive(world.files.createFolder(`${directory}/${jobs[0]}/chk-007`));
    expect(await locationOn(world)).toBe(`${directory}/${jobs[0]}/chk-1`);
  });

  it('is refused when a damaged one may be newer, though its folder says nothing', async () => {
    const world = createWorld();
    await run(world, 0, { ids: [1] });
    const damaged = `${directory}/${'f'.repeat(32)}/chk-7`;
    await world.drive(world.files.createFolder(damaged));
    const file = await world.drive(world.files.openToWrite(`${damaged}/_metadata`));
    await world.drive(file.write(text('DREYSNAP')));
    await expect(latestOn(world)).rejects.toMatchObject({
      exitCode: 12,
      details: { path: `${damaged}/_metadata`, older: `${directory}/${jobs[0]}/chk-1` },
    });
  });
});
