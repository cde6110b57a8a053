/**
 * Standard streams in memory: the test says what comes in and when the reader of the output
 * leaves; what goes out is kept for it.
 */
import type { StandardStreams } from '../standard-streams.ts';
import type { Scheduler } from './scheduler.ts';

export interface SimulatedStreamsOptions {
  /** Each chunk arrives on its own; the input ends after the last. */
  readonly input?: readonly Uint8Array[];
  /** The reader of standard output closes the pipe once it has so many bytes. */
  readonly outputClosesAfterBytes?: number;
  /** Virtual time that a chunk or a write takes. */
  readonly latencyMs?: number;
}

export class SimulatedStreams implements StandardStreams {
  private readonly scheduler: Scheduler;
  private readonly chunks: Uint8Array[];
  private readonly closesAfterBytes: number;
  private readonly latencyMs: number;
  private readonly written: Uint8Array[] = [];
  private outputBytes = 0;
  private errors = '';
  /** Writes reach the pipe in their order, whatever the scheduler draws. */
  private lastWrite: Promise<unknown> = Promise.resolve();

  constructor(scheduler: Scheduler, options: SimulatedStreamsOptions = {}) {
    this.scheduler = scheduler;
    this.chunks = [...(options.input ?? [])].filter((chunk) => chunk.length > 0);
    this.closesAfterBytes = options.outputClosesAfterBytes ?? Number.POSITIVE_INFINITY;
    this.latencyMs = options.latencyMs ?? 0;
  }

  /** What the reader of standard output got. */
  get output(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.written));
  }

  get errorText(): string {
    return this.errors;
  }

  readInput(target: Uint8Array, offset: number, length: number): Promise<number> {
    return this.later('read standard input', () => {
      const chunk = this.chunks.shift();
      if (chunk === undefined) return 0;
      const count = Math.min(length, chunk.length);
      target.set(chunk.subarray(0, count), offset);
      if (count < chunk.length) this.chunks.unshift(chunk.subarray(count));
      return count;
    });
  }

  writeOutput(content: Uint8Array): Promise<boolean> {
    const write = this.lastWrite.then(() =>
      this.later('write standard output', () => this.take(content)),
    );
    this.lastWrite = write;
    return write;
  }

  writeError(text: string): void {
    this.errors += text;
  }

  private take(content: Uint8Array): boolean {
    const room = this.closesAfterBytes - this.outputBytes;
    if (room <= 0 && content.length > 0) return false;
    const taken = content.slice(0, room);
    this.written.push(taken);
    this.outputBytes += taken.length;
    return taken.length === content.length;
  }

  private later<T>(label: string, action: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.scheduler.schedule(this.latencyMs, { label, owner: 'streams' }, () => resolve(action()));
    });
  }
}
