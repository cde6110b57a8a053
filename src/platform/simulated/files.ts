/**
 * Files on a simulated disk. Each call takes effect at one moment of virtual time and is answered
 * at a later one, both drawn by seed: calls overtake each other, and a crash between the two leaves
 * an effect that nobody was told of. After a crash the calls of the dead process never settle.
 */
import { posix } from 'node:path';
import { BugError } from '../../errors/drey-error.ts';
import { fileError, type FileOperation } from '../file-error.ts';
import type { Files, FileStatus, ReadableFile, WritableFile, WriteOptions } from '../files.ts';
import { readWhole } from '../read-whole.ts';
import type { SimulatedClock } from './clock.ts';
import type { DiskNode, FileNode } from './disk-image.ts';
import { Errno, type SimulatedDisk } from './disk.ts';
import type { FileFaults, FileOperationKind } from './file-faults.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduler } from './scheduler.ts';

export interface SimulatedFilesParts {
  readonly disk: SimulatedDisk;
  readonly scheduler: Scheduler;
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly faults: FileFaults;
  readonly workingDirectory: string;
  /** Effect and answer each take a random part of this. */
  readonly latencyMsMax: number;
}

/** One call: what it is for the fault plan and the trace, and for an error message. */
interface Call extends FileOperation {
  readonly kind: FileOperationKind;
}

export class SimulatedFiles implements Files {
  private readonly parts: SimulatedFilesParts;
  private isDead = false;
  private openCount = 0;
  /** Made for their owner only. */
  private readonly privateNodes = new WeakSet<DiskNode>();

  constructor(parts: SimulatedFilesParts) {
    this.parts = parts;
  }

  /** Files that were opened and not closed: what a test of an orderly end looks at. */
  get openFiles(): number {
    return this.openCount;
  }

  /** The process that holds these files died. */
  kill(): void {
    this.isDead = true;
  }

  status(path: string): Promise<FileStatus | null> {
    return this.perform({ kind: 'status', operation: 'look at', path }, (at) => this.look(at));
  }

  openToRead(path: string): Promise<ReadableFile> {
    return this.perform({ kind: 'open', operation: 'open', path }, (at) => {
      const node = this.parts.disk.find(at);
      if (node === null) throw new Errno('ENOENT');
      if (node.kind === 'folder') throw new Errno('EISDIR');
      this.openCount++;
      return new SimulatedReadableFile(path, node, this);
    });
  }

  openToWrite(path: string, options: WriteOptions = {}): Promise<WritableFile> {
    return this.perform({ kind: 'open', operation: 'open', path }, (at) => {
      const there = this.parts.disk.find(at);
      const isAppended = options.append === true && there !== null && there.kind === 'file';
      const isExclusive = options.exclusive === true;
      const node =
        isAppended && !isExclusive
          ? there
          : this.parts.disk.openToWrite(at, isExclusive, this.parts.clock.nowMs());
      if (there === null && options.isPrivate === true) this.privateNodes.add(node);
      this.openCount++;
      return new SimulatedWritableFile(path, node, this, options.append === true);
    });
  }

  permissions(path: string): Promise<number | null> {
    return this.perform({ kind: 'status', operation: 'look at', path }, (at) => {
      const there = this.look(at) === null ? null : this.parts.disk.find(at);
      if (there === null) return null;
      const isPrivate = this.privateNodes.has(there);
      if (there.kind === 'folder') return isPrivate ? 0o700 : 0o755;
      return isPrivate ? 0o600 : 0o644;
    });
  }

  async readAll(path: string, limitBytes: number): Promise<Uint8Array> {
    const file = await this.openToRead(path);
    try {
      return await readWhole(file, limitBytes);
    } finally {
      await file.close();
    }
  }

  list(path: string): Promise<readonly string[]> {
    return this.perform({ kind: 'list', operation: 'list', path }, (at) =>
      this.parts.disk.list(at),
    );
  }

  rename(from: string, to: string): Promise<void> {
    const call: Call = { kind: 'rename', operation: 'rename', path: from, target: to };
    return this.perform(call, (at) => this.parts.disk.rename(at, this.resolve(to)));
  }

  remove(path: string): Promise<void> {
    return this.perform({ kind: 'remove', operation: 'remove', path }, (at) => {
      if (this.look(at) !== null) this.parts.disk.remove(at);
    });
  }

  createFolder(path: string, options: { readonly isPrivate?: boolean } = {}): Promise<void> {
    return this.perform({ kind: 'create-folder', operation: 'create folder', path }, (at) => {
      const missing = options.isPrivate === true ? this.missingFolders(at) : [];
      this.parts.disk.createFolder(at);
      for (const made of missing) {
        const node = this.parts.disk.find(made);
        if (node !== null) this.privateNodes.add(node);
      }
    });
  }

  /** The simulated disk has no links. */
  isLink(path: string): Promise<boolean> {
    return this.perform({ kind: 'status', operation: 'look at', path }, () => false);
  }

  syncFolder(path: string): Promise<void> {
    return this.perform({ kind: 'sync-folder', operation: 'sync folder', path }, (at) =>
      this.parts.disk.syncFolder(at),
    );
  }

