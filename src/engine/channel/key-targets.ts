/**
 * Which subtask each row of a batch belongs to: the owner of the key group of its key. The bytes of
 * the key are those that KeyEncoder writes for the key's values, as in the operator behind the
 * exchange, so a row comes to the subtask that holds the state of its key.
 */
import type { TypedExpression } from '../../expression/tree.ts';
import type { Batch, RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { compileExpression, type ColumnEvaluator } from '../batch/evaluator.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import { keyGroupOf, subtaskOfKeyGroup } from '../state/key-groups.ts';
import { areHashable, KeyHashes } from '../state/key-hashes.ts';

export interface KeyTargetsSpec {
  readonly keys: readonly TypedExpression[];
  /** Of the rows; the keys' columns refer to it. */
  readonly schema: RowSchema;
  /** Subtasks that the rows are divided among. */
  readonly parallelism: number;
  readonly maxParallelism: number;
}

export class KeyTargets {
  /** By row of the batch read last. */
  readonly targets = new Int32Array(BATCH_ROWS);
  private readonly evaluators: readonly ColumnEvaluator[];
  private readonly memory: LinearMemory;
  /** Writes keys that cannot be hashed where they lie; null: there was none. */
  private encoder: KeyEncoder | null = null;
  /** Null: there was no key to hash. */
  private keyHashes: KeyHashes | null = null;
  private readonly maxParallelism: number;
  /** The owner of each key group. */
  private readonly ownerOf: Int32Array;

  constructor(
    { keys, schema, parallelism, maxParallelism }: KeyTargetsSpec,
    { evaluation, memory }: TaskContext,
  ) {
    this.evaluators = keys.map((key) => compileExpression(key, schema, evaluation));
    this.memory = memory;
    this.maxParallelism = maxParallelism;
    this.ownerOf = Int32Array.from({ length: maxParallelism }, (_, group) =>
      subtaskOfKeyGroup(group, parallelism, maxParallelism),
    );
  }

  /** Fills `targets`. A key that cannot be computed fails the job, as it would in the operator. */
  read(batch: Batch): void {
    const { rowCount } = batch;
    const columns: Column[] = [];
    for (const evaluator of this.evaluators) {
      const column = evaluator.evaluate(batch);
      throwFirstFailure(column, rowCount);
      columns.push(column);
    }
    if (areHashable(columns)) this.readHashes(columns, rowCount);
    else this.readKeys(columns, rowCount);
  }

  private readHashes(columns: readonly Column[], rowCount: number): void {
    const { targets, ownerOf, maxParallelism } = this;
    const keyHashes = (this.keyHashes ??= new KeyHashes(this.memory));
    keyHashes.read(columns, rowCount);
    const { hashes } = keyHashes;
    if (isPowerOfTwo(maxParallelism)) {
      // The remainder without a division: half of the time of this loop.
      const mask = maxParallelism - 1;
      for (let row = 0; row < rowCount; row++) targets[row] = ownerOf[hashes[row]! & mask]!;
      return;
    }
    for (let row = 0; row < rowCount; row++) {
      targets[row] = ownerOf[(hashes[row]! >>> 0) % maxParallelism]!;
    }
  }

  private readKeys(columns: readonly Column[], rowCount: number): void {
    const { targets, ownerOf, maxParallelism } = this;
    this.encoder ??= new KeyEncoder(this.memory);
    const { block, start, length } = this.encoder.encode(columns, rowCount);
    for (let row = 0; row < rowCount; row++) {
      const group = keyGroupOf(block.bytes, start[row]!, length[row]!, maxParallelism);
      targets[row] = ownerOf[group]!;
    }
  }
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}
