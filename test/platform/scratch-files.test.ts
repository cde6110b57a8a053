import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { realScratchFiles } from '../../src/platform/real/scratch-files.ts';
import type { ScratchFiles } from '../../src/platform/scratch-files.ts';
import { FileFaults } from '../../src/platform/simulated/file-faults.ts';
import { SimulatedScratchFiles } from '../../src/platform/simulated/scratch-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const worlds: readonly (readonly [string, ScratchFiles])[] = [
  ['real', realScratchFiles],
  ['simulated', new SimulatedScratchFiles(new FileFaults())],
];

test.each(worlds)('what was written is read, wherever it was written: %s', (_name, files) => {
  const file = files.open(temporaryFolder());
  file.write(Uint8Array.of(1, 2, 3, 4), 0);
  file.write(Uint8Array.of(5, 6), 4_096);
  file.write(Uint8Array.of(9), 1);
  const target = new Uint8Array(3);
  file.read(target, 0);
  expect([...target]).toEqual([1, 9, 3]);
  file.read(target.subarray(0, 2), 4_096);
  expect([...target]).toEqual([5, 6, 3]);
  file.close();
  file.close();
});

test.each(worlds)('a read behind the end is an error: %s', (_name, files) => {
  const file = files.open(temporaryFolder());
  file.write(Uint8Array.of(1), 0);
  expect(() => {
    file.read(new Uint8Array(2), 0);
  }).toThrow(expect.objectContaining({ code: 'DREY_FILE_IO_ERROR' }));
  file.close();
});

test('nothing is left of a scratch file', () => {
  const folder = temporaryFolder();
  const file = realScratchFiles.open(folder);
  file.write(new Uint8Array(100_000), 0);
  if (process.platform !== 'win32') expect(readdirSync(folder)).toEqual([]);
  file.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that is not there is an error', () => {
  expect(() => realScratchFiles.open('/not/there')).toThrow(
    expect.objectContaining({ code: 'DREY_FILE_NOT_FOUND' }),
  );
});