  /** For the open files. */
  read(node: FileNode, target: Uint8Array, position: number): number {
    const content = this.parts.disk.content(node);
    const part = content.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  }

  /** For the open files; gives the number of bytes written before it throws. */
  write(file: SimulatedWritableFile, content: Uint8Array): void {
    const taken = this.parts.faults.takeSpace(content.length);
    const part = content.subarray(0, taken);
    // As the system does it: at each write, whoever wrote in between.
    if (file.appends) file.position = this.parts.disk.content(file.node).length;
    this.parts.disk.write(file.node, file.position, part, this.parts.clock.nowMs());
    file.position += taken;
    if (taken < content.length) throw new Errno('ENOSPC');
  }

  /** For the open files. A sync that is to fail also loses what was pending. */
  sync(node: FileNode, path: string): Promise<void> {
    const call: Call = { kind: 'sync', operation: 'sync', path };
    return this.perform(
      call,
      () => this.parts.disk.sync(node),
      () => this.parts.disk.failSync(node),
    );
  }

  /** For the open files. A close that fails has closed the file all the same, as on Linux. */
  closeFile(path: string): Promise<void> {
    this.openCount--;
    return this.perform({ kind: 'close', operation: 'close', path }, () => {});
  }

  /** Runs `action` at its moment in virtual time, and answers at a later one. */
  perform<T>(call: Call, action: (at: string) => T, onFault?: () => void): Promise<T> {
    if (this.isDead) return new Promise(() => undefined);
    const { scheduler } = this.parts;
    const label = `${call.operation} ${call.path}`;
    return new Promise((resolve, reject) => {
      scheduler.schedule(this.latencyMs(), { label, owner: 'files' }, () => {
        const answer = this.act(call, action, onFault);
        scheduler.schedule(this.latencyMs(), { label: `${label}: done`, owner: 'files' }, () => {
          if ('error' in answer) reject(answer.error);
          else resolve(answer.value);
        });
      });
    });
  }

  private act<T>(
    call: Call,
    action: (at: string) => T,
    onFault?: () => void,
  ): { readonly value: T } | { readonly error: Error } {
    try {
      this.checkFaults(call.kind, onFault);
      return { value: action(this.resolve(call.path)) };
    } catch (error) {
      const tried: FileOperation = {
        operation: call.operation,
        path: call.path,
        ...(call.target === undefined ? {} : { target: call.target }),
      };
      if (error instanceof Errno) return { error: fileError(error.errno, tried, error) };
      return { error: new BugError('DREY_BUG', 'the simulated disk failed', { cause: error }) };
    }
  }

  private checkFaults(kind: FileOperationKind, onFault?: () => void): void {
    try {
      this.parts.faults.check(kind);
    } catch (error) {
      onFault?.();
      throw error;
    }
  }

  private look(at: string): FileStatus | null {
    const { disk } = this.parts;
    try {
      const node = disk.find(at);
      if (node === null) return null;
      const sizeBytes = node.kind === 'file' ? disk.content(node).length : 0;
      return { kind: node.kind, sizeBytes, modifiedAtMs: disk.modifiedAt(node) };
    } catch (error) {
      if (error instanceof Errno && error.errno === 'ENOTDIR') return null;
      throw error;
    }
  }

  /** The folder and its parents, as far as they are not there. */
  private missingFolders(at: string): readonly string[] {
    if (at === '/' || this.look(at) !== null) return [];
    return [...this.missingFolders(posix.dirname(at)), at];
  }

  private resolve(path: string): string {
    return posix.resolve(this.parts.workingDirectory, path);
  }

  private latencyMs(): number {
    return this.parts.random.next() * this.parts.latencyMsMax;
  }
}

class SimulatedReadableFile implements ReadableFile {
  readonly path: string;
  private readonly node: FileNode;
  private readonly files: SimulatedFiles;
  private isClosed = false;

  constructor(path: string, node: FileNode, files: SimulatedFiles) {
    this.path = path;
    this.node = node;
    this.files = files;
  }

  read(target: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    return this.files.perform({ kind: 'read', operation: 'read', path: this.path }, () => {
      if (this.isClosed) throw new Errno('EBADF');
      return this.files.read(this.node, target.subarray(offset, offset + length), position);
    });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.files.closeFile(this.path);
  }
}

class SimulatedWritableFile implements WritableFile {
  readonly path: string;
  readonly node: FileNode;
  /** Where the next write goes. */
  position = 0;
  readonly appends: boolean;
  private readonly files: SimulatedFiles;
  private isClosed = false;

  constructor(path: string, node: FileNode, files: SimulatedFiles, appends: boolean) {
    this.path = path;
    this.node = node;
    this.files = files;
    this.appends = appends;
  }

  write(content: Uint8Array): Promise<void> {
    return this.files.perform({ kind: 'write', operation: 'write to', path: this.path }, () => {
      // As on the real platform, where nothing to write is no call to the system.
      if (content.length === 0) return;
      if (this.isClosed) throw new Errno('EBADF');
      this.files.write(this, content);
    });
  }

  async sync(): Promise<void> {
    if (this.isClosed) throw fileError('EBADF', { operation: 'sync', path: this.path });
    await this.files.sync(this.node, this.path);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.files.closeFile(this.path);
  }
}
