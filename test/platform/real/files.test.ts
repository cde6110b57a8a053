import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realFiles } from '../../../src/platform/real/files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function checkFailure(action: Promise<unknown>, code: string, errno: string): Promise<void> {
  await expect(action).rejects.toMatchObject({ code, details: { errno } });
}

describe('real files', () => {
  it('what was written is read back, in parts and as a whole', async () => {
    const path = join(temporaryFolder(), 'a');
    const writer = await realFiles.openToWrite(path);
    await writer.write(bytes('hello '));
    await writer.write(bytes('world'));
    await writer.sync();
    await writer.close();
    await writer.close();

    const reader = await realFiles.openToRead(path);
    const target = new Uint8Array(8);
    expect(await reader.read(target, 1, 5, 6)).toBe(5);
    expect(new TextDecoder().decode(target.subarray(1, 6))).toBe('world');
    expect(await reader.read(target, 0, 8, 11)).toBe(0);
    await reader.close();
    await reader.close();
    expect(await realFiles.readAll(path, 11)).toEqual(bytes('hello world'));
    expect(await realFiles.status(path)).toMatchObject({ kind: 'file', sizeBytes: 11 });
  });

  it('opening to write empties the file', async () => {
    const path = join(temporaryFolder(), 'a');
    writeFileSync(path, 'old content');
    const writer = await realFiles.openToWrite(path);
    await writer.write(bytes('new'));
    await writer.close();
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('a file of several read buffers is read whole', async () => {
    const path = join(temporaryFolder(), 'a');
    const content = new Uint8Array(300_000).map((_, index) => index % 251);
    writeFileSync(path, content);
    expect(await realFiles.readAll(path, 300_000)).toEqual(content);
    await expect(realFiles.readAll(path, 299_999)).rejects.toMatchObject({
      code: 'DREY_FILE_TOO_LARGE',
    });
  });

  it('names are listed by code unit', async () => {
    const folder = temporaryFolder();
    for (const name of ['b', 'a', 'B', 'é', '10', '9']) writeFileSync(join(folder, name), '');
    expect(await realFiles.list(folder)).toEqual(['10', '9', 'B', 'a', 'b', 'é']);
  });

  it('a rename replaces the target, a removal takes files and empty folders', async () => {
    const folder = temporaryFolder();
    await realFiles.createFolder(join(folder, 'x', 'y'));
    await realFiles.createFolder(join(folder, 'x', 'y'));
    writeFileSync(join(folder, 'a'), 'A');
    writeFileSync(join(folder, 'b'), 'B');
    await realFiles.rename(join(folder, 'a'), join(folder, 'b'));
    await realFiles.syncFolder(folder);
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('A');
    await realFiles.remove(join(folder, 'b'));
    await realFiles.remove(join(folder, 'b'));
    await realFiles.remove(join(folder, 'x', 'y'));
    expect(await realFiles.list(folder)).toEqual(['x']);
    expect(await realFiles.status(join(folder, 'b'))).toBeNull();
  });

  it('a removal takes a link to a folder, not the folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'x'));
    symlinkSync(join(folder, 'x'), join(folder, 'link'));
    await realFiles.remove(join(folder, 'link'));
    expect(await realFiles.list(folder)).toEqual(['x']);
  });

  it('each refusal of the system has its code', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, 'content');
    mkdirSync(join(folder, 'full', 'inner'), { recursive: true });

    await checkFailure(realFiles.openToRead(join(folder, 'no')), 'DREY_FILE_NOT_FOUND', 'ENOENT');
    await checkFailure(realFiles.openToRead(folder), 'DREY_FILE_WRONG_KIND', 'EISDIR');
    await checkFailure(realFiles.readAll(folder, 10), 'DREY_FILE_WRONG_KIND', 'EISDIR');
    await checkFailure(realFiles.openToWrite(folder), 'DREY_FILE_WRONG_KIND', 'EISDIR');
    await checkFailure(realFiles.openToWrite(join(file, 'x')), 'DREY_FILE_WRONG_KIND', 'ENOTDIR');
    await checkFailure(
      realFiles.openToWrite(file, { exclusive: true }),
      'DREY_FILE_EXISTS',
      'EEXIST',
    );
    await checkFailure(realFiles.createFolder(file), 'DREY_FILE_EXISTS', 'EEXIST');
    await checkFailure(realFiles.list(file), 'DREY_FILE_WRONG_KIND', 'ENOTDIR');
    await checkFailure(realFiles.syncFolder(file), 'DREY_FILE_WRONG_KIND', 'ENOTDIR');
    await checkFailure(realFiles.remove(join(folder, 'full')), 'DREY_FILE_FAILED', 'ENOTEMPTY');
    await checkFailure(realFiles.rename(join(folder, 'no'), file), 'DREY_FILE_NOT_FOUND', 'ENOENT');
    expect(await realFiles.status(join(file, 'below'))).toBeNull();
  });

  it('a closed file cannot be read', async () => {
    const path = join(temporaryFolder(), 'a');
    writeFileSync(path, 'A');
    const reader = await realFiles.openToRead(path);
    await reader.close();
    await checkFailure(reader.read(new Uint8Array(1), 0, 1, 0), 'DREY_FILE_FAILED', 'EBADF');
  });

  it.skipIf(!existsSync('/dev/full'))('a full disk is told at the write', async () => {
    const writer = await realFiles.openToWrite('/dev/full');
    await checkFailure(writer.write(bytes('x')), 'DREY_FILE_NO_SPACE', 'ENOSPC');
    await writer.close();
  });

  it.skipIf(!existsSync('/proc/self/mem'))('a failing read is an I/O error', async () => {
    const reader = await realFiles.openToRead('/proc/self/mem');
    const read = reader.read(new Uint8Array(8), 0, 8, 0);
    await checkFailure(read, 'DREY_FILE_IO_ERROR', 'EIO');
    await reader.close();
  });

  it.skipIf(!existsSync('/proc/self/status'))('a file without a size is read whole', async () => {
    const content = await realFiles.readAll('/proc/self/status', 100_000);
    expect(new TextDecoder().decode(content)).toContain('Name:');
  });

  it('know a symbolic link, whatever it leads to', async () => {
    const folder = temporaryFolder();
    symlinkSync(folder, join(folder, 'link'));
    symlinkSync(join(folder, 'nothing'), join(folder, 'broken'));
    expect(await realFiles.isLink(join(folder, 'link'))).toBe(true);
    expect(await realFiles.isLink(join(folder, 'broken'))).toBe(true);
    expect(await realFiles.isLink(folder)).toBe(false);
    expect(await realFiles.isLink(join(folder, 'absent'))).toBe(false);
  });
});
