/**
 * What stands between one simulated process and its world: it may be dead, stand still, find its
 * files slow or failing, and read its input in small pieces.
 * Invariant: nothing of a dead process has an effect, and nothing reaches one that stands still
 * before it wakes.
 */
import { fileError } from '../../src/platform/file-error.ts';
import type { Files, ReadableFile, WritableFile, WriteOptions } from '../../src/platform/files.ts';
import type { Platform } from '../../src/platform/platform.ts';
import type { FileOperationKind } from '../../src/platform/simulated/file-faults.ts';
import type { Timer, Timers } from '../../src/platform/timers.ts';
import { gatedKafka } from './gated-kafka.ts';

export interface FileCall {
  readonly kind: FileOperationKind;
  readonly path: string;
}

/** What becomes of a call; null: nothing special. */
export interface FileFate {
  readonly delayMs: number;
  /** Null: it is done after the delay. */
  readonly errno: string | null;
}

export interface GateOptions {
  /** Reads of input come in pieces of at most so many bytes; Infinity: as they are asked for. */
  readonly readBytesMax: () => number;
  /** Before each of these reads. */
  readonly inputLatencyMs: number;
  /** How long a turn of the event loop takes. */
  readonly turnMs: () => number;
  /** Reads below this folder are those of input. */
  readonly inputFolder: string;
  readonly fateOf: (call: FileCall) => FileFate | null;
  /** Told after a call that has been done. */
  readonly done: (call: FileCall) => void;
}

export class Gate {
  isDead = false;
  readonly platform: Platform;
  readonly options: GateOptions;
  private readonly inner: Platform;
  private isFrozen = false;
  private waiting: (() => void)[] = [];

  constructor(inner: Platform, options: GateOptions) {
    this.inner = inner;
    this.options = options;
    this.platform = {
      ...inner,
      files: new GatedFiles(this, inner.files),
      kafka: gatedKafka(inner.kafka, () => this.pass()),
      timers: this.timers(),
    };
  }

  freeze(): void {
    this.isFrozen = true;
  }

  thaw(): void {
    this.isFrozen = false;
    const { waiting } = this;
    this.waiting = [];
    for (const go of waiting) this.run(go);
  }

  /** Runs it when the process can; never when it is dead. */
  run(task: () => void): void {
    if (this.isDead) return;
    if (this.isFrozen) this.waiting.push(task);
    else task();
  }

  pass(): Promise<void> {
    return new Promise((resolve) => {
      this.run(resolve);
    });
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.inner.timers.after(delayMs, resolve);
    });
  }

  private timers(): Timers {
    const { timers } = this.inner;
    return {
      after: (delayMs, task, options): Timer => {
        if (this.isDead) return { cancel: () => undefined };
        let isCancelled = false;
        const go = (): void => {
          if (!isCancelled) task();
        };
        const timer = timers.after(
          delayMs,
          () => {
            this.run(go);
          },
          options,
        );
        return {
          cancel: () => {
            isCancelled = true;
            timer.cancel();
          },
        };
      },
      yield: async () => {
        const turnMs = this.options.turnMs();
        if (!this.isDead) await (turnMs > 0 ? this.pause(turnMs) : timers.yield());
        await this.pass();
      },
    };
  }
}

class GatedFiles implements Files {
  private readonly gate: Gate;
  private readonly inner: Files;

  constructor(gate: Gate, inner: Files) {
    this.gate = gate;
    this.inner = inner;
  }

  async call<T>(call: FileCall, run: () => Promise<T>): Promise<T> {
    const { gate } = this;
    await gate.pass();
    const fate = gate.options.fateOf(call);
    if (fate !== null) {
      await gate.pause(fate.delayMs);
      if (fate.errno !== null) {
        // A close that fails has closed the file all the same.
        if (call.kind === 'close') await run();
        await gate.pass();
        throw fileError(fate.errno, { operation: call.kind, path: call.path }, null);
      }
    }
    const result = await run();
    gate.options.done(call);
    await gate.pass();
    return result;
  }

  async openToRead(path: string): Promise<ReadableFile> {
    const file = await this.call({ kind: 'open', path }, () => this.inner.openToRead(path));
    const { inputFolder, readBytesMax, inputLatencyMs } = this.gate.options;
    const isInput = path.startsWith(inputFolder);
    return {
      path: file.path,
      read: async (target, offset, length, position) => {
        const most = isInput ? readBytesMax() : Infinity;
        if (most !== Infinity) await this.gate.pause(inputLatencyMs);
        return this.call({ kind: 'read', path }, () =>
          file.read(target, offset, Math.min(length, most), position),
        );
      },
      close: () => this.call({ kind: 'close', path }, () => file.close()),
    };
  }

  async openToWrite(path: string, options?: WriteOptions): Promise<WritableFile> {
    const file = await this.call({ kind: 'open', path }, () =>
      this.inner.openToWrite(path, options),
    );
    return {
      path: file.path,
      write: (content) => this.call({ kind: 'write', path }, () => file.write(content)),
      sync: () => this.call({ kind: 'sync', path }, () => file.sync()),
      close: () => this.call({ kind: 'close', path }, () => file.close()),
    };
  }

  async readAll(path: string, limitBytes: number): Promise<Uint8Array> {
    return this.call({ kind: 'read', path }, () => this.inner.readAll(path, limitBytes));
  }

  /**
   * Input is found when only its beginning is there, and has grown until it is read: a source takes
   * small files in one block, and no snapshot would ever cut one in the middle.
   */
  async status(path: string): ReturnType<Files['status']> {
    const status = await this.call({ kind: 'status', path }, () => this.inner.status(path));
    const { inputFolder, readBytesMax } = this.gate.options;
    if (status?.kind !== 'file' || !path.startsWith(inputFolder)) return status;
    return { ...status, sizeBytes: Math.min(status.sizeBytes, readBytesMax()) };
  }

  list(path: string): Promise<readonly string[]> {
    return this.call({ kind: 'list', path }, () => this.inner.list(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.call({ kind: 'rename', path: to }, () => this.inner.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.call({ kind: 'remove', path }, () => this.inner.remove(path));
  }

  createFolder(path: string, options?: { readonly isPrivate?: boolean }): Promise<void> {
    return this.call({ kind: 'create-folder', path }, () => this.inner.createFolder(path, options));
  }

  permissions(path: string): Promise<number | null> {
    return this.call({ kind: 'status', path }, () => this.inner.permissions(path));
  }

  isLink(path: string): Promise<boolean> {
    return this.call({ kind: 'status', path }, () => this.inner.isLink(path));
  }

  syncFolder(path: string): Promise<void> {
    return this.call({ kind: 'sync-folder', path }, () => this.inner.syncFolder(path));
  }
}
