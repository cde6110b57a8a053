import { describe, expect, it } from 'vitest';
import { crashStates, describeDisk } from '../../../src/platform/simulated/crash-states.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

interface Steps {
  readonly sync: boolean;
  readonly syncFolder: boolean;
}

/** Replaces `state` by way of `state.new`. */
async function replace(world: SimulatedPlatform, steps: Steps): Promise<void> {
  const file = await world.files.openToWrite('state.new');
  await file.write(text('NEW1'));
  await file.write(text('NEW2'));
  if (steps.sync) await file.sync();
  await file.close();
  await world.files.rename('state.new', 'state');
  if (steps.syncFolder) await world.files.syncFolder('.');
}

/** All that `state` can hold after a crash at any moment of the protocol. */
async function contentsAfterCrash(steps: Steps): Promise<string[]> {
  const world = createSimulatedPlatform({ seed: 1, files: { state: 'OLD' } });
  const contents = new Set<string>();
  const work = replace(world, steps);
  const look = (): void => {
    for (const disk of crashStates(world.disk)) {
      const node = disk.find('/work/state');
      contents.add(node?.kind === 'file' ? new TextDecoder().decode(disk.content(node)) : 'gone');
    }
  };
  look();
  while (await world.scheduler.step()) look();
  await work;
  return [...contents].sort();
}

describe('crash states', () => {
  it('of a replacement with all syncs hold the old content or the new', async () => {
    expect(await contentsAfterCrash({ sync: true, syncFolder: true })).toEqual(['NEW1NEW2', 'OLD']);
  });

  it('of a replacement without file sync show every torn content', async () => {
    expect(await contentsAfterCrash({ sync: false, syncFolder: true })).toEqual([
      '',
      '\0\0W1',
      'NE',
      'NEW1',
      'NEW1\0\0W2',
      'NEW1NE',
      'NEW1NEW2',
      'OLD',
    ]);
  });

  it('are all found: three writes in two files, one name', async () => {
    const world = createSimulatedPlatform({ seed: 1, files: { a: '', b: '' } });
    const write = async (name: string, parts: readonly string[]): Promise<void> => {
      const file = await world.files.openToWrite(name);
      for (const part of parts) await file.write(text(part));
    };
    await world.drive(write('a', ['1', '2']));
    await world.drive(write('b', ['3']));
    await world.drive(world.files.createFolder('c'));
    const states = [...crashStates(world.disk)].map(describeDisk);
    // Writes of one byte do not tear: 3 x 2 contents, with the folder or without.
    expect(states).toHaveLength(12);
    expect(new Set(states).size).toBe(12);
  });

  it('refuse to enumerate more than was asked for', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    for (let index = 0; index < 10; index++) {
      await world.drive(world.files.createFolder(`folder-${index}/inner`));
    }
    expect(() => [...crashStates(world.disk, 100)]).toThrow('crash states, more than 100');
  });
});
