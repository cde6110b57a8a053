/**
 * The keyed state of one operator as a whole: its keys, the heap of its values, the tables, and how
 * all this goes into snapshots and comes back.
 * Invariant: a snapshot holds the state as it was when `snapshotState` was called, whatever is
 * changed before it has been written.
 */
import type { LinearMemory } from '../../memory/linear-memory.ts';
import { assert } from '../../../errors/assert.ts';
import type { RestoredState, SnapshotWriter } from '../operator-snapshot.ts';
import { BACKEND_LIMITS, type BackendLimits } from './backend-limits.ts';
import { ByteHeap } from './byte-heap.ts';
import type { CellHeap } from './cell-heap.ts';
import type { CellTable } from './cell-table.ts';
import { CellLog } from './cell-log.ts';
import { CheckpointBases } from './checkpoint-bases.ts';
import { chooseRewrites } from './choose-rewrites.ts';
import { DeltaSnapshot } from './delta-snapshot.ts';
import { EntryReader, type EntryTarget } from './entry-reader.ts';
import { EntryWriter } from './entry-writer.ts';
import { Epochs } from './epochs.ts';
import { GroupSnapshot } from './group-snapshot.ts';
import { KeySpace } from './key-space.ts';
import { SpillingHeap, type SpillOptions } from './spilling-heap.ts';
import type { Piece } from './piece.ts';
import { readPieces } from './read-pieces.ts';

/** What a job says about its keyed state. */
export interface BackendOptions {
  /** execution.checkpointing.incremental */
  readonly isIncremental: boolean;
  /** state.backend.type: rocksdb; left out: all values stay in memory. */
  readonly spill?: SpillOptions;
  readonly limits?: Partial<BackendLimits>;
}

export const BACKEND_DEFAULTS: BackendOptions = { isIncremental: true };

/** About what a cell takes beside its content: its key and its place in a table. */
const CELL_BYTES = 32;
/** Changes that are kept, at least, before everything is written anew instead. */
const CHANGES_MIN = 1 << 20;

export class KeyedBackend {
  readonly keys: KeySpace;
  readonly heap: CellHeap;
  private readonly options: BackendOptions;
  private readonly limits: BackendLimits;
  private readonly nowMs: () => number;
  private readonly names: string[] = [];
  private readonly epochs: Epochs;
  private readonly entries: EntryWriter;
  private readonly bases = new CheckpointBases();

  constructor(memory: LinearMemory, nowMs: () => number, options = BACKEND_DEFAULTS) {
    this.keys = new KeySpace(memory);
    this.nowMs = nowMs;
    this.options = options;
    this.heap = options.spill === undefined ? new ByteHeap() : new SpillingHeap(options.spill);
    this.limits = { ...BACKEND_LIMITS, ...options.limits };
    const tables: CellTable[] = [];
    this.entries = new EntryWriter(this.keys, tables, this.names);
    this.epochs = new Epochs(this.entries, tables);
  }

  /** Before any snapshot. Kind and name together are unique. */
  add(table: CellTable, name: string): void {
    table.log = new CellLog(this.epochs, this.epochs.tables.length);
    this.epochs.tables.push(table);
    this.names.push(name);
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const { checkpointId, isSavepoint, maxParallelism } = snapshot;
    this.keys.setMaxParallelism(maxParallelism);
    if (isSavepoint) this.writeGroups(snapshot, () => undefined);
    else if (!this.options.isIncremental || this.sizeBytes <= this.limits.wholeBytes) {
      this.bases.begin(checkpointId, { epoch: this.epochs.epoch, pieces: null });
      this.writeGroups(snapshot, (isWritten) => {
        this.bases.end(checkpointId, isWritten);
      });
    } else this.writeDelta(snapshot);
    this.epochs.end();
  }

  /** Of a checkpoint, not a savepoint. */
  checkpointCompleted(checkpointId: number): void {
    const base = this.bases.completed(checkpointId);
    if (base === null) return;
    if (base.pieces === null && !this.bases.hasPending) this.epochs.stopLogging();
    this.epochs.forget(base.epoch);
    this.forgetPieces();
  }

  /** Before anything is in it. `tableOf`: see EntryTarget; it adds tables that are not there. */
  restoreState(restored: RestoredState, tableOf: EntryTarget['tableOf']): void {
    const { keyGroups, maxParallelism, parallelism, oldParallelism } = restored;
    this.keys.setMaxParallelism(maxParallelism);
    const reader = new EntryReader({ keys: this.keys, keyGroups, maxParallelism, tableOf });
    let hasParts = false;
    for (const { reader: part } of restored.keyGroupParts()) {
      hasParts = true;
      reader.read(part.rest(), null);
    }
    const pieces = readPieces(restored, reader, this.epochs);
    this.keys.restored();
    // Pieces of another parallelism hold keys of others, whose later removals are not known here.
    if (pieces.length === 0 || hasParts || parallelism !== oldParallelism) {
      this.epochs.pieces.clear();
      return;
    }
    this.epochs.end();
    this.epochs.isLogging = true;
    this.bases.base = { epoch: 0, pieces };
  }

