import { execFileSync } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SplitReader } from '../../../../src/engine/connector/contract.ts';
import { failOnDeadRecord } from '../../../../src/engine/connector/dead-record-policy.ts';
import {
  FileSource,
  type FileSourceOptions,
} from '../../../../src/engine/connector/file/file-source.ts';
import { SharedListings } from '../../../../src/engine/connector/shared-listings.ts';
import { realCompression } from '../../../../src/platform/real/compression.ts';
import { realFiles } from '../../../../src/platform/real/files.ts';
import { createSimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { createLineDecoder, lineSchema } from '../line-decoder.ts';
import { pollRows, readRows, snapshotOf } from '../read-split.ts';
import { createTemporaryFolder, folderWith } from '../temporary-folder.ts';
import { runs } from '../../../support/property-runs.ts';
import { testMemory } from '../../../support/test-memory.ts';

const platform = { files: realFiles, compression: realCompression };

function sourceOf(path: string, options: Partial<FileSourceOptions> = {}): FileSource {
  return new FileSource(
    {
      name: 'events',
      path,
      schema: lineSchema,
      createDecoder: createLineDecoder,
      maxRecordBytes: 1024 * 1024,
      memory: testMemory,
      onDeadRecord: failOnDeadRecord,
      ...options,
    },
    platform,
  );
}

async function readersOf(source: FileSource): Promise<readonly SplitReader[]> {
  return source.open();
}

async function readAll(source: FileSource): Promise<string[]> {
  const rows: string[] = [];
  for (const reader of await source.open()) rows.push(...(await readRows(reader)));
  return rows;
}

const lines = (count: number, text = ''): string =>
  Array.from({ length: count }, (_, i) => `${text}${i}`).join('\n');

describe('a file source', () => {
  test('has one split for each file, named after it, and reads all of their rows', async () => {
    const folder = await folderWith({ 'b.txt': 'b1\nb2\n', 'a.txt': 'a1', 'c.txt': '' });
    const source = sourceOf(folder);
    const readers = await readersOf(source);
    expect(readers.map((reader) => reader.name)).toEqual(
      ['a.txt', 'b.txt', 'c.txt'].map((name) => join(folder, name)),
    );
    expect(await Promise.all(readers.map(readRows))).toEqual([['a1'], ['b1', 'b2'], []]);
    expect(source.progress()).toEqual({ bytesRead: 8, bytesTotal: 8 });
  });

  test('reads a file of many blocks', async () => {
    const content = lines(60_000, 'row ');
    const folder = await folderWith({ 'a.txt': content });
    expect(await readAll(sourceOf(folder, { blockBytes: 10_000 }))).toEqual(content.split('\n'));
    expect(await readAll(sourceOf(folder))).toEqual(content.split('\n'));
  });

  test('opens 64 files at most and still reads hundreds side by side', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `f${String(i).padStart(3, '0')}`);
    const folder = await folderWith(Object.fromEntries(names.map((n) => [n, `${n}\nlast`])));
    let openCount = 0;
    let openMax = 0;
    const counting: typeof platform = {
      ...platform,
      files: {
        ...realFiles,
        async openToRead(path) {
          const file = await realFiles.openToRead(path);
          openMax = Math.max(openMax, ++openCount);
          return {
            path,
            read: (...parts) => file.read(...parts),
            close() {
              openCount--;
              return file.close();
            },
          };
        },
      },
    };
    const source = new FileSource({ ...optionsOf(folder) }, counting);
    const readers = await source.open();
    const rows = (await Promise.all(readers.map(readRows))).flat();
    expect(rows.filter((row) => row !== 'last')).toEqual(names);
    expect(rows).toHaveLength(400);
    expect(openCount).toBe(0);
    expect(openMax).toBeLessThanOrEqual(64);
    expect(openMax).toBeGreaterThan(1);
  });

  test('reads gzip of several members as one file, whatever the member bounds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[a-z\n]{0,40}$/), { minLength: 1, maxLength: 5 }),
        async (members) => {
          const packed = Buffer.concat(members.map((member) => gzipSync(member)));
          const folder = await folderWith({ 'a.gz': packed });
          const expected = members
            .join('')
            .split('\n')
            .filter((row) => row !== '');
          const source = sourceOf(folder);
          expect(await readAll(source)).toEqual(expected);
          expect(source.progress()).toEqual({
            bytesRead: packed.length,
            bytesTotal: packed.length,
          });
        },
      ),
      { numRuns: runs(25) },
    );
  });

  test('ends with an error that names a gzip file which is cut', async () => {
    const packed = gzipSync(lines(50_000));
    for (const size of [0, 5, 1000, packed.length - 1]) {
      const folder = await folderWith({ 'a.gz': packed.subarray(0, size) });
      await expect(readAll(sourceOf(folder))).rejects.toMatchObject({
        code: 'DREY_COMPRESSED_FILE_CORRUPT',
        exitCode: 3,
        message: expect.stringContaining(join(folder, 'a.gz')),
        details: { compressedBytesRead: size },
      });
    }
  });

  test('refuses a compression that this Node lacks before any row', async () => {
    const folder = await folderWith({ 'a.txt': 'a', 'b.zst': '' });
    const source = new FileSource(optionsOf(folder), {
      files: realFiles,
      compression: { ...realCompression, formats: new Set(['gzip'] as const) },
    });
    await expect(source.open()).rejects.toMatchObject({
      code: 'DREY_COMPRESSION_UNSUPPORTED',
      message: expect.stringContaining('b.zst'),
    });
  });

  test('reads a pipe to its end and does not know its size', async () => {
    const folder = await createTemporaryFolder();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const source = sourceOf(pipe);
    const [reader] = await readersOf(source);
    const rows = readRows(reader!);
    const writer = await open(pipe, 'w');
    await writer.write('a\nb');
    await writer.write('c\nd');
    await writer.close();
    expect(await rows).toEqual(['a', 'bc', 'd']);
    expect(source.progress()).toEqual({ bytesRead: 6, bytesTotal: null });
  });

  test('stops at a device that never ends a line', async () => {
    const [reader] = await readersOf(sourceOf('/dev/zero'));
    await expect(readRows(reader!)).rejects.toMatchObject({
      code: 'DREY_RECORD_TOO_LONG',
      details: { line: 1 },
    });
    await reader!.close();
  });

  test('drops a line of 20 MB with flat memory and goes on behind it', async () => {
    const folder = await createTemporaryFolder();
    const path = join(folder, 'a.txt');
    const file = await open(path, 'w');
    await file.write('first\n');
    const piece = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 20; i++) await file.write(piece);
    await file.write('\nlast');
    await file.close();
    const positions: number[] = [];
    const before = process.memoryUsage().arrayBuffers;
    const source = sourceOf(path, { onDeadRecord: (record) => positions.push(record.position) });
    expect(await readAll(source)).toEqual(['first', 'last']);
    expect(positions).toEqual([2]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(18 * 1024 * 1024);
  });
});

