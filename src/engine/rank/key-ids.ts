/** Dense ids for the values that some columns of a batch have together, row by row. */
import type { Batch } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { DictionarySweep } from '../state/dictionary-sweep.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

export class KeyIds {
  /** By row of the batch read last. */
  readonly ids: Int32Array;
  private readonly columns: readonly number[];
  private readonly encoder: KeyEncoder;
  private readonly dictionary: KeyDictionary;
  private readonly sweeper: DictionarySweep;

  /** `columns`: positions in the batch. */
  constructor(columns: readonly number[], memory: LinearMemory) {
    this.columns = columns;
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
    const { rowCount } = batch;
    const columns = this.columns.map((index) => batch.columns[index]!);
    for (const column of columns) {
      throwFirstFailure(column, rowCount, batch.schema[batch.columns.indexOf(column)]?.name);
    }
    this.dictionary.internAll(this.encoder.encode(columns, rowCount), rowCount, this.ids);
  }

  /** Forgets keys that are not in use, where that is due; `mark` marks those that are. */
  sweep(mark: (used: Uint8Array) => void): void {
    this.sweeper.runWhenDue(mark);
  }

  snapshotState(writer: StateWriter): void {
    this.dictionary.snapshotState(writer);
  }

  restoreState(reader: StateReader): void {
    this.dictionary.restoreState(reader);
  }
}
