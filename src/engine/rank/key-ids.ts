/** Dense ids for the values that some columns of a batch have together, row by row. */
import type { Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { corruptState } from '../state/corrupt-state.ts';
import { DictionarySweep } from '../state/dictionary-sweep.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import { LaterSlots } from '../state/later-slots.ts';
import { idsInUse, KeyedSections } from '../state/keyed-sections.ts';
import type { SnapshotWriter } from '../state/operator-snapshot.ts';
import type { StateWriter } from '../state/state-writer.ts';

/** What an operator keeps by the ids of its keys, at a barrier. */
export interface KeptOfKeys {
  readonly idLimit: number;
  readonly isIn: (id: number) => boolean;
  readonly write: (writer: StateWriter, ids: Int32Array) => void;
}

export class KeyIds {
  /** By row of the batch read last. */
  readonly ids: Int32Array;
  /** Of what is kept by these keys: snapshots that are being written. */
  readonly later: LaterSlots;
  private readonly columns: readonly number[];
  private readonly encoder: KeyEncoder;
  private readonly dictionary: KeyDictionary;
  private readonly sweeper: DictionarySweep;

  /** `columns`: positions in the batch. `barrierIdsMax`: see LaterSlots. */
  constructor(columns: readonly number[], memory: LinearMemory, barrierIdsMax?: number) {
    this.columns = columns;
    this.encoder = new KeyEncoder(memory);
    this.dictionary = new KeyDictionary(memory);
    this.later = new LaterSlots(this.dictionary, barrierIdsMax);
    this.sweeper = new DictionarySweep(this.dictionary, memory);
    this.ids = memory.int32Array(BATCH_ROWS);
  }

  /** All ids in use are below. */
  get idLimit(): number {
    return this.dictionary.idLimit;
  }

  /** Fills `ids`. */
  read(batch: Batch): void {
    for (const index of this.columns) {
      throwFirstFailure(batch.columns[index]!, batch.rowCount, batch.schema[index]!.name);
    }
    this.intern(batch);
  }

  /** As `read`, of rows of a snapshot. */
  readStored(batch: Batch): void {
    if (this.columns.some((index) => batch.columns[index]!.failures !== null)) {
      throw corruptState('a key could not be computed');
    }
    this.intern(batch);
  }

  /** Forgets keys that are not in use, where that is due; `mark` marks those that are. */
  sweep(mark: (used: Uint8Array) => void): void {
    this.sweeper.runWhenDue(mark);
  }

  /** The parts of a snapshot for these keys; `version`: of what is written for a key. */
  sections(version: number): KeyedSections {
    return new KeyedSections({ dictionary: this.dictionary, sweep: this.sweeper, version });
  }

  /**
   * Writes what is kept of the keys below `idLimit` that are in the snapshot: at once, or later
   * where they are many. `isIn` and `write` look at the state as it is when they are called.
   */
  writeState(snapshot: SnapshotWriter, version: number, kept: KeptOfKeys): void {
    const idLimit = Math.min(this.idLimit, kept.idLimit);
    const sections = this.sections(version);
    const { isIn, write } = kept;
    if (!this.later.isLarge(idLimit)) {
      sections.write(snapshot, idsInUse(idLimit, isIn), write);
      return;
    }
    this.later.begin(snapshot, {
      idLimit,
      isIn,
      writeRun: (writer, ids) => sections.writeRun(writer, ids, write),
    });
  }

  private intern(batch: Batch): void {
    const { rowCount } = batch;
    const columns = this.columns.map((index) => batch.columns[index]!);
    this.dictionary.internAll(this.encoder.encode(columns, rowCount), rowCount, this.ids);
  }
}
