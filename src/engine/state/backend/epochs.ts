/**
 * What the tables of one operator share about snapshots: the epoch that runs, what has changed in
 * it and in those before it back to the last complete checkpoint, and the snapshots that still
 * write. Removals are kept as the bytes that go into pieces.
 * Invariant: changes of an epoch are kept until a checkpoint that ended it, or a later one, is
 * complete.
 */
import type { CellTable } from './cell-table.ts';
import type { ChangeNotes } from './cell-log.ts';
import { EntryBlock, type ClosedBlock } from './entry-block.ts';
import type { EntryWriter } from './entry-writer.ts';
import { IntList } from './int-list.ts';
import type { Piece } from './piece.ts';

/** Removals are cut into blocks of this size, each of them a piece. */
const REMOVAL_BLOCK_BYTES = 1024 * 1024;

/** A snapshot that still writes. */
export interface WritingSnapshot {
  /** It holds the state at the end of this epoch. */
  readonly epoch: number;
  /** Takes the cell as it is now, if it was to be written still. `changedIn`: its epoch. */
  save(table: number, slot: number, changedIn: number): void;
}

/** What has changed in one epoch. */
export class EpochChanges {
  readonly epoch: number;
  /** Slots of cells that were added or changed, by table. */
  readonly slots: IntList[] = [];
  readonly removals: ClosedBlock[] = [];
  readonly openRemovals = new EntryBlock();
  /** Slots and removals. */
  count = 0;

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  closeRemovals(): void {
    const closed = this.openRemovals.close();
    if (closed !== null) this.removals.push(closed);
  }
}

export class Epochs implements ChangeNotes {
  epoch = 0;
  /** Changes are noted: there is, or may be, a checkpoint that only they are missing in. */
  isLogging = false;
  /** By number. */
  readonly pieces = new Map<number, Piece>();
  readonly tables: CellTable[];
  private readonly entries: EntryWriter;
  private readonly writing: WritingSnapshot[] = [];
  /** Epochs whose changes are kept, the running one last. */
  private kept: EpochChanges[] = [];
  private lastPiece = 0;

  /** `tables`: all tables of the operator, as they are added. */
  constructor(entries: EntryWriter, tables: CellTable[]) {
    this.entries = entries;
    this.tables = tables;
  }

  /** Changes that are kept, of all epochs. */
  get changeCount(): number {
    return this.kept.reduce((sum, { count }) => sum + count, 0);
  }

  nextPieceNumber(): number {
    return ++this.lastPiece;
  }

  noteChange(table: number, slot: number): void {
    const running = this.running();
    (running.slots[table] ??= new IntList()).push(slot);
    running.count++;
  }

  noteRemoval(table: number, slot: number): void {
    const running = this.running();
    this.entries.writeRemoval(running.openRemovals, table, slot);
    this.countRemoval(running);
  }

  noteClear(table: number, key: number): void {
    const running = this.running();
    this.entries.writeClear(running.openRemovals, table, key);
    this.countRemoval(running);
  }

  saveFor(table: number, slot: number, changedIn: number): void {
    for (const snapshot of this.writing) {
      if (changedIn <= snapshot.epoch) snapshot.save(table, slot, changedIn);
    }
  }

  /** A cell of this piece is not as the piece has it any more. */
  loseCell(piece: number): void {
    const known = this.pieces.get(piece);
    if (known !== undefined) known.aliveCount--;
  }

  /** Ends the epoch; what changes from now on is not in its snapshot. */
  end(): void {
    this.kept.at(-1)?.closeRemovals();
    this.epoch++;
  }

  stopLogging(): void {
    this.isLogging = false;
    this.kept = [];
  }

  /** The changes since the end of an epoch, up to now. */
  since(epoch: number): readonly EpochChanges[] {
    return this.kept.filter((changes) => changes.epoch > epoch);
  }

  /** The changes up to the end of this epoch are not needed any more. */
  forget(epoch: number): void {
    this.kept = this.kept.filter((changes) => changes.epoch > epoch);
  }

  startWriting(snapshot: WritingSnapshot): void {
    this.writing.push(snapshot);
  }

  stopWriting(snapshot: WritingSnapshot): void {
    const at = this.writing.indexOf(snapshot);
    if (at >= 0) this.writing.splice(at, 1);
  }

  private countRemoval(running: EpochChanges): void {
    running.count++;
    if (running.openRemovals.sink.length >= REMOVAL_BLOCK_BYTES) running.closeRemovals();
  }

  private running(): EpochChanges {
    const last = this.kept.at(-1);
    if (last?.epoch === this.epoch) return last;
    const next = new EpochChanges(this.epoch);
    this.kept.push(next);
    return next;
  }
}
