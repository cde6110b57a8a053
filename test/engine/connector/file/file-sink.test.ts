import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileSink, type FileSinkOptions } from '../../../../src/engine/connector/file/file-sink.ts';
import { realFiles } from '../../../../src/platform/real/files.ts';
import { realRandom } from '../../../../src/platform/real/random.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';
import { batchOf, encoderOf } from '../line-encoder.ts';
import { folderWith } from '../temporary-folder.ts';
import { runs } from '../../../support/property-runs.ts';

const encoder = encoderOf((text) => text);
const platform = { files: realFiles, random: realRandom };

function sinkOf(path: string, options: Partial<FileSinkOptions> = {}): FileSink {
  return new FileSink({ name: 'out', path, existing: 'refuse', encoder, ...options }, platform);
}

/** Contents by name; the name of a run is replaced by `RUN`. */
async function filesIn(path: string, files = realFiles): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await files.list(path)) {
    const content = await files.readAll(`${path}/${name}`, 1 << 20);
    found[name.replace(/[0-9a-f]{16}/, 'RUN')] = new TextDecoder().decode(content);
  }
  return found;
}

describe('a file sink', () => {
  test('shows its rows at the commit, in one part', async () => {
    const folder = `${await folderWith({})}/new/folder`;
    const sink = sinkOf(folder);
    await sink.open();
    sink.write(batchOf('a', 'b'));
    await sink.flush();
    sink.write(batchOf('c'));
    await sink.flush();
    expect(Object.keys(await filesIn(folder))).toEqual(['.part-RUN-0-0.inprogress']);
    await sink.commit();
    await sink.close();
    expect(await filesIn(folder)).toEqual({ 'part-RUN-0-0': 'a\nb\nc\n' });
  });

  test('begins another part when one has its size', async () => {
    const folder = await folderWith({});
    const sink = sinkOf(folder, { partBytes: 4, subtask: 3 });
    await sink.open();
    for (const text of ['a', 'b', 'c', 'd', 'e']) {
      sink.write(batchOf(text));
      await sink.flush();
    }
    await sink.commit();
    expect(await filesIn(folder)).toEqual({
      'part-RUN-3-0': 'a\nb\n',
      'part-RUN-3-1': 'c\nd\n',
      'part-RUN-3-2': 'e\n',
    });
  });

  test('leaves nothing when it is closed without a commit', async () => {
    const folder = await folderWith({});
    const sink = sinkOf(folder, { partBytes: 1 });
    await sink.open();
    sink.write(batchOf('a'));
    await sink.flush();
    sink.write(batchOf('b'));
    await sink.flush();
    sink.write(batchOf('c'));
    await sink.close();
    await sink.close();
    expect(await filesIn(folder)).toEqual({});
  });

  test('without rows commits an empty folder', async () => {
    const folder = await folderWith({});
    const sink = sinkOf(folder);
    await sink.open();
    await sink.flush();
    await sink.commit();
    expect(await filesIn(folder)).toEqual({});
  });
});

describe('a folder with finished files of another run', () => {
  const earlier = { 'part-x-0-0': 'old\n', README: 'mine', '.hidden': '' };

  test('is refused and left as it is', async () => {
    const folder = await folderWith({ ...earlier, '.part-0123456789abcdef-0-0.inprogress': '' });
    await expect(sinkOf(folder).open()).rejects.toMatchObject({
      code: 'DREY_SINK_FOLDER_TAKEN',
      exitCode: 3,
      message: `sink out: ${folder} holds 1 finished file of another run (part-x-0-0)`,
    });
    expect(Object.keys(await filesIn(folder))).toHaveLength(4);
  });

  test('is added to under append', async () => {
    const folder = await folderWith(earlier);
    const sink = sinkOf(folder, { existing: 'append' });
    await sink.open();
    sink.write(batchOf('new'));
    await sink.flush();
    await sink.commit();
    expect(await filesIn(folder)).toEqual({ ...earlier, 'part-RUN-0-0': 'new\n' });
  });

  test('is replaced at the commit, not before, and only its part files', async () => {
    const folder = await folderWith(earlier);
    const sink = sinkOf(folder, { existing: 'replace' });
    await sink.open();
    sink.write(batchOf('new'));
    await sink.flush();
    expect(await filesIn(folder)).toMatchObject(earlier);
    await sink.commit();
    expect(await filesIn(folder)).toEqual({
      README: 'mine',
      '.hidden': '',
      'part-RUN-0-0': 'new\n',
    });
  });

  test('keeps its files under replace when the run fails', async () => {
    const folder = await folderWith(earlier);
    const sink = sinkOf(folder, { existing: 'replace' });
    await sink.open();
    sink.write(batchOf('new'));
    await sink.flush();
    await sink.close();
    expect(await filesIn(folder)).toEqual(earlier);
  });
});

test('what a crashed run left is removed at the next start, and nothing else', async () => {
  const others = { '.part-a-0-0.inprogress': '', '.part-x-0-0.inprogress.uuid': '', 'a.txt': '' };
  const folder = await folderWith({ ...others, '.part-0123456789abcdef-0-7.inprogress': 'half' });
  await sinkOf(folder).open();
  expect(await filesIn(folder)).toEqual(others);
});

test('a path that is no folder is refused', async () => {
  const folder = await folderWith({ file: '' });
  await expect(sinkOf(`${folder}/file`).open()).rejects.toMatchObject({
    code: 'DREY_FILE_WRONG_KIND',
    message: `sink out: ${folder}/file is not a folder`,
  });
});

describe('after a crash at any moment', () => {
  async function runJob(world: SimulatedPlatform, existing: 'append' | 'replace'): Promise<void> {
    const sink = new FileSink(
      { name: 'out', path: '/out', existing, encoder, partBytes: 6 },
      world,
    );
    await sink.open();
    for (const text of ['one', 'two', 'three']) {
      sink.write(batchOf(text));
      await sink.flush();
    }
    await sink.commit();
    await sink.close();
  }

  async function visible(world: SimulatedPlatform): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const name of await world.drive(world.files.list('/out'))) {
      if (name.startsWith('.')) continue;
      const content = await world.drive(world.files.readAll(`/out/${name}`, 1000));
      found[name] = new TextDecoder().decode(content);
    }
    return found;
  }

  test('visible parts are whole, old ones stay until new ones are safe, and a new run succeeds', async () => {
    const parts = ['one\ntwo\n', 'three\n'];
    const modes = fc.constantFrom('append' as const, 'replace' as const);
    const check = async (seed: number, stepCount: number, existing: 'append' | 'replace') => {
      const files = { '/out/part-old-0-0': 'old\n' };
      const world = createSimulatedPlatform({ seed, files });
      let isCommitted = false;
      void runJob(world, existing).then(() => (isCommitted = true));
      for (let step = 0; step < stepCount; step++) await world.scheduler.step();
      const next = world.crash('any');
      const left = await visible(next);
      const { 'part-old-0-0': old, ...fresh } = left;
      for (const content of Object.values(fresh)) expect(parts).toContain(content);
      if (old === undefined || isCommitted)
        expect(Object.values(fresh).sort()).toEqual([...parts].sort());
      else expect(old).toBe('old\n');
      await next.drive(runJob(next, 'replace'));
      expect(Object.values(await visible(next)).sort()).toEqual([...parts].sort());
      const names = await next.drive(next.files.list('/out'));
      expect(names.every((name) => !name.startsWith('.'))).toBe(true);
    };
    await fc.assert(fc.asyncProperty(fc.nat(), fc.nat(80), modes, check), { numRuns: runs(300) });
  });
});
