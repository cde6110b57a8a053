/**
 * A disk under a journalling file system, as a program sees it and as a power failure leaves it.
 * Every operation is visible at once and durable later: syncing a file makes its bytes durable,
 * syncing a folder the names in it. Until then an operation is pending, and a crash may keep it,
 * drop it, or keep half of it.
 *
 * A rename is durable as a whole once either of its folders is synced; syncing a file does not make
 * its name durable. Failures are thrown as Errno. All methods are synchronous: delays, faults and
 * the order of completions belong to SimulatedFiles.
 */
import { posix } from 'node:path';
import { isOfFile, touchesFolder, withDependencies } from './disk-order.ts';
import {
  DiskImage,
  ROOT_ID,
  type DiskNode,
  type DiskOperation,
  type FileNode,
  type FolderNode,
} from './disk-image.ts';

/** The operating system's refusal, by name. Never leaves this folder: files.ts translates it. */
export class Errno extends Error {
  readonly errno: string;

  constructor(errno: string) {
    super(errno);
    this.name = 'Errno';
    this.errno = errno;
  }
}

const root: FolderNode = { kind: 'folder', id: ROOT_ID };

export class SimulatedDisk {
  private visible: DiskImage;
  private durable: DiskImage;
  private pending: DiskOperation[] = [];
  private readonly modifiedAtMs = new Map<number, number>();
  private nextId: number;

  /** A disk that holds `image`, all of it durable; empty by default. */
  constructor(image: DiskImage = new DiskImage(), nextId = ROOT_ID + 1) {
    this.visible = image.clone();
    this.durable = image.clone();
    this.nextId = nextId;
  }

  /** What a crash may lose, oldest first. */
  get pendingOperations(): readonly DiskOperation[] {
    return this.pending;
  }

  /** A copy of what a crash cannot take. */
  durableImage(): DiskImage {
    return this.durable.clone();
  }

  /** A disk of its own that holds `image`; its new files do not collide with old ones. */
  withImage(image: DiskImage): SimulatedDisk {
    return new SimulatedDisk(image, this.nextId);
  }

  /** The power fails and comes back: all that is left is `image`. */
  restart(image: DiskImage): void {
    this.visible = image.clone();
    this.durable = image.clone();
    this.pending = [];
  }

  /** Null when nothing is there. Throws ENOTDIR when a parent is a file. */
  find(path: string): DiskNode | null {
    const parts = splitPath(path);
    let node: DiskNode = root;
    for (const name of parts) {
      if (node.kind !== 'folder') throw new Errno('ENOTDIR');
      const next = this.visible.entries(node.id).get(name);
      if (next === undefined) return null;
      node = next;
    }
    return node;
  }

  content(file: FileNode): Uint8Array {
    return this.visible.content(file.id);
  }

  modifiedAt(node: DiskNode): number {
    return this.modifiedAtMs.get(node.id) ?? 0;
  }

  /** Opens for writing: makes the file, or empties it. */
  openToWrite(path: string, isExclusive: boolean, nowMs: number): FileNode {
    const { folder, name } = this.parentOf(path);
    const found = this.visible.entries(folder.id).get(name);
    if (found !== undefined && isExclusive) throw new Errno('EEXIST');
    if (found?.kind === 'folder') throw new Errno('EISDIR');
    const file = found ?? this.newFile(folder, name);
    if (this.visible.sizeBytes(file.id) > 0) this.perform({ kind: 'truncate', file: file.id });
    this.modifiedAtMs.set(file.id, nowMs);
    return file;
  }

  write(file: FileNode, offset: number, bytes: Uint8Array, nowMs: number): void {
    if (bytes.length === 0) return;
    this.perform({ kind: 'write', file: file.id, offset, bytes: bytes.slice() });
    this.modifiedAtMs.set(file.id, nowMs);
  }

  list(path: string): string[] {
    return [...this.visible.entries(this.folderAt(path).id).keys()].sort();
  }

