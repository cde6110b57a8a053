import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CrashMode } from '../../../src/platform/simulated/crash.ts';
import { describeDisk } from '../../../src/platform/simulated/crash-states.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';
import { runs } from '../../support/property-runs.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** Runs `work` in a fresh world and gives what a crash of this mode leaves, by path. */
async function leftAfter(
  mode: CrashMode,
  work: (world: SimulatedPlatform) => Promise<void>,
  seed = 1,
): Promise<Record<string, string>> {
  const world = createSimulatedPlatform({ seed, files: { old: 'old' } });
  await world.drive(work(world));
  return content(world.crash(mode));
}

async function content(world: SimulatedPlatform): Promise<Record<string, string>> {
  const left: Record<string, string> = {};
  for (const name of await world.drive(world.files.list('.'))) {
    const bytes = await world.drive(world.files.readAll(name, 1_000_000));
    left[name] = new TextDecoder().decode(bytes);
  }
  return left;
}

async function writeFile(
  world: SimulatedPlatform,
  name: string,
  options: { readonly parts: readonly string[]; readonly sync?: boolean },
): Promise<void> {
  const file = await world.files.openToWrite(name);
  for (const part of options.parts) await file.write(text(part));
  if (options.sync === true) await file.sync();
  await file.close();
}

/** The protocol that survives everything: write, sync, rename, sync the folder. */
async function replace(world: SimulatedPlatform, steps: readonly string[]): Promise<void> {
  await writeFile(world, 'new', { parts: ['new ', 'content'], sync: steps.includes('sync') });
  await world.files.rename('new', 'old');
  if (steps.includes('sync-folder')) await world.files.syncFolder('.');
}

