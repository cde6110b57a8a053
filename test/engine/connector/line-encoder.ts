/** An encoder of one STRING column into lines of the test's choice, and batches to encode. */
import { Batch } from '../../../src/engine/batch/batch.ts';
import { ByteBlock } from '../../../src/engine/batch/byte-block.ts';
import { BytesColumn } from '../../../src/engine/batch/column.ts';
import type { RecordEncoder } from '../../../src/engine/format/contract.ts';
import { lineSchema, textsOf } from './line-decoder.ts';

/** Each row through `lineOf`, and a line end. */
export function encoderOf(lineOf: (text: string) => string): RecordEncoder {
  return {
    encode(batch, fromRow, target) {
      const lines = textsOf(batch)
        .slice(fromRow)
        .map((text) => `${lineOf(text)}\n`);
      const bytes = new TextEncoder().encode(lines.join(''));
      target.reserve(bytes.length).set(bytes, target.length);
      target.advance(bytes.length);
    },
  };
}

/** A batch with these texts in its one STRING column. */
export function batchOf(...texts: readonly string[]): Batch {
  const batch = new Batch(lineSchema);
  const column = batch.columns[0];
  if (!(column instanceof BytesColumn)) throw new Error('the schema has one STRING column');
  column.block = ByteBlock.of(new TextEncoder().encode(texts.join('')));
  let at = 0;
  for (const text of texts) {
    const row = batch.rowCount++;
    column.start[row] = at;
    column.length[row] = new TextEncoder().encode(text).length;
    at += column.length[row];
  }
  return batch;
}
