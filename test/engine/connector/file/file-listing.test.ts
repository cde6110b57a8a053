import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listFiles } from '../../../../src/engine/connector/file/file-listing.ts';
import { realFiles } from '../../../../src/platform/real/files.ts';
import { folderWith } from '../temporary-folder.ts';

const list = (path: string) => listFiles(realFiles, { source: 'events', path });

const tree = {
  'a.jsonl': '1',
  'b.csv': '22',
  'sub/c.jsonl': '',
  'sub/deep/d.jsonl': '4',
  'sub-2/e.jsonl': '',
  '.hidden.jsonl': '',
  _SUCCESS: '',
  '_meta/f.jsonl': '',
  'sub/.in-progress': '',
};

async function check(pattern: string, expected: readonly string[]): Promise<void> {
  const folder = await folderWith(tree);
  const found = await list(join(folder, pattern));
  expect(found.map((file) => file.path.slice(folder.length + 1))).toEqual(expected);
}

describe('the files of a source', () => {
  test('are the one file that the path names, also a hidden one', async () => {
    await check('b.csv', ['b.csv']);
    await check('.hidden.jsonl', ['.hidden.jsonl']);
  });

  test('are all below a folder but hidden ones, in the order of their paths', async () => {
    const all = ['a.jsonl', 'b.csv', 'sub-2/e.jsonl', 'sub/c.jsonl', 'sub/deep/d.jsonl'];
    await check('', all);
    await check('sub/', ['sub/c.jsonl', 'sub/deep/d.jsonl']);
  });

  test('are what a glob matches', async () => {
    await check('*.jsonl', ['a.jsonl']);
    await check('{b,a}.*', ['a.jsonl', 'b.csv']);
    await check('sub*/*.jsonl', ['sub-2/e.jsonl', 'sub/c.jsonl']);
    await check('s?b/[cd].jsonl', ['sub/c.jsonl']);
    await check('_*', ['_SUCCESS', '_meta/f.jsonl']);
  });

  test('are found in folders of any depth with two stars', async () => {
    const expected = ['a.jsonl', 'sub-2/e.jsonl', 'sub/c.jsonl', 'sub/deep/d.jsonl'];
    await check('**/*.jsonl', expected);
    await check('sub/**', ['sub/c.jsonl', 'sub/deep/d.jsonl']);
    await check('**/deep/**/*.jsonl', ['sub/deep/d.jsonl']);
  });

  test('are those of a folder that a glob matches', async () => {
    await check('sub{,-2}', ['sub-2/e.jsonl', 'sub/c.jsonl', 'sub/deep/d.jsonl']);
  });

  test('include a file whose name has a special character', async () => {
    const folder = await folderWith({ 'a[1].jsonl': '', 'a1.jsonl': '' });
    const found = await list(join(folder, 'a[1].jsonl'));
    expect(found.map((file) => file.path)).toEqual([join(folder, 'a[1].jsonl')]);
  });

  test('are none in an empty folder', async () => {
    expect(await list(await folderWith({}))).toEqual([]);
  });
});

describe('a source path', () => {
  test('that leads nowhere is an error with source and path', async () => {
    const folder = await folderWith(tree);
    for (const path of ['missing.jsonl', 'missing/*.jsonl', '*.parquet', 'a.jsonl/x']) {
      await expect(list(join(folder, path))).rejects.toMatchObject({
        code: 'DREY_FILE_NOT_FOUND',
        exitCode: 3,
        message: expect.stringContaining(join(folder, path)),
        details: { source: 'events' },
      });
    }
  });

  test('that holds a link to nowhere is an error', async () => {
    const folder = await folderWith(tree);
    await symlink(join(folder, 'gone'), join(folder, 'link'));
    await expect(list(folder)).rejects.toMatchObject({
      code: 'DREY_FILE_NOT_FOUND',
      message: `source events: ${folder}/link leads nowhere`,
    });
  });

  test('that leads back into itself is an error', async () => {
    const folder = await folderWith(tree);
    await symlink(folder, join(folder, 'sub', 'up'));
    await expect(list(folder)).rejects.toMatchObject({
      code: 'DREY_SOURCE_TOO_MANY_FILES',
    });
  });
});
