/**
 * Threads that share nothing but messages. A thread runs one entry module; what it is told to do
 * and what it answers are the entry's own message types.
 */
export interface ThreadLimits {
  /** Heap of the thread; it dies with an error when it needs more, the process lives on. */
  readonly heapMegabytesMax: number;
}

export interface ThreadOptions {
  /** The entry module; see real/thread-entry.ts for how its address is found. */
  readonly entry: URL;
  /** Shown by debuggers and in messages. */
  readonly name: string;
  /** Structured-clonable; what the entry starts with. */
  readonly input: unknown;
  readonly limits: ThreadLimits;
}

/** How a thread ended: by itself, by `stop`, or by an error that nobody caught. */
export type ThreadExit =
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface Thread<ToThread, FromThread> {
  readonly name: string;
  /** Structured-clonable; `transfer` moves buffers instead of copying them. */
  post(message: ToThread, transfer?: readonly ArrayBuffer[]): void;
  /** One listener; messages that came before are kept for it. */
  onMessage(listener: (message: FromThread) => void): void;
  /** Never rejects. */
  readonly exited: Promise<ThreadExit>;
  /** Ends it wherever it is; resolves when it is gone. Idempotent. */
  stop(): Promise<void>;
}

export interface Threads {
  start<ToThread, FromThread>(options: ThreadOptions): Thread<ToThread, FromThread>;
}