describe('in a simulated world', () => {
  test('slow reads that overtake each other change neither rows nor their order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 300 }), async (seed, blockBytes) => {
        const content = Array.from({ length: 5 }, (_, i) => lines(40 * i, `file ${i} row `));
        const files = Object.fromEntries(content.map((text, i) => [`/in/${i}`, text]));
        const world = createSimulatedPlatform({ seed, files, fileLatencyMsMax: 50 });
        const source = new FileSource({ ...optionsOf('/in'), blockBytes }, world);
        const read = async () => Promise.all((await source.open()).map(readRows));
        const expected = content.map((text) => text.split('\n').filter((row) => row !== ''));
        expect(await world.drive(read())).toEqual(expected);
      }),
      { numRuns: runs(30) },
    );
  });
});

describe('a restored file reader', () => {
  async function restoredAfter(path: string, pollCount: number): Promise<string[]> {
    const options = { blockBytes: 100 };
    const [first] = await readersOf(sourceOf(path, options));
    const rows: string[] = [];
    for (let i = 0; i < pollCount; i++) rows.push(...((await pollRows(first!)) ?? []));
    const [second] = await readersOf(sourceOf(path, options));
    second!.restoreState(snapshotOf(first!));
    await first!.close();
    rows.push(...(await readRows(second!)));
    return rows;
  }

  test('goes on in a plain and in a compressed file', async () => {
    const content = lines(500);
    const folder = await folderWith({ 'a.txt': content, 'a.txt.gz': gzipSync(content) });
    for (const pollCount of [0, 1, 3, 10, 1000]) {
      for (const name of ['a.txt', 'a.txt.gz']) {
        expect(await restoredAfter(join(folder, name), pollCount)).toEqual(content.split('\n'));
      }
    }
  });

  test('refuses a file that has become shorter than its position', async () => {
    const folder = await folderWith({ 'a.txt': lines(500), 'a.gz': gzipSync(lines(500)) });
    for (const name of ['a.txt', 'a.gz']) {
      const path = join(folder, name);
      const [first] = await readersOf(sourceOf(path, { blockBytes: 100 }));
      for (let i = 0; i < 5; i++) await pollRows(first!);
      const state = snapshotOf(first!);
      await first!.close();
      await writeFile(path, name === 'a.txt' ? '0\n1' : gzipSync('0\n1'));
      const [second] = await readersOf(sourceOf(path));
      second!.restoreState(state);
      await expect(readRows(second!)).rejects.toMatchObject({ code: 'DREY_FILE_CHANGED' });
      await second!.close();
    }
  });
});

describe('over several subtasks', () => {
  const place = (subtask: number, parallelism: number) => ({
    subtask,
    parallelism,
    restored: null,
  });
  const namesOf = (readers: readonly SplitReader[]) => readers.map(({ name }) => name);

  test('each file is read by one, and all see the same files though one appears meanwhile', async () => {
    const folder = await folderWith({ 'b.txt': '', 'c.txt': '', 'd.txt': '' });
    const listings = new SharedListings();
    const first = await sourceOf(folder, { listings }).open(place(0, 2));
    await writeFile(join(folder, 'a.txt'), 'new');
    const second = await sourceOf(folder, { listings }).open(place(1, 2));
    expect([namesOf(first), namesOf(second)]).toEqual([
      [join(folder, 'b.txt'), join(folder, 'd.txt')],
      [join(folder, 'c.txt')],
    ]);
  });

  test('a restore reads the files of the snapshot, and none that came later', async () => {
    const folder = await folderWith({ 'a.txt': '', 'b.txt': '', 'c.txt': '', 'd.txt': '' });
    const names = ['b.txt', 'd.txt'].map((name) => join(folder, name));
    const restored = { names, own: null, discoveries: [] };
    for (const [subtask, expected] of [[names[0]], [names[1]], []].entries()) {
      const readers = await sourceOf(folder).open({ subtask, parallelism: 3, restored });
      expect(namesOf(readers)).toEqual(expected);
    }
  });
});

function optionsOf(path: string): FileSourceOptions {
  return {
    name: 'events',
    path,
    schema: lineSchema,
    createDecoder: createLineDecoder,
    maxRecordBytes: 1024,
    memory: testMemory,
    onDeadRecord: failOnDeadRecord,
  };
}
