/**
 * What a table notes about its cells for snapshots: in which epoch each was last changed, and which
 * piece holds it. An epoch ends with a snapshot. The first change of a cell in an epoch takes the
 * slow way: snapshots that still have to write the cell are given it as it is.
 * Invariant: a cell whose epoch is at most that of a complete checkpoint is as that checkpoint's
 * pieces have it; a cell that they hold and that is gone has been noted as removed.
 */

/** Where a log tells what happens; see Epochs. */
export interface ChangeNotes {
  readonly epoch: number;
  readonly isLogging: boolean;
  noteChange(table: number, slot: number): void;
  noteRemoval(table: number, slot: number): void;
  noteClear(table: number, key: number): void;
  saveFor(table: number, slot: number, changedIn: number): void;
  loseCell(piece: number): void;
}

const INITIAL_SLOTS = 64;

export class CellLog {
  private readonly epochs: ChangeNotes;
  /** Of the table in the backend. */
  private readonly table: number;
  /** By slot: the epoch of the last change, times two; one more when the cell is new in it. */
  private changes = new Int32Array(INITIAL_SLOTS);
  /** By slot: number of the piece that holds the cell as it is; 0: none. */
  private pieces = new Int32Array(INITIAL_SLOTS);

  constructor(epochs: ChangeNotes, table: number) {
    this.epochs = epochs;
    this.table = table;
  }

  /** Before a cell is changed. */
  touch(slot: number): void {
    const { epochs } = this;
    if (this.changes[slot]! >> 1 !== epochs.epoch) this.touchFirst(slot);
  }

  /** A new cell has this slot. */
  add(slot: number): void {
    if (slot >= this.changes.length) this.reach(slot);
    const { epochs } = this;
    this.changes[slot] = epochs.epoch * 2 + 1;
    this.pieces[slot] = 0;
    if (epochs.isLogging) epochs.noteChange(this.table, slot);
  }

  /** Before a cell is removed. */
  remove(slot: number): void {
    if (this.leave(slot)) this.epochs.noteRemoval(this.table, slot);
  }

  /** As `remove`, but the removal is left to the caller: true, it must be noted. */
  leave(slot: number): boolean {
    const { epochs } = this;
    const change = this.changes[slot]!;
    if (change >> 1 !== epochs.epoch) this.saveAndForget(slot);
    return epochs.isLogging && change !== epochs.epoch * 2 + 1;
  }

  /** All cells of a key are removed, and this must be noted. */
  noteClear(key: number): void {
    this.epochs.noteClear(this.table, key);
  }

  epochOf(slot: number): number {
    return this.changes[slot]! >> 1;
  }

  pieceOf(slot: number): number {
    return this.pieces[slot]!;
  }

  /** A piece holds the cell as it is. */
  setPiece(slot: number, piece: number): void {
    this.pieces[slot] = piece;
  }

  /** A cell that was restored, from this piece, 0: from none. */
  setRestored(slot: number, piece: number): void {
    if (slot >= this.changes.length) this.reach(slot);
    this.changes[slot] = 0;
    this.pieces[slot] = piece;
  }

  private touchFirst(slot: number): void {
    const { epochs } = this;
    this.saveAndForget(slot);
    this.changes[slot] = epochs.epoch * 2;
    if (epochs.isLogging) epochs.noteChange(this.table, slot);
  }

  private saveAndForget(slot: number): void {
    const { epochs } = this;
    epochs.saveFor(this.table, slot, this.changes[slot]! >> 1);
    const piece = this.pieces[slot]!;
    if (piece === 0) return;
    epochs.loseCell(piece);
    this.pieces[slot] = 0;
  }

  private reach(slot: number): void {
    const length = Math.max(this.changes.length * 2, slot + 1);
    const changes = new Int32Array(length);
    changes.set(this.changes);
    this.changes = changes;
    const pieces = new Int32Array(length);
    pieces.set(this.pieces);
    this.pieces = pieces;
  }
}
