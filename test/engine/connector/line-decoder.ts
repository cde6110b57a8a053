/**
 * A decoder of lines into one STRING column, small enough to be seen right. A line that starts
 * with `!` cannot be read; one that starts with `~` goes through the scratch region, in capitals;
 * empty lines are no records.
 */
import type { Batch, RowSchema } from '../../../src/engine/batch/batch.ts';
import { BytesColumn } from '../../../src/engine/batch/column.ts';
import type { DecodeRequest, RecordDecoder } from '../../../src/engine/format/contract.ts';
import { LENGTH_MAX } from '../../../src/expression/type.ts';

export const lineSchema: RowSchema = [
  { name: 'text', type: { root: 'VARCHAR', length: LENGTH_MAX, nullable: true } },
];

const LF = 0x0a;
const CR = 0x0d;

export function createLineDecoder(): RecordDecoder {
  return {
    lastRecordEnd(block, from, to) {
      for (let at = to; at > from; at--) if (block.bytes[at - 1] === LF) return at;
      return from;
    },
    decode(request) {
      let { from } = request;
      let scratchAt = request.scratchFrom;
      let lineCount = 0;
      while (from < request.to && !request.batch.isFull) {
        const line = readLine(request, from);
        if (line.first === '!') {
          const { end, next } = line;
          const reason = 'starts with !';
          const unreadable = { start: from, end, next, column: 'text', reason };
          return { next: from, lineCount, unreadable };
        }
        if (line.end > from) scratchAt = addRow(request, { from, end: line.end, scratchAt });
        lineCount += line.lineEnds;
        from = line.next;
      }
      return { next: from, lineCount, unreadable: null };
    },
  };
}

function readLine({ block, to }: DecodeRequest, from: number) {
  let next = from;
  while (next < to && block.bytes[next] !== LF) next++;
  const lineEnds = next < to ? 1 : 0;
  let end = next;
  if (lineEnds === 1 && end > from && block.bytes[end - 1] === CR) end--;
  const first = String.fromCharCode(block.bytes[from]!);
  return { end, next: next + lineEnds, lineEnds, first };
}

function addRow(
  { block, batch }: DecodeRequest,
  { from, end, scratchAt }: { from: number; end: number; scratchAt: number },
): number {
  const column = textColumn(batch);
  const row = batch.rowCount++;
  column.block = block;
  column.length[row] = end - from;
  if (block.bytes[from] !== '~'.charCodeAt(0)) {
    column.start[row] = from;
    return scratchAt;
  }
  column.start[row] = scratchAt;
  if (scratchAt + end - from > block.capacity) throw new Error('the scratch region is too small');
  for (let at = from; at < end; at++) {
    const byte = block.bytes[at]!;
    block.bytes[scratchAt + at - from] = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
  }
  return scratchAt + end - from;
}

function textColumn(batch: Batch): BytesColumn {
  const column = batch.columns[0];
  if (!(column instanceof BytesColumn)) throw new Error('the schema has one STRING column');
  return column;
}

/** The rows of a batch of `lineSchema`. */
export function textsOf(batch: Batch): string[] {
  const column = textColumn(batch);
  const texts: string[] = [];
  for (let row = 0; row < batch.rowCount; row++) {
    const start = column.start[row]!;
    const bytes = column.block.bytes.subarray(start, start + column.length[row]!);
    texts.push(new TextDecoder().decode(bytes));
  }
  return texts;
}
