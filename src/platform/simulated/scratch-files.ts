/**
 * Scratch files in memory. They count as operations of the files' fault plan, so that a disk that is
 * full or broken is one for them, too; a crash leaves nothing of them, as in the real world.
 */
import { fileError } from '../file-error.ts';
import type { ScratchFile, ScratchFiles } from '../scratch-files.ts';
import { Errno } from './disk.ts';
import type { FileFaults, FileOperationKind } from './file-faults.ts';

export class SimulatedScratchFiles implements ScratchFiles {
  private readonly faults: FileFaults;
  private openCount = 0;

  constructor(faults: FileFaults) {
    this.faults = faults;
  }

  /** Files that were opened and not closed. */
  get openFiles(): number {
    return this.openCount;
  }

  open(folder: string): ScratchFile {
    const path = `${folder}/scratch`;
    this.check('open', path);
    this.openCount++;
    let bytes = new Uint8Array(0);
    let isOpen = true;
    return {
      write: (content, position) => {
        this.check('write', path);
        if (this.faults.takeSpace(content.length) < content.length) {
          throw fileError('ENOSPC', { operation: 'write', path });
        }
        const end = position + content.length;
        if (end > bytes.length) {
          const grown = new Uint8Array(Math.max(end, bytes.length * 2));
          grown.set(bytes);
          bytes = grown;
        }
        bytes.set(content, position);
      },
      read: (target, position) => {
        this.check('read', path);
        if (position + target.length > bytes.length) {
          throw fileError('EIO', { operation: 'read', path });
        }
        target.set(bytes.subarray(position, position + target.length));
      },
      close: () => {
        if (isOpen) this.openCount--;
        isOpen = false;
      },
    };
  }

  private check(kind: FileOperationKind, path: string): void {
    try {
      this.faults.check(kind);
    } catch (error) {
      if (error instanceof Errno) throw fileError(error.errno, { operation: kind, path });
      throw error;
    }
  }
}
