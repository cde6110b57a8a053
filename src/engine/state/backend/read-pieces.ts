/** Reads the pieces of a restored checkpoint, and notes which cells each of them still holds. */
import type { RestoredState } from '../operator-snapshot.ts';
import type { CellTable } from './cell-table.ts';
import type { EntryReader } from './entry-reader.ts';
import type { Epochs } from './epochs.ts';
import { IntList } from './int-list.ts';
import type { Piece } from './piece.ts';

/** In their order. Invariant: `epochs` knows each of them by its number. */
export function readPieces(
  restored: RestoredState,
  reader: EntryReader,
  epochs: Epochs,
): readonly Piece[] {
  const read: Piece[] = [];
  for (const { id, reader: content } of restored.pieces()) {
    const bytes = content.rest();
    const number = epochs.nextPieceNumber();
    const slots = new Map<CellTable, IntList>();
    const count = reader.read(bytes, {
      number,
      slotsOf: (table) => {
        const known = slots.get(table) ?? new IntList();
        slots.set(table, known);
        return known;
      },
    });
    const cells = new Map([...slots].map(([table, list]) => [epochs.tables.indexOf(table), list]));
    const piece: Piece = {
      id,
      number,
      sizeBytes: bytes.length,
      holdsRemovals: slots.size === 0,
      cells: new Map([...cells].map(([table, list]) => [table, list.copy()])),
      count,
      aliveCount: 0,
    };
    read.push(piece);
    epochs.pieces.set(number, piece);
  }
  countAlive(epochs);
  return read;
}

function countAlive({ tables, pieces }: Epochs): void {
  for (const table of tables) {
    for (let slot = 0; slot < table.slotLimit; slot++) {
      if (!table.holdsSlot(slot)) continue;
      const piece = pieces.get(table.log!.pieceOf(slot));
      if (piece !== undefined) piece.aliveCount++;
    }
  }
}
