/** Threads as node:worker_threads. */
import { Worker } from 'node:worker_threads';
import type { Thread, ThreadExit, ThreadOptions, Threads } from '../threads.ts';

export const realThreads: Threads = {
  start<ToThread, FromThread>(options: ThreadOptions) {
    return new RealThread<ToThread, FromThread>(options);
  },
};

class RealThread<ToThread, FromThread> implements Thread<ToThread, FromThread> {
  readonly name: string;
  readonly exited: Promise<ThreadExit>;
  private readonly worker: Worker;
  private listener: ((message: FromThread) => void) | null = null;
  private readonly kept: FromThread[] = [];
  private isStopping = false;

  constructor(options: ThreadOptions) {
    this.name = options.name;
    this.worker = new Worker(options.entry, {
      name: options.name,
      workerData: options.input,
      resourceLimits: { maxOldGenerationSizeMb: options.limits.heapMegabytesMax },
    });
    this.exited = this.watch();
    // The entry's message type is the caller's promise: both ends are drey's own code.
    this.worker.on('message', (message: FromThread) => {
      if (this.listener === null) this.kept.push(message);
      else this.listener(message);
    });
  }

  post(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  onMessage(listener: (message: FromThread) => void): void {
    this.listener = listener;
    for (const message of this.kept.splice(0)) listener(message);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.worker.terminate();
  }

  private watch(): Promise<ThreadExit> {
    return new Promise((resolve) => {
      let failure: { readonly error: unknown } | null = null;
      this.worker.on('error', (error) => {
        failure ??= { error };
      });
      this.worker.on('messageerror', (error) => {
        failure ??= { error };
      });
      this.worker.on('exit', (exitCode) => {
        if (failure !== null) resolve({ kind: 'failed', error: failure.error });
        else if (this.isStopping) resolve({ kind: 'stopped' });
        else resolve({ kind: 'ended', exitCode });
      });
    });
  }
}