  /** Forgets keys without state, when there are many; ids may stand for other keys then. */
  sweepKeys(forgotten: () => void): void {
    this.keys.sweep((used) => {
      for (const table of this.epochs.tables) table.markKeys(used);
      forgotten();
    });
  }

  /** Gives up what is outside of memory; nothing else is called afterwards. */
  close(): void {
    this.heap.close();
  }

  /** About what a snapshot of all state holds. */
  get sizeBytes(): number {
    const cells = this.epochs.tables.reduce((sum, { slotLimit }) => sum + slotLimit, 0);
    return this.heap.usedBytes + cells * CELL_BYTES;
  }

  private writeGroups(snapshot: SnapshotWriter, ended: (isWritten: boolean) => void): void {
    const { epochs, entries, keys } = this;
    const { maxParallelism } = snapshot;
    const isSmall = this.sizeBytes <= this.limits.wholeBytes;
    // At the barrier a key group is written once.
    const limits = isSmall ? { ...this.limits, pieceBytes: Infinity } : this.limits;
    const nowMs = this.nowMs();
    const order = { epochs, entries, keys, limits, maxParallelism, nowMs, ended };
    const whole = new GroupSnapshot(order);
    if (!isSmall) {
      snapshot.later(whole);
      return;
    }
    while (whole.writeNext(snapshot));
    whole.end(true);
  }

  private writeDelta(snapshot: SnapshotWriter): void {
    const { epochs, entries, limits } = this;
    const { checkpointId } = snapshot;
    this.boundChanges();
    const { base } = this.bases;
    const keptPieces = base === null ? [] : this.rewriteOld(base.pieces!, base.epoch);
    const delta = new DeltaSnapshot({
      checkpointId,
      epochs,
      entries,
      limits,
      baseEpoch: base?.epoch ?? -1,
      keptPieces,
      nowMs: this.nowMs(),
      ended: (isWritten) => {
        this.bases.end(checkpointId, isWritten);
        if (!isWritten) this.forgetPieces();
      },
    });
    this.bases.begin(checkpointId, delta);
    snapshot.later(delta);
    epochs.isLogging = true;
  }

  /** Those that no checkpoint names which the next one may build upon. */
  private forgetPieces(): void {
    const named = this.bases.namedPieces();
    for (const [number, piece] of this.epochs.pieces) {
      if (!named.has(piece)) this.epochs.pieces.delete(number);
    }
  }

  /** Checkpoints that never become complete must not let the notes about changes grow for ever. */
  private boundChanges(): void {
    const cells = this.epochs.tables.reduce((sum, { slotLimit }) => sum + slotLimit, 0);
    if (this.epochs.changeCount <= Math.max(CHANGES_MIN, 2 * cells)) return;
    this.bases.reset();
    this.epochs.stopLogging();
    this.epochs.pieces.clear();
  }

  /** Has the cells of pieces written anew whose time has come; the other pieces. */
  private rewriteOld(pieces: readonly Piece[], baseEpoch: number): readonly Piece[] {
    const { epochs } = this;
    const put = pieces.filter(({ holdsRemovals }) => !holdsRemovals);
    const count = put.reduce((sum, piece) => sum + piece.count, 0);
    const sizeBytes = put.reduce((sum, piece) => sum + piece.sizeBytes, 0);
    const deltaBytes = (epochs.changeCount * sizeBytes) / Math.max(1, count);
    const old = chooseRewrites(pieces, deltaBytes, this.limits);
    const kept = pieces.filter((piece) => !old.has(piece));
    const keptNumbers = new Set(kept.map(({ number }) => number));
    for (const piece of old) this.changeCells(piece, baseEpoch, keptNumbers);
    // What removals are about has gone with the pieces before them.
    const first = kept.findIndex(({ holdsRemovals }) => !holdsRemovals);
    return first < 0 ? [] : kept.slice(first);
  }

  /** Has all cells written that are in this piece and in none that is kept. */
  private changeCells(piece: Piece, baseEpoch: number, kept: ReadonlySet<number>): void {
    for (const [index, slots] of piece.cells) {
      const table = this.epochs.tables[index]!;
      const log = table.log;
      assert(log !== null, 'a table of a backend has a log');
      for (const slot of slots) {
        if (!table.holdsSlot(slot) || log.epochOf(slot) > baseEpoch) continue;
        if (!kept.has(log.pieceOf(slot))) log.touch(slot);
      }
    }
  }
}