describe('a crash', () => {
  it('takes what was not synced', async () => {
    const left = await leftAfter('lose-unsynced', (world) =>
      writeFile(world, 'a', { parts: ['content'] }),
    );
    expect(left).toEqual({ old: 'old' });
  });

  it('takes the name of a synced file whose folder was not synced', async () => {
    const left = await leftAfter('lose-unsynced', (world) =>
      writeFile(world, 'a', { parts: ['content'], sync: true }),
    );
    expect(left).toEqual({ old: 'old' });
  });

  it('leaves an empty file when only the folder was synced', async () => {
    const left = await leftAfter('lose-unsynced', async (world) => {
      await writeFile(world, 'a', { parts: ['content'] });
      await world.files.syncFolder('.');
    });
    expect(left).toEqual({ old: 'old', a: '' });
  });

  it('leaves what was synced, name and content', async () => {
    const left = await leftAfter('lose-unsynced', async (world) => {
      await writeFile(world, 'a', { parts: ['con', 'tent'], sync: true });
      await world.files.syncFolder('.');
    });
    expect(left).toEqual({ old: 'old', a: 'content' });
  });

  it('brings back a removed file whose folder was not synced', async () => {
    const removal = (world: SimulatedPlatform): Promise<void> => world.files.remove('old');
    expect(await leftAfter('lose-unsynced', removal)).toEqual({ old: 'old' });
    expect(await leftAfter('keep-all', removal)).toEqual({});
  });

  it('brings back the content of a file that was emptied and not synced', async () => {
    const left = await leftAfter('lose-unsynced', (world) =>
      writeFile(world, 'old', { parts: ['new'] }),
    );
    expect(left).toEqual({ old: 'old' });
  });

  it('keeps all when the file system was fast enough', async () => {
    const left = await leftAfter('keep-all', (world) => replace(world, []));
    expect(left).toEqual({ old: 'new content' });
  });

  it('can leave the new name without its bytes', async () => {
    const left = await leftAfter('rename-without-data', (world) => replace(world, []));
    expect(left).toEqual({ old: '' });
  });

  it('can leave the bytes under the old name', async () => {
    const left = await leftAfter('rename-lost', (world) => replace(world, ['sync']));
    expect(left).toEqual({ old: 'old', new: 'new content' });
  });

  it.each(['lose-unsynced', 'rename-without-data', 'rename-lost', 'torn-last-write'] as const)(
    'of mode %s leaves a file that was replaced with all syncs',
    async (mode) => {
      const left = await leftAfter(mode, (world) => replace(world, ['sync', 'sync-folder']));
      expect(left).toEqual({ old: 'new content' });
    },
  );

  it('a rename between folders is whole once one of them is synced', async () => {
    const world = createSimulatedPlatform({ seed: 1, files: { 'x/a': 'A', 'y/b': 'B' } });
    await world.drive(world.files.rename('x/a', 'y/a'));
    await world.drive(world.files.syncFolder('x'));
    const after = world.crash('lose-unsynced');
    expect(describeDisk(after.disk)).toBe('/work/\n/work/x/\n/work/y/\n/work/y/a 41\n/work/y/b 42');
  });

  it('never shows one file under the first and the last name of two renames', async () => {
    const world = createSimulatedPlatform({
      seed: 1,
      files: { 'x/a': 'A', 'y/b': 'B', 'z/c': 'C' },
    });
    await world.drive(world.files.rename('x/a', 'y/a'));
    await world.drive(world.files.rename('y/a', 'z/a'));
    await world.drive(world.files.syncFolder('z'));
    const after = world.crash('lose-unsynced');
    expect(await after.drive(after.files.list('x'))).toEqual([]);
    expect(await after.drive(after.files.list('z'))).toEqual(['a', 'c']);
  });

  it('tears the last write into a first part or into blocks', async () => {
    const parts = ['a'.repeat(5000), 'b'.repeat(20_000)];
    const shapes = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const left = await leftAfter(
        'torn-last-write',
        async (world) => {
          await writeFile(world, 'a', { parts });
          await world.files.syncFolder('.');
        },
        seed,
      );
      const kept = left['a'] ?? '';
      expect(kept.slice(0, 5000)).toBe(parts[0]);
      const torn = kept.slice(5000);
      expect(torn).toMatch(/^[b\0]*$/);
      shapes.add(torn === '' ? 'nothing' : torn.includes('\0') ? 'blocks' : 'first part');
    }
    expect([...shapes].sort()).toEqual(expect.arrayContaining(['blocks', 'first part']));
  });

  it('leaves some first part of the writes and of the names', async () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const left = await leftAfter(
        'random-prefix',
        async (world) => {
          await writeFile(world, 'a', { parts: ['1', '2'] });
          await writeFile(world, 'b', { parts: ['3'] });
        },
        seed,
      );
      found.add(JSON.stringify(left));
    }
    expect([...found].sort()).toEqual([
      '{"a":"","b":"","old":"old"}',
      '{"a":"","b":"3","old":"old"}',
      '{"a":"","old":"old"}',
      '{"a":"1","b":"","old":"old"}',
      '{"a":"1","b":"3","old":"old"}',
      '{"a":"1","old":"old"}',
      '{"a":"12","b":"","old":"old"}',
      '{"a":"12","b":"3","old":"old"}',
      '{"a":"12","old":"old"}',
      '{"old":"old"}',
    ]);
  });

  it('leaves the dead process waiting for ever', async () => {
    const world = createSimulatedPlatform({ seed: 1 });
    let settled = 0;
    const settle = (): void => {
      settled++;
    };
    world.files.createFolder('a').then(settle, settle);
    world.timers.after(1, settle);
    const after = world.crash('any');
    world.files.createFolder('b').then(settle, settle);
    await after.drive(after.files.createFolder('c'));
    await after.runUntilIdle();
    expect(settled).toBe(0);
    expect(await after.drive(after.files.list('.'))).toEqual(['c']);
  });

  it('after a synced state never leaves anything else, in any mode', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const world = createSimulatedPlatform({ seed });
        await world.drive(writeFile(world, 'a', { parts: ['1', '2'], sync: true }));
        await world.drive(world.files.syncFolder('.'));
        expect(await content(world.crash('any'))).toEqual({ a: '12' });
      }),
      { numRuns: runs(100) },
    );
  });
});
