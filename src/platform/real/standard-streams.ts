/**
 * The process's standard streams. Input is pulled, so nothing is read ahead of need but one chunk;
 * output resolves when the pipe took it, so a slow reader slows the writer.
 */
import { fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileError } from '../file-error.ts';
import type { StandardStreams } from '../standard-streams.ts';
import { translate } from './files.ts';

export interface ProcessStreams {
  /** Read lazily: touching process.stdin opens it. */
  readonly stdin: Readable & { readonly fd?: number };
  readonly stdout: Writable;
  readonly stderr: Writable;
}

export class RealStandardStreams implements StandardStreams {
  private readonly source: ProcessStreams;
  private chunks: AsyncIterator<Uint8Array> | null = null;
  private rest: Uint8Array = new Uint8Array(0);
  private isWatched = false;
  private isOutputClosed = false;

  constructor(source: ProcessStreams) {
    this.source = source;
  }

  async readInput(target: Uint8Array, offset: number, length: number): Promise<number> {
    while (this.rest.length === 0) {
      this.chunks ??= openInput(this.source.stdin);
      const next = await this.nextChunk(this.chunks);
      if (next === null) return 0;
      this.rest = next;
    }
    const count = Math.min(length, this.rest.length);
    target.set(this.rest.subarray(0, count), offset);
    this.rest = this.rest.subarray(count);
    return count;
  }

  writeOutput(content: Uint8Array): Promise<boolean> {
    if (this.isOutputClosed) return Promise.resolve(false);
    this.watch();
    return new Promise((resolve, reject) => {
      this.source.stdout.write(content, (error) => {
        if (error === undefined || error === null) return resolve(true);
        if (isReaderGone(error)) {
          this.isOutputClosed = true;
          return resolve(false);
        }
        reject(translate(error, { operation: 'write to', path: 'standard output' }));
      });
    });
  }

  writeError(text: string): void {
    this.watch();
    this.source.stderr.write(text);
  }

  private async nextChunk(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | null> {
    try {
      const next = await chunks.next();
      return next.done === true ? null : next.value;
    } catch (error) {
      throw translate(error, { operation: 'read', path: 'standard input' });
    }
  }

  /** The callback of a write tells its error; without a listener it would also end the process. */
  private watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    this.source.stdout.on('error', (error) => {
      if (isReaderGone(error)) this.isOutputClosed = true;
    });
    // Nobody is left to be told that nobody reads the messages.
    this.source.stderr.on('error', () => undefined);
  }
}

/** Node reads a folder given as standard input as an empty stream; that would be a quiet loss. */
function openInput(stdin: ProcessStreams['stdin']): AsyncIterator<Uint8Array> {
  if (stdin.fd !== undefined && fstatSync(stdin.fd).isDirectory()) {
    throw fileError('EISDIR', { operation: 'read', path: 'standard input' });
  }
  return stdin[Symbol.asyncIterator]();
}

function isReaderGone(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'ECONNRESET';
}
