/** Files of the operating system. Only errors that carry an errno become DreyErrors. */
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { fileError, type FileOperation } from '../file-error.ts';
import type { Files, FileStatus, ReadableFile, WritableFile } from '../files.ts';
import { readWhole } from '../read-whole.ts';

const PERMISSION_BITS = 0o777;
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export const realFiles: Files = {
  status,
  openToRead,
  async openToWrite(path, options = {}) {
    const flags = `${options.append === true ? 'a' : 'w'}${options.exclusive === true ? 'x' : ''}`;
    const mode = options.isPrivate === true ? PRIVATE_FILE : undefined;
    const handle = await translated({ operation: 'open', path }, () => fs.open(path, flags, mode));
    return new RealWritableFile(path, handle);
  },
  async readAll(path, limitBytes) {
    const file = await openToRead(path);
    try {
      return await readWhole(file, limitBytes);
    } finally {
      await file.close();
    }
  },
  async list(path) {
    const names = await translated({ operation: 'list', path }, () => fs.readdir(path));
    return names.sort(byCodeUnit);
  },
  async rename(from, to) {
    const tried = { operation: 'rename', path: from, target: to };
    await translated(tried, () => fs.rename(from, to));
  },
  async remove(path) {
    await translated({ operation: 'remove', path }, () => removeOne(path));
  },
  async createFolder(path, options = {}) {
    const mode = options.isPrivate === true ? { mode: PRIVATE_FOLDER } : {};
    await translated({ operation: 'create folder', path }, () =>
      fs.mkdir(path, { recursive: true, ...mode }),
    );
  },
  async permissions(path) {
    // Windows gives bits that say nothing about who may read.
    if (process.platform === 'win32') return null;
    try {
      return (await fs.stat(path)).mode & PERMISSION_BITS;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOENT' || errno === 'ENOTDIR') return null;
      throw translate(error, { operation: 'look at', path });
    }
  },
  async isLink(path) {
    try {
      return (await fs.lstat(path)).isSymbolicLink();
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOENT' || errno === 'ENOTDIR') return false;
      throw translate(error, { operation: 'look at', path });
    }
  },
  async syncFolder(path) {
    await translated({ operation: 'sync folder', path }, async () => {
      const handle = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  },
};

class RealReadableFile implements ReadableFile {
  readonly path: string;
  private readonly handle: fs.FileHandle;

  constructor(path: string, handle: fs.FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  async read(
    target: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<number> {
    const { bytesRead } = await translated({ operation: 'read', path: this.path }, () =>
      this.handle.read(target, offset, length, position),
    );
    return bytesRead;
  }

  async close(): Promise<void> {
    await translated({ operation: 'close', path: this.path }, () => this.handle.close());
  }
}

class RealWritableFile implements WritableFile {
  readonly path: string;
  private readonly handle: fs.FileHandle;

  constructor(path: string, handle: fs.FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  async write(content: Uint8Array): Promise<void> {
    await translated({ operation: 'write to', path: this.path }, async () => {
      // One call may take only a part, near a full disk for example.
      for (let done = 0; done < content.length;) {
        const { bytesWritten } = await this.handle.write(content, done);
        done += bytesWritten;
      }
    });
  }

  async sync(): Promise<void> {
    await translated({ operation: 'sync', path: this.path }, () => this.handle.sync());
  }

  async close(): Promise<void> {
    await translated({ operation: 'close', path: this.path }, () => this.handle.close());
  }
}

async function status(path: string): Promise<FileStatus | null> {
  try {
    const found = await fs.stat(path);
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
    return { kind, sizeBytes: found.size, modifiedAtMs: found.mtimeMs };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return null;
    throw translate(error, { operation: 'look at', path });
  }
}

async function openToRead(path: string): Promise<ReadableFile> {
  const handle = await translated({ operation: 'open', path }, () => fs.open(path, 'r'));
  const file = new RealReadableFile(path, handle);
  try {
    const found = await handle.stat();
    // The system would open a folder and fail at the first read.
    if (found.isDirectory()) throw fileError('EISDIR', { operation: 'open', path });
    return file;
  } catch (error) {
    await file.close();
    throw translate(error, { operation: 'open', path });
  }
}

async function removeOne(path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return;
    // Linux says EISDIR for a folder, other systems EPERM.
    if (errno !== 'EISDIR' && errno !== 'EPERM') throw error;
    const found = await fs.lstat(path);
    if (!found.isDirectory()) throw error;
    await fs.rmdir(path);
  }
}

async function translated<T>(tried: FileOperation, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw translate(error, tried);
  }
}

/** Errors without an errno (a wrong argument, a DreyError) pass unchanged. */
export function translate(error: unknown, tried: FileOperation): Error {
  const errno = errnoOf(error);
  if (errno !== null) return fileError(errno, tried, error);
  return error instanceof Error ? error : new Error(String(error));
}

/** The errno name of an error of the operating system; null for all other errors. */
function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
