/** Rows as JSON lines; with several print sinks in a job, each line says which one it is of. */
import type { Batch } from '../../batch/batch.ts';
import type { ByteSink, RecordEncoder } from '../../format/contract.ts';
import { OutputBuffer } from '../output-buffer.ts';
import type { PrintStyle } from './print-sink.ts';

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const LF = 0x0a;

/**
 * `encoder` writes each row as one JSON object and a line end. `sinkName` becomes the key `sink`
 * in front of the columns; null: there is only one print sink.
 */
export function createJsonLinesStyle(encoder: RecordEncoder, sinkName: string | null): PrintStyle {
  if (sinkName !== null) return new NamedJsonLines(encoder, sinkName);
  return {
    print(batch, target) {
      encoder.encode(batch, 0, target);
    },
  };
}

class NamedJsonLines implements PrintStyle {
  private readonly encoder: RecordEncoder;
  private readonly member: Uint8Array;
  private readonly lines = new OutputBuffer();

  constructor(encoder: RecordEncoder, sinkName: string) {
    this.encoder = encoder;
    this.member = new TextEncoder().encode(`{"sink":${JSON.stringify(sinkName)},`);
  }

  print(batch: Batch, target: ByteSink): void {
    this.encoder.encode(batch, 0, this.lines);
    const encoded = this.lines.take();
    for (let from = 0; from < encoded.length;) {
      // A line end inside a string is escaped in JSON, so each one ends a row.
      const end = encoded.indexOf(LF, from) + 1;
      this.printLine(encoded.subarray(from, end), target);
      from = end;
    }
  }

  private printLine(line: Uint8Array, target: ByteSink): void {
    const { member } = this;
    const bytes = target.reserve(member.length + line.length);
    const at = target.length;
    // The row's own opening brace gives way to the one of `member`; a row without columns to its comma.
    const isEmpty = line[0] === OPENING_BRACE && line[1] === CLOSING_BRACE;
    const head = isEmpty ? member.subarray(0, -1) : member;
    bytes.set(head, at);
    bytes.set(line.subarray(1), at + head.length);
    target.advance(head.length + line.length - 1);
  }
}
