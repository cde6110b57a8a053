import { describe, expect, it } from 'vitest';
import { StatisticsFile } from '../../../../src/engine/checkpoint/storage/statistics-file.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { createWorld, text } from './storage-world.ts';

const folder = '/job';
const path = `${folder}/stats.jsonl`;

async function prepared(content?: string): Promise<SimulatedPlatform> {
  const world = createWorld();
  await world.drive(world.files.createFolder(folder));
  if (content === undefined) return world;
  const file = await world.drive(world.files.openToWrite(path));
  await world.drive(file.write(text(content)));
  await world.drive(file.close());
  return world;
}

async function linesOf(world: SimulatedPlatform, name = path): Promise<readonly string[]> {
  const bytes = await world.drive(world.files.readAll(name, 100_000));
  return new TextDecoder().decode(bytes).split('\n').slice(0, -1);
}

describe('the statistics of checkpoints', () => {
  it('are one line for each, in the order of the calls', async () => {
    const world = await prepared();
    const file = new StatisticsFile(world.files, folder);
    await world.drive(Promise.all([1, 2, 3].map((id) => file.append({ id }))));
    expect(await linesOf(world)).toEqual(['{"id":1}', '{"id":2}', '{"id":3}']);
    expect(world.files.openFiles).toBe(0);
  });

  it('go on behind a line that a crash has cut off', async () => {
    const world = await prepared('{"id":1}\n{"id"');
    const file = new StatisticsFile(world.files, folder);
    await world.drive(file.append({ id: 3 }));
    expect(await linesOf(world)).toEqual(['{"id":1}', '{"id"', '{"id":3}']);
  });

  it('never take more than twice their limit', async () => {
    const world = await prepared();
    const file = new StatisticsFile(world.files, folder, 30);
    for (let id = 10; id < 20; id++) await world.drive(file.append({ id }));
    expect(await linesOf(world)).toEqual(['{"id":19}']);
    expect(await linesOf(world, `${folder}/stats.old.jsonl`)).toEqual([
      '{"id":16}',
      '{"id":17}',
      '{"id":18}',
    ]);
  });

  it('lose lines, never the job, when the disk fails', async () => {
    const world = await prepared();
    const file = new StatisticsFile(world.files, folder);
    await world.drive(file.append({ id: 1 }));
    world.fileFaults.add({ kind: 'full', afterBytes: 4 });
    await world.drive(file.append({ id: 2 }));
    await world.drive(file.append({ id: 3 }));
    expect(file.lost).toBe(2);
    world.fileFaults.clear();
    await world.drive(file.append({ id: 4 }));
    expect(await linesOf(world)).toEqual(['{"id":1}', '{"id', '{"id":4}']);
  });
});
