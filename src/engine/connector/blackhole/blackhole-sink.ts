/** The `blackhole` sink: takes every row and keeps none, for measuring what comes before it. */
import type { Sink } from '../contract.ts';

export class BlackholeSink implements Sink {
  readonly isFull = false;

  open(): Promise<void> {
    return Promise.resolve();
  }

  write(): void {
    // Dropping the rows is the whole purpose.
  }

  flush(): Promise<boolean> {
    return Promise.resolve(true);
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
