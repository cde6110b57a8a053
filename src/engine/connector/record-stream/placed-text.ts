/** Where a decoder may write in a block that rows of a batch already point into. */
import type { Batch } from '../../batch/batch.ts';
import type { ByteBlock } from '../../batch/byte-block.ts';

/** Behind the text, in `block`, of the batch's rows from `fromRow` on; at least `from`. */
export function placedTextEnd(
  batch: Batch,
  block: ByteBlock,
  { from, fromRow }: { readonly from: number; readonly fromRow: number },
): number {
  let end = from;
  for (const column of batch.columns) {
    if (column.kind !== 'bytes' || column.block !== block) continue;
    for (let row = fromRow; row < batch.rowCount; row++) {
      if (column.nulls[row] === 1) continue;
      end = Math.max(end, column.start[row]! + column.length[row]!);
    }
  }
  return end;
}
