import { describe, expect, it } from 'vitest';
import { readLatestSnapshot } from '../../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import { SPENT_RUNS_KEPT } from '../../../../src/engine/checkpoint/storage/spent-runs.ts';
import { StatisticsFile } from '../../../../src/engine/checkpoint/storage/statistics-file.ts';
import { writeStopPointer } from '../../../../src/engine/checkpoint/storage/stop-pointer.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { checkAllCrashes, worldOnDisk } from '../../../support/world-on-disk.ts';
import {
  checkpointOrder,
  createWorld,
  directory,
  jobName,
  openStorage,
  storageOn,
  take,
} from './storage-world.ts';

type End = 'finished' | 'died' | 'kept';

const idOf = (index: number): string => index.toString(16).padStart(32, '0');

/** A run that leaves its statistics. */
async function run(world: SimulatedPlatform, index: number, end: End, name = jobName) {
  const storage = await openStorage(world, { jobId: idOf(index), jobName: name });
  const statistics = new StatisticsFile(world.files, `${directory}/${idOf(index)}`);
  await world.drive(statistics.append({ kind: 'run' }));
  if (end === 'kept') await world.drive(take(storage, checkpointOrder(index), { written: ['p'] }));
  if (end === 'finished') await world.drive(storage.markFinished());
  await world.drive(storage.close());
}

async function runs(world: SimulatedPlatform, ends: readonly End[]): Promise<void> {
  for (const [index, end] of ends.entries()) await run(world, index, end);
}

function jobsIn(world: SimulatedPlatform): readonly number[] {
  const names = world.disk.list(directory).filter((name) => !name.startsWith('.'));
  return names.map((name) => Number.parseInt(name, 16));
}

const times = (count: number, end: End): readonly End[] => Array.from({ length: count }, () => end);

const latest = (world: SimulatedPlatform) =>
  world.drive(readLatestSnapshot(world.files, directory, jobName));

describe('folders of runs that nobody can go on from', () => {
  it('go when there are newer ones, however often the pipeline is run', async () => {
    const world = createWorld();
    await runs(world, times(3 * SPENT_RUNS_KEPT, 'finished'));
    // The newest one marks the end; before it so many keep their statistics, as the last run saw it.
    const all = Array.from({ length: 3 * SPENT_RUNS_KEPT }, (_, index) => index);
    expect(jobsIn(world)).toEqual(all.slice(-SPENT_RUNS_KEPT - 2));
    expect(world.disk.list(`${directory}/${idOf(all.at(-3)!)}`)).toContain('stats.jsonl');
    expect(await latest(world)).toEqual({ kind: 'finished', jobId: idOf(all.at(-1)!) });
  });

  it('go when the runs died before their first checkpoint', async () => {
    const world = createWorld();
    await runs(world, times(3 * SPENT_RUNS_KEPT, 'died'));
    expect(jobsIn(world)).toHaveLength(SPENT_RUNS_KEPT + 1);
    expect(await latest(world)).toEqual({ kind: 'none' });
  });

  it('stay when one says that the pipeline has come to its end', async () => {
    const world = createWorld();
    await runs(world, ['finished', 'finished', ...times(3 * SPENT_RUNS_KEPT, 'died')]);
    expect(jobsIn(world)).toContain(1);
    expect(jobsIn(world)).not.toContain(0);
    expect(await latest(world)).toEqual({ kind: 'finished', jobId: idOf(1) });
  });

  it('stay when a checkpoint, the place of a savepoint or anything else lies there', async () => {
    const world = createWorld();
    await runs(world, ['kept', 'died', 'died', 'died']);
    const folderOf = (index: number) => `${directory}/${idOf(index)}`;
    const pointer = { checkpointId: 9, location: '/savepoints/moved' };
    await world.drive(writeStopPointer(world.files, folderOf(1), pointer));
    const notes = await world.drive(world.files.openToWrite(`${folderOf(2)}/notes.txt`));
    await world.drive(notes.close());
    for (let index = 4; index < 3 * SPENT_RUNS_KEPT; index++) await run(world, index, 'died');
    expect(jobsIn(world).slice(0, 3)).toEqual([0, 1, 2]);
    expect(world.disk.list(folderOf(2))).toContain('stats.jsonl');
    expect(jobsIn(world)).not.toContain(3);
  });

  it('stay when they are of another pipeline', async () => {
    const world = createWorld();
    await run(world, 0, 'finished', 'other');
    for (let index = 1; index < 3 * SPENT_RUNS_KEPT; index++) await run(world, index, 'finished');
    expect(jobsIn(world)).toContain(0);
  });

  it('go without a change of what is the latest, whenever the power fails', async () => {
    const world = createWorld();
    await runs(world, times(SPENT_RUNS_KEPT + 2, 'finished'));
    const newest = idOf(SPENT_RUNS_KEPT + 1);
    const storage = storageOn(world, { jobId: 'f'.repeat(32) });
    const states = await checkAllCrashes(
      world,
      () => storage.open(),
      async ({ disk }) => {
        const next = worldOnDisk(disk);
        expect(await latest(next)).toEqual({ kind: 'finished', jobId: newest });
      },
    );
    expect(states).toBeGreaterThan(10);
  });
});
