/** Keys of the dictionary as the function sees them: an object by column. */
import { Batch, type RowSchema } from '../batch/batch.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { KeyDecoder } from '../state/key-decoder.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import type { Row } from './process-function.ts';
import { RowReader } from './row-reader.ts';

export class KeyReader {
  private readonly dictionary: KeyDictionary;
  private readonly decoder: KeyDecoder;
  private readonly batch: Batch;
  private readonly reader: RowReader;
  private readonly ids = new Int32Array(1);
  private last: Row | null = null;

  constructor(schema: RowSchema, dictionary: KeyDictionary, memory: LinearMemory) {
    this.dictionary = dictionary;
    this.decoder = new KeyDecoder(memory);
    this.batch = new Batch(schema);
    this.reader = new RowReader(schema);
  }

  /** Frozen: the same object is given as long as the key is. */
  read(keyId: number): Row {
    if (this.last !== null && this.ids[0] === keyId) return this.last;
    this.ids[0] = keyId;
    this.batch.reset();
    this.batch.rowCount = 1;
    this.decoder.load(this.dictionary, this.ids);
    this.decoder.decodeAll(this.batch.columns);
    this.last = Object.freeze(this.reader.read(this.batch, 0));
    return this.last;
  }

  /** Ids may stand for other keys from now on. */
  forget(): void {
    this.last = null;
  }
}
