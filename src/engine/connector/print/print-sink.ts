/**
 * The `print` sink: rows on standard output, as JSON lines or as a table. How a row looks is the
 * style's; when it goes out is decided here. Several subtasks may write into one.
 * Invariant: who flushes waits for all rows that were written before, whoever took them along.
 */
import type { StandardStreams } from '../../../platform/standard-streams.ts';
import type { Batch } from '../../batch/batch.ts';
import type { ByteSink, RecordEncoder } from '../../format/contract.ts';
import type { Sink } from '../contract.ts';
import { OutputBuffer } from '../output-buffer.ts';

/** Appends the rows of a batch to the output. */
export interface PrintStyle {
  print(batch: Batch, target: ByteSink): void;
}

/** Rows as the encoder writes them, one JSON object and a line end each. */
export function jsonLines(encoder: RecordEncoder): PrintStyle {
  return {
    print: (batch, target) => {
      encoder.encode(batch, 0, target);
    },
  };
}

export class PrintSink implements Sink {
  private readonly style: PrintStyle;
  private readonly streams: StandardStreams;
  private readonly buffer = new OutputBuffer();
  /** The last rows that went out. */
  private writing: Promise<boolean> = Promise.resolve(true);

  constructor(style: PrintStyle, streams: StandardStreams) {
    this.style = style;
    this.streams = streams;
  }

  get isFull(): boolean {
    return this.buffer.isFull;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  write(batch: Batch): void {
    this.style.print(batch, this.buffer);
  }

  flush(): Promise<boolean> {
    if (this.buffer.length > 0) this.writing = this.streams.writeOutput(this.buffer.take());
    return this.writing;
  }

  async commit(): Promise<void> {
    await this.flush();
  }

  close(): Promise<void> {
    this.buffer.take();
    return Promise.resolve();
  }
}
