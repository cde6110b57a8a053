/**
 * The `print` sink: rows on standard output, as JSON lines or as a table. How a row looks is the
 * style's; when it goes out is decided here.
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

  async flush(): Promise<boolean> {
    if (this.buffer.length === 0) return true;
    return this.streams.writeOutput(this.buffer.take());
  }

  async commit(): Promise<void> {
    await this.flush();
  }

  close(): Promise<void> {
    this.buffer.take();
    return Promise.resolve();
  }
}
