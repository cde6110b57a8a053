/**
 * The dictionary whose numbers lie in a shared store. What is known of it is kept here, within a
 * bound; for the other values of a batch the store is asked once, and the batch waits.
 * Invariant: what was emitted is in the store. So the state is not the numbers but a witness of the
 * store: a restored job asks again, and gets the same numbers or none at all.
 */
import { Batch } from '../batch/batch.ts';
import { BATCH_ROWS, IntColumn } from '../batch/column.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import { readValue } from '../batch/read-value.ts';
import { assert } from '../../errors/assert.ts';
import type { Redis } from '../../platform/redis.ts';
import type { Operator, Output, Outputs } from '../operator/contract.ts';
import type { DictionarySpec, SharedStoreSpec } from '../operator/dictionary.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { redisSettings } from './redis-settings.ts';
import { SharedNumbers, type StoreWitness } from './shared-numbers.ts';

/** Values whose numbers are kept at hand; beyond it all are forgotten and asked for again. */
const CACHED_VALUES_MAX = 1_000_000;
const UNKNOWN = -1;
const WITNESS = 'store';
const VERSION = 1;

export class SharedDictionaryOperator implements Operator {
  readonly outside: SharedNumbers;
  private readonly spec: DictionarySpec;
  private readonly context: TaskContext;
  private readonly numberColumn: IntColumn;
  private readonly encoder: KeyEncoder;
  private readonly ids: Int32Array;
  private keys: KeyDictionary;
  /** By id of the key. */
  private numbers = new Int32Array(BATCH_ROWS).fill(UNKNOWN);
  private output: Output | null = null;

  constructor(spec: DictionarySpec, store: SharedStoreSpec, context: TaskContext & WithRedis) {
    const { memory, evaluation, redis } = context;
    this.spec = spec;
    this.context = context;
    this.numberColumn = new IntColumn(spec.outputSchema.at(-1)!.type);
    this.encoder = new KeyEncoder(memory);
    this.keys = new KeyDictionary(memory);
    this.ids = memory.int32Array(BATCH_ROWS);
    const { address, key, name } = store;
    const place = { asker: `dictionary ${name}`, server: `${address.host}:${address.port}`, key };
    const client = redis.connect(redisSettings(address, name));
    this.outside = new SharedNumbers(place, client, evaluation);
  }

  open(outputs: Outputs): void {
    this.output = outputs.main;
  }

  processBatch(batch: Batch): boolean {
    const output = this.output!;
    if (output.isFull || this.outside.isHeldUp) return false;
    const column = batch.columns[this.spec.columnIndex]!;
    throwFirstFailure(column, batch.rowCount, batch.schema[this.spec.columnIndex]!.name);
    if (this.keys.size > CACHED_VALUES_MAX) this.forget();
    const unknown = this.numberRows(batch);
    if (unknown.length > 0) {
      this.outside.ask(unknown);
      return false;
    }
    output.emit(this.numbered(batch));
    return true;
  }

  processWatermark(watermarkMs: number): boolean {
    this.output!.emitWatermark(watermarkMs);
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const { witness } = this.outside;
    if (witness === null) return;
    const writer = snapshot.unionList(WITNESS);
    writer.uint8(VERSION);
    writer.text(witness.storeName);
    writer.text(witness.last?.value ?? '');
    writer.float64(witness.last?.number ?? UNKNOWN);
  }

  /** The newest of all subtasks says most. */
  restoreState(restored: RestoredState): void {
    let newest: StoreWitness | null = null;
    for (const { reader } of restored.unionList(WITNESS)) {
      assert(reader.uint8() === VERSION, 'a witness of a store has a version that is known');
      const storeName = reader.text();
      const value = reader.text();
      const number = reader.float64();
      if (newest !== null && number <= (newest.last?.number ?? UNKNOWN)) continue;
      newest = { storeName, last: number === UNKNOWN ? null : { value, number } };
    }
    this.outside.witness = newest;
  }

  close(): void {
    this.keys.release();
    this.context.memory.release(this.ids);
  }

  /** Writes the numbers of the rows; the distinct values among them that have none yet. */
  private numberRows(batch: Batch): readonly string[] {
    const { keys, ids, numberColumn } = this;
    const column = batch.columns[this.spec.columnIndex]!;
    keys.internAll(this.encoder.encode([column], batch.rowCount), batch.rowCount, ids);
    this.reserve(keys.idLimit);
    numberColumn.reset();
    const unknown = new Set<string>();
    for (let row = 0; row < batch.rowCount; row++) {
      if (column.nulls[row] === 1) {
        numberColumn.setNull(row);
        continue;
      }
      const id = ids[row]!;
      if (this.numbers[id] === UNKNOWN) {
        const value = String(readValue(column, row));
        const number = this.outside.found.get(value);
        if (number === undefined) unknown.add(value);
        else this.numbers[id] = number;
      }
      numberColumn.values[row] = this.numbers[id]!;
    }
    return [...unknown];
  }

  private reserve(idLimit: number): void {
    if (idLimit <= this.numbers.length) return;
    const grown = new Int32Array(Math.max(idLimit, this.numbers.length * 2)).fill(UNKNOWN);
    grown.set(this.numbers);
    this.numbers = grown;
  }

  private forget(): void {
    this.keys.release();
    this.keys = new KeyDictionary(this.context.memory);
    this.numbers.fill(UNKNOWN);
  }

  /** The batch with the numbers behind its columns; shares them. */
  private numbered(batch: Batch): Batch {
    const view = new Batch(this.spec.outputSchema, [...batch.columns, this.numberColumn]);
    view.rowCount = batch.rowCount;
    view.kinds = batch.kinds;
    view.watermarksBefore = batch.watermarksBefore;
    view.watermarkAfter = batch.watermarkAfter;
    return view;
  }
}

interface WithRedis {
  readonly redis: Redis;
}