  rename(from: string, to: string): void {
    const source = this.parentOf(from);
    const target = this.parentOf(to);
    const node = this.visible.entries(source.folder.id).get(source.name);
    if (node === undefined) throw new Errno('ENOENT');
    if (isInside(to, from)) throw new Errno('EINVAL');
    if (isInside(from, to)) throw new Errno('ENOTEMPTY');
    const replaced = this.visible.entries(target.folder.id).get(target.name);
    if (replaced?.id === node.id) return;
    if (replaced !== undefined) this.checkReplaceable(node, replaced);
    this.perform({
      kind: 'rename',
      from: source.folder.id,
      fromName: source.name,
      folder: target.folder.id,
      name: target.name,
      node,
    });
  }

  remove(path: string): void {
    const { folder, name } = this.parentOf(path);
    const node = this.visible.entries(folder.id).get(name);
    if (node === undefined) throw new Errno('ENOENT');
    if (node.kind === 'folder' && this.visible.entries(node.id).size > 0) {
      throw new Errno('ENOTEMPTY');
    }
    this.perform({ kind: 'unlink', folder: folder.id, name });
  }

  /** With parents; nothing happens when it is there. */
  createFolder(path: string): void {
    const parts = splitPath(path);
    let folder: FolderNode = root;
    for (const [index, name] of parts.entries()) {
      const found = this.visible.entries(folder.id).get(name);
      if (found?.kind === 'file') {
        throw new Errno(index === parts.length - 1 ? 'EEXIST' : 'ENOTDIR');
      }
      folder = found ?? this.newFolder(folder, name);
    }
  }

  /** The file's bytes become durable; its name does not. */
  sync(file: FileNode): void {
    this.settle((operation) => isOfFile(operation, file.id));
  }

  /**
   * A sync that fails: the pending bytes stay visible, but no later sync makes them durable, as
   * on Linux, where the pages count as clean after a failed write-back.
   */
  failSync(file: FileNode): void {
    this.pending = this.pending.filter((operation) => !isOfFile(operation, file.id));
  }

  /** The names directly in the folder become durable. */
  syncFolder(path: string): void {
    const { id } = this.folderAt(path);
    this.settle((operation) => touchesFolder(operation, id));
  }

  /** All that is visible becomes durable. */
  syncAll(): void {
    this.settle(() => true);
  }

  private perform(operation: DiskOperation): void {
    this.visible.apply(operation);
    this.pending.push(operation);
  }

  private settle(isDurableNow: (operation: DiskOperation) => boolean): void {
    const settled = new Set(withDependencies(this.pending, isDurableNow));
    for (const operation of settled) this.durable.apply(operation);
    this.pending = this.pending.filter((operation) => !settled.has(operation));
  }

  private newFile(folder: FolderNode, name: string): FileNode {
    const file: FileNode = { kind: 'file', id: this.nextId++ };
    this.perform({ kind: 'link', folder: folder.id, name, node: file });
    return file;
  }

  private newFolder(parent: FolderNode, name: string): FolderNode {
    const folder: FolderNode = { kind: 'folder', id: this.nextId++ };
    this.perform({ kind: 'link', folder: parent.id, name, node: folder });
    return folder;
  }

  private folderAt(path: string): FolderNode {
    const node = this.find(path);
    if (node === null) throw new Errno('ENOENT');
    if (node.kind !== 'folder') throw new Errno('ENOTDIR');
    return node;
  }

  private parentOf(path: string): { readonly folder: FolderNode; readonly name: string } {
    const name = posix.basename(path);
    if (name === '') throw new Errno('EBUSY');
    return { folder: this.folderAt(posix.dirname(path)), name };
  }

  private checkReplaceable(node: DiskNode, replaced: DiskNode): void {
    if (node.kind === 'file' && replaced.kind === 'folder') throw new Errno('EISDIR');
    if (node.kind === 'folder' && replaced.kind === 'file') throw new Errno('ENOTDIR');
    if (replaced.kind === 'folder' && this.visible.entries(replaced.id).size > 0) {
      throw new Errno('ENOTEMPTY');
    }
  }
}

function splitPath(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}
