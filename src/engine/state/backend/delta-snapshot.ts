/**
 * A checkpoint that writes what has changed since the last complete one, or everything when there
 * is none, and names the pieces that hold the rest. Rows go on meanwhile: a cell that is about to
 * change and is still to be written is written first.
 * Invariant: the pieces hold each cell as it was when the snapshot was begun, once.
 */
import type { LaterState, LaterWriter } from '../operator-snapshot.ts';
import type { BackendLimits } from './backend-limits.ts';
import { EntryBlock, type ClosedBlock } from './entry-block.ts';
import type { EntryWriter } from './entry-writer.ts';
import type { EpochChanges, Epochs, WritingSnapshot } from './epochs.ts';
import { IntList } from './int-list.ts';
import type { Piece } from './piece.ts';
import { SlotMarks } from './slot-marks.ts';

export interface DeltaOrder {
  readonly checkpointId: number;
  readonly epochs: Epochs;
  readonly entries: EntryWriter;
  readonly limits: BackendLimits;
  /** The epoch whose end the pieces that are kept know; -1: none, all cells are written. */
  readonly baseEpoch: number;
  readonly keptPieces: readonly Piece[];
  readonly nowMs: number;
  /** Told when it was written, or given up. */
  readonly ended: (isWritten: boolean) => void;
}

/** Slots of one table that are looked at: the first so many, or those of a list. */
interface Source {
  readonly table: number;
  readonly slots: Int32Array | null;
  readonly count: number;
  /** Cells that were changed in another epoch are left out; -1: all are taken. */
  readonly epoch: number;
}

export class DeltaSnapshot implements LaterState, WritingSnapshot {
  readonly epoch: number;
  /** All that it needs, in the order in which they were written; grows. */
  readonly pieces: Piece[];
  private readonly order: DeltaOrder;
  private readonly marks: SlotMarks;
  private readonly sources: readonly Source[];
  private readonly removals: ClosedBlock[];
  private readonly block = new EntryBlock();
  /** Slots of the block's cells by table, and the number of the piece that it becomes. */
  private cells = new Map<number, IntList>();
  private pieceNumber: number;
  private hasNamedKept = false;
  private source = 0;
  private at = 0;
  private pieceCount = 0;

  constructor(order: DeltaOrder) {
    const { epochs, baseEpoch, keptPieces } = order;
    this.order = order;
    this.epoch = epochs.epoch;
    this.pieces = [...keptPieces];
    this.marks = new SlotMarks(epochs.tables);
    this.pieceNumber = epochs.nextPieceNumber();
    const changes = baseEpoch < 0 ? [] : epochs.since(baseEpoch);
    for (const each of changes) each.closeRemovals();
    this.removals = changes.flatMap(({ removals }) => removals);
    this.sources = baseEpoch < 0 ? allCells(epochs) : changedCells(changes);
    epochs.startWriting(this);
  }

  writeNext(writer: LaterWriter): boolean {
    if (!this.hasNamedKept) {
      this.hasNamedKept = true;
      for (const { id } of this.order.keptPieces) writer.reuse(id);
    }
    const removal = this.removals.shift();
    if (removal !== undefined) {
      this.writePiece(writer, removal, true);
      return true;
    }
    const hasMore = this.fill();
    if (!hasMore) this.order.epochs.stopWriting(this);
    if (!hasMore || this.block.sink.length >= this.order.limits.pieceBytes) {
      const closed = this.block.close();
      if (closed !== null) this.writePiece(writer, closed, false);
    }
    return hasMore;
  }

  /** Pieces are copied by whoever takes them. */
  settled(): Promise<void> {
    return Promise.resolve();
  }

  end(isWritten: boolean): void {
    this.order.epochs.stopWriting(this);
    this.order.ended(isWritten);
  }

  save(table: number, slot: number, changedIn: number): void {
    if (changedIn <= this.order.baseEpoch || this.marks.has(table, slot)) return;
    this.marks.add(table, slot);
    this.order.entries.writePut(this.block, table, slot);
  }

  /** Writes some cells; false: that were all. */
  private fill(): boolean {
    const { limits } = this.order;
    const bytesMax = this.block.sink.length + limits.stepBytes;
    let cells = limits.stepCells;
    let slots = limits.stepSlots;
    while (this.source < this.sources.length) {
      const source = this.sources[this.source]!;
      while (this.at < source.count) {
        if (cells === 0 || slots === 0 || this.block.sink.length >= bytesMax) return true;
        const slot = source.slots === null ? this.at : source.slots[this.at]!;
        this.at++;
        slots--;
        if (this.writeCell(source, slot)) cells--;
      }
      this.source++;
      this.at = 0;
    }
    return false;
  }

  /** False when the cell is not to be written, or has been. */
  private writeCell({ table, epoch }: Source, slot: number): boolean {
    const { epochs, entries, nowMs } = this.order;
    const cells = epochs.tables[table]!;
    if (!cells.holdsSlot(slot)) return false;
    const log = cells.log!;
    const changedIn = log.epochOf(slot);
    if (epoch < 0 ? changedIn > this.epoch : changedIn !== epoch) return false;
    if (this.marks.has(table, slot)) return false;
    if (epoch < 0 && cells.isLeftOut(slot, nowMs)) return false;
    this.marks.add(table, slot);
    entries.writePut(this.block, table, slot);
    log.setPiece(slot, this.pieceNumber);
    const known = this.cells.get(table);
    if (known !== undefined) known.push(slot);
    else {
      const list = new IntList();
      list.push(slot);
      this.cells.set(table, list);
    }
    return true;
  }

  private writePiece(writer: LaterWriter, closed: ClosedBlock, holdsRemovals: boolean): void {
    const { checkpointId, epochs } = this.order;
    const { bytes, count, keyGroups } = closed;
    // Subtasks own different groups, so the first one makes ids of several subtasks differ.
    const id = `${checkpointId}-${keyGroups.first}-${this.pieceCount++}`;
    const number = holdsRemovals ? epochs.nextPieceNumber() : this.pieceNumber;
    const cells = new Map<number, Int32Array>();
    let aliveCount = 0;
    if (!holdsRemovals) {
      for (const [table, list] of this.cells) {
        cells.set(table, list.copy());
        const log = epochs.tables[table]!.log!;
        for (let at = 0; at < list.length; at++) {
          if (log.pieceOf(list.items[at]!) === number) aliveCount++;
        }
      }
      this.cells = new Map<number, IntList>();
      this.pieceNumber = epochs.nextPieceNumber();
    }
    const sizeBytes = bytes.length;
    const piece = { id, number, sizeBytes, holdsRemovals, cells, count, aliveCount };
    this.pieces.push(piece);
    epochs.pieces.set(number, piece);
    writer.piece(id, keyGroups).append(bytes);
  }
}

function allCells({ tables }: Epochs): readonly Source[] {
  return tables.map(({ slotLimit }, table) => ({
    table,
    slots: null,
    count: slotLimit,
    epoch: -1,
  }));
}

function changedCells(changes: readonly EpochChanges[]): readonly Source[] {
  return changes.flatMap(({ epoch, slots }) =>
    slots.flatMap((list, table) => [{ table, slots: list.items, count: list.length, epoch }]),
  );
}
