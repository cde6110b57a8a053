import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { SplitReader } from '../../../../src/engine/connector/contract.ts';
import { failOnDeadRecord } from '../../../../src/engine/connector/dead-record-policy.ts';
import { FileSource } from '../../../../src/engine/connector/file/file-source.ts';
import type { StateReader } from '../../../../src/engine/state/state-reader.ts';
import { realCompression } from '../../../../src/platform/real/compression.ts';
import { realFiles } from '../../../../src/platform/real/files.ts';
import { testMemory } from '../../../support/test-memory.ts';
import { createLineDecoder, lineSchema } from '../line-decoder.ts';
import { pollRows, readRows, snapshotOf } from '../read-split.ts';
import { folderWith } from '../temporary-folder.ts';

function sourceOf(path: string): FileSource {
  return new FileSource(
    {
      name: 'events',
      path,
      schema: lineSchema,
      createDecoder: createLineDecoder,
      maxRecordBytes: 1024,
      memory: testMemory,
      onDeadRecord: failOnDeadRecord,
      blockBytes: 2000,
    },
    { files: realFiles, compression: realCompression },
  );
}

/** The reader of the file at `path`, after a restore when there is a state. */
async function readerOf(path: string, state?: StateReader): Promise<SplitReader> {
  const [reader] = await sourceOf(path).open();
  if (state !== undefined) reader!.restoreState(state);
  return reader!;
}

type Packed = (text: string) => string | Uint8Array;
const packings: readonly [string, Packed][] = [
  ['a.txt', (text) => text],
  ['a.gz', (text) => gzipSync(text)],
];

/** Rows before and after a restore, the file being rewritten in between. */
async function readOver(
  [name, pack]: readonly [string, Packed],
  before: string,
  after: string | null,
  pollCount = 1,
): Promise<{ readonly first: string[]; readonly second: string[] }> {
  const path = join(await folderWith({ [name]: pack(before) }), name);
  const reader = await readerOf(path);
  const first: string[] = [];
  for (let i = 0; i < pollCount; i++) first.push(...((await pollRows(reader)) ?? []));
  const state = snapshotOf(reader);
  await reader.close();
  if (after !== null) await writeFile(path, pack(after));
  const second = await readRows(await readerOf(path, state));
  return { first, second };
}

const lines = (count: number, text = 'row '): string =>
  Array.from({ length: count }, (_, i) => `${text}${i}\n`).join('');

describe.each(packings)('a restored reader of %s', (...packing) => {
  const refused = { code: 'DREY_FILE_CHANGED', exitCode: 3 };

  test('goes on when rows were appended', async () => {
    const { first, second } = await readOver(packing, lines(500), lines(700));
    expect(first.length).toBeGreaterThan(0);
    expect([...first, ...second].join('\n')).toBe(lines(700).trimEnd());
  });

  test('refuses a file that was replaced by a longer one', async () => {
    await expect(readOver(packing, lines(500), lines(900, 'other '))).rejects.toMatchObject(
      refused,
    );
  });

  test('refuses a file of other bytes just before the position', async () => {
    const before = lines(500);
    const path = join(await folderWith({ [packing[0]]: packing[1](before) }), packing[0]);
    const reader = await readerOf(path);
    const rows = await pollRows(reader);
    const state = snapshotOf(reader);
    await reader.close();
    const at = before.indexOf(rows!.at(-1)!);
    await writeFile(path, packing[1](`${before.slice(0, at)}X${before.slice(at + 1)}`));
    await expect(readRows(await readerOf(path, state))).rejects.toMatchObject(refused);
  });

  test('refuses a shorter file, an empty one, and one that is cut inside the last row read', async () => {
    for (const after of [lines(2), '']) {
      await expect(readOver(packing, lines(500), after)).rejects.toMatchObject(refused);
    }
  });

  test('takes a line end after a last line that had none, and then more rows', async () => {
    for (const end of ['\n', '\r\n']) {
      const { first, second } = await readOver(packing, 'a\nb', `a\nb${end}c\nd`);
      expect([first, second]).toEqual([
        ['a', 'b'],
        ['c', 'd'],
      ]);
    }
    const { second } = await readOver(packing, 'a\nb', 'a\nb');
    expect(second).toEqual([]);
  });

  test('refuses a last line that has grown since its row was passed on', async () => {
    for (const grown of ['bc\n', 'b\rc\n', 'b\r']) {
      await expect(readOver(packing, 'a\nb', `a\n${grown}`)).rejects.toMatchObject(refused);
    }
  });

  test('reads whatever is there when nothing had been read', async () => {
    for (const before of ['', 'a\n']) {
      const { first, second } = await readOver(packing, before, 'x\ny\n', 0);
      expect([first, second]).toEqual([[], ['x', 'y']]);
    }
  });
});

test('a restored source refuses a file that has vanished, and a folder in its place', async () => {
  const folder = await folderWith({ 'a.txt/b.txt': 'b\n' });
  for (const path of [join(folder, 'none.txt'), join(folder, 'a.txt')]) {
    const restored = { names: [path], own: null, discoveries: [] };
    const opened = sourceOf(folder).open({ subtask: 0, parallelism: 1, restored });
    await expect(opened).rejects.toMatchObject({ code: 'DREY_FILE_CHANGED' });
  }
});
