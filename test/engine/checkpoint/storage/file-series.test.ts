import { describe, expect, it } from 'vitest';
import { FileSeries } from '../../../../src/engine/checkpoint/storage/file-series.ts';
import { crc32 } from '../../../../src/platform/crc32.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { createWorld, text } from './storage-world.ts';

async function seriesOn(world: SimulatedPlatform, fileSizeBytesMax: number): Promise<FileSeries> {
  await world.drive(world.files.createFolder('/s'));
  return new FileSeries({
    files: world.files,
    folder: '/s',
    nameOf: (index) => `f${index}`,
    fileSizeBytesMax,
  });
}

describe('a series of files', () => {
  it('begins a new file for a part that does not fit, and gives larger ones a file alone', async () => {
    const world = createWorld();
    const series = await seriesOn(world, 10);
    const parts = ['12345', '678', '9abc', '0123456789xyz', '', 'z'].map((part) =>
      series.append(text(part)),
    );
    expect(parts.map(({ file, offset }) => [file, offset])).toEqual([
      [0, 0],
      [0, 5],
      [1, 0],
      [2, 0],
      [3, 0],
      [3, 0],
    ]);
    const files = await world.drive(series.finish());
    expect(files).toEqual(
      ['12345678', '9abc', '0123456789xyz', 'z'].map((content, index) => ({
        name: `f${index}`,
        sizeBytes: content.length,
        crc32: crc32(text(content)),
      })),
    );
    expect(world.files.openFiles).toBe(0);
    const read = await world.drive(world.files.readAll('/s/f2', 100));
    expect(read).toEqual(text('0123456789xyz'));
  });

  it('makes every file durable before it is finished', async () => {
    const world = createWorld();
    const series = await seriesOn(world, 10);
    for (const part of ['12345678', '9abc', 'def']) series.append(text(part));
    await world.drive(series.finish());
    expect(world.disk.pendingOperations.filter(({ kind }) => kind === 'write')).toEqual([]);
  });

  it('holds back whoever writes more than the disk takes', async () => {
    const world = createWorld();
    const series = await seriesOn(world, 1e9);
    let isReady = false;
    for (let at = 0; at < 10; at++) series.append(new Uint8Array(1_000_000));
    const ready = series.ready().then(() => {
      isReady = true;
    });
    await Promise.resolve();
    expect(isReady).toBe(false);
    await world.drive(ready);
  });

  it('tells of a failure at the next part, and tries nothing more', async () => {
    const world = createWorld();
    const series = await seriesOn(world, 4);
    world.fileFaults.add({ kind: 'nth', nth: 1, errno: 'EIO', isPersistent: false });
    series.append(text('1234'));
    series.append(text('5678'));
    await expect(world.drive(series.finish())).rejects.toMatchObject({
      code: 'DREY_FILE_IO_ERROR',
    });
    await expect(series.ready()).rejects.toMatchObject({ code: 'DREY_FILE_IO_ERROR' });
    await world.drive(series.abandon(new Error('given up')));
    expect(world.disk.list('/s')).toEqual([]);
  });
});
