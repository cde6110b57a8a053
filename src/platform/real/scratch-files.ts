/**
 * Scratch files of the operating system. The name is removed as soon as the file is open, so that
 * nothing is left behind whatever happens to the process; where that is refused (Windows), when it
 * is closed.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, type FileOperation } from '../file-error.ts';
import type { ScratchFile, ScratchFiles } from '../scratch-files.ts';

export const realScratchFiles: ScratchFiles = {
  open(folder) {
    const path = join(folder, `drey-scratch-${randomUUID()}`);
    const descriptor = translated({ operation: 'open', path }, () => openSync(path, 'wx+', 0o600));
    return new RealScratchFile(path, descriptor);
  },
};

class RealScratchFile implements ScratchFile {
  private readonly path: string;
  private readonly descriptor: number;
  private isNamed: boolean;
  private isOpen = true;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.descriptor = descriptor;
    this.isNamed = !removed(path);
  }

  write(content: Uint8Array, position: number): void {
    translated({ operation: 'write', path: this.path }, () => {
      for (let at = 0; at < content.length;) {
        at += writeSync(this.descriptor, content, at, content.length - at, position + at);
      }
    });
  }

  read(target: Uint8Array, position: number): void {
    translated({ operation: 'read', path: this.path }, () => {
      for (let at = 0; at < target.length;) {
        const count = readSync(this.descriptor, target, at, target.length - at, position + at);
        if (count === 0) throw Object.assign(new Error('the file is shorter'), { code: 'EIO' });
        at += count;
      }
    });
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.descriptor);
    if (this.isNamed) this.isNamed = !removed(this.path);
  }
}

function removed(path: string): boolean {
  try {
    rmSync(path);
    return true;
  } catch {
    return false;
  }
}

function translated<T>(operation: FileOperation, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const errno: unknown = (error as { readonly code?: unknown } | null)?.code;
    if (typeof errno !== 'string') throw error;
    throw fileError(errno, operation, error);
  }
}
