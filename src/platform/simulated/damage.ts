/**
 * What disks and people do to files at rest: bits flip, ends are cut, files change places, are
 * deleted or come from elsewhere. The damage is durable at once; whoever reads the file next has
 * to notice.
 */
import { BugError } from '../../errors/drey-error.ts';
import type { FileNode } from './disk-image.ts';
import type { SimulatedDisk } from './disk.ts';

export type Damage =
  | {
      readonly kind: 'flip-bit';
      readonly path: string;
      /** From the start. */ readonly bit: number;
    }
  | { readonly kind: 'cut'; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'swap'; readonly path: string; readonly other: string }
  | { readonly kind: 'replace'; readonly path: string; readonly content: Uint8Array }
  /** A file, or a folder with all that is in it. */
  | { readonly kind: 'delete'; readonly path: string };

/** Throws a BugError when there is nothing to damage: such a test would prove nothing. */
export function damage(disk: SimulatedDisk, what: Damage): void {
  switch (what.kind) {
    case 'flip-bit': {
      const content = contentOf(disk, what.path);
      const at = what.bit >> 3;
      const byte = content[at];
      if (byte === undefined) throw new BugError('DREY_BUG', `${what.path} has no bit ${what.bit}`);
      content[at] = byte ^ (1 << (what.bit & 7));
      replace(disk, what.path, content);
      break;
    }
    case 'cut':
      replace(disk, what.path, contentOf(disk, what.path).subarray(0, what.sizeBytes));
      break;
    case 'swap': {
      const content = contentOf(disk, what.path);
      replace(disk, what.path, contentOf(disk, what.other));
      replace(disk, what.other, content);
      break;
    }
    case 'replace':
      replace(disk, what.path, what.content);
      break;
    case 'delete':
      removeAll(disk, what.path);
  }
  disk.syncAll();
}

function contentOf(disk: SimulatedDisk, path: string): Uint8Array {
  return disk.content(fileAt(disk, path)).slice();
}

function replace(disk: SimulatedDisk, path: string, content: Uint8Array): void {
  const nowMs = disk.modifiedAt(fileAt(disk, path));
  disk.write(disk.openToWrite(path, false, nowMs), 0, content, nowMs);
}

function removeAll(disk: SimulatedDisk, path: string): void {
  const node = disk.find(path);
  if (node === null) throw new BugError('DREY_BUG', `there is no ${path} to delete`);
  if (node.kind === 'folder') {
    for (const name of disk.list(path)) removeAll(disk, `${path}/${name}`);
  }
  disk.remove(path);
}

function fileAt(disk: SimulatedDisk, path: string): FileNode {
  const node = disk.find(path);
  if (node?.kind !== 'file') throw new BugError('DREY_BUG', `there is no file ${path} to damage`);
  return node;
}
