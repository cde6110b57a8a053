/** Dense ids for the values that some columns of a batch have together, row by row. */
import type { Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { corruptState } from '../state/corrupt-state.ts';
import { DictionarySweep } from '../state/dictionary-sweep.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import { KeyedSections } from '../state/keyed-sections.ts';

export class KeyIds {
  /** By row of the batch read last. */
  readonly ids: Int32Array;
  private readonly columns: readonly number[];
  private readonly memory: LinearMemory;
  private readonly encoder: KeyEncoder;
  private readonly dictionary: KeyDictionary;
  private readonly sweeper: DictionarySweep;

  /** `columns`: positions in the batch. */
  constructor(columns: readonly number[], memory: LinearMemory) {
    this.columns = columns;
    this.memory = memory;
    this.encoder = new KeyEncoder(memory);
    this.dictionary = new KeyDictionary(memory);
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
    const { dictionary, memory } = this;
    return new KeyedSections({ dictionary, memory, version });
  }

  private intern(batch: Batch): void {
    const { rowCount } = batch;
    const columns = this.columns.map((index) => batch.columns[index]!);
    this.dictionary.internAll(this.encoder.encode(columns, rowCount), rowCount, this.ids);
  }
}
