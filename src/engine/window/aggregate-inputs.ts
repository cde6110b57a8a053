/**
 * What the aggregates of one operator read, computed once per batch: operand columns, the rows
 * that pass each FILTER, and dictionary ids of distinct operands. Equal expressions are shared.
 */
import { assert } from '../../errors/assert.ts';
import type { AggregateExpression, TypedExpression } from '../../expression/tree.ts';
import { isSameExpression } from '../../expression/same-expression.ts';
import type { Batch, RowSchema } from '../batch/batch.ts';
import { BATCH_ROWS, createColumn, type BooleanColumn, type Column } from '../batch/column.ts';
import { compileExpression, type ColumnEvaluator } from '../batch/evaluator.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import {
  createAccumulator,
  createSlotAccumulator,
  needsDictionary,
  needsKeys,
} from '../function/create-accumulator.ts';
import {
  createRetractableAccumulator,
  createRunningAccumulator,
  needsIdsToRetract,
} from '../function/create-running-accumulator.ts';
import type {
  Accumulator,
  Operand,
  RetractableAccumulator,
  RunningAccumulator,
  SlotAccumulator,
  SlottedRows,
} from '../function/accumulator.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { KeyDecoder } from '../state/key-decoder.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import type { KeyRanges } from '../state/key-ranges.ts';

interface SharedColumn {
  readonly expression: TypedExpression;
  readonly evaluator: ColumnEvaluator;
  column: Column | null;
}

interface SharedKeys {
  readonly source: SharedColumn;
  readonly encoder: KeyEncoder;
  keys: KeyRanges | null;
}

interface SharedIds {
  readonly source: SharedKeys;
  readonly dictionary: KeyDictionary;
  readonly ids: Int32Array;
  /** Made when values are asked for. */
  decoder: KeyDecoder | null;
}

interface AggregateInput {
  readonly operand: SharedColumn | null;
  readonly keys: SharedKeys | null;
  readonly ids: SharedIds | null;
  readonly filter: SharedColumn | null;
}

export class AggregateInputs {
  private readonly columns: SharedColumn[] = [];
  private readonly keySources: SharedKeys[] = [];
  private readonly idSources: SharedIds[] = [];
  private readonly inputs: readonly AggregateInput[];
  private readonly aggregates: readonly AggregateExpression[];
  private readonly schema: RowSchema;
  private readonly context: TaskContext;
  /** Rows may be taken back. */
  private readonly takesUpdates: boolean;
  /** Rows left by a filter; one buffer, used by one aggregate at a time. */
  private readonly filtered: Int32Array;

  constructor(
    aggregates: readonly AggregateExpression[],
    schema: RowSchema,
    context: TaskContext,
    takesUpdates = false,
  ) {
    this.takesUpdates = takesUpdates;
    this.schema = schema;
    this.aggregates = aggregates;
    this.context = context;
    this.filtered = context.memory.int32Array(BATCH_ROWS);
    this.inputs = aggregates.map((aggregate) => this.inputOf(aggregate));
  }

  /** Dictionaries of the distinct operands, for snapshots and clean-up. */
  get dictionaries(): readonly KeyDictionary[] {
    return this.idSources.map((source) => source.dictionary);
  }

  /** By aggregate: which of `dictionaries` its ids come from; null: it keeps none. */
  get dictionaryIndexes(): readonly (number | null)[] {
    return this.inputs.map(({ ids }) => (ids === null ? null : this.idSources.indexOf(ids)));
  }

  /** Indexes of the aggregates whose ids come from `dictionary`. */
  aggregatesOf(dictionary: KeyDictionary): readonly number[] {
    return this.inputs.flatMap((input, index) =>
      input.ids?.dictionary === dictionary ? [index] : [],
    );
  }

  /** A new accumulator for the aggregate; `isAskedOften`: results are not read at the end alone. */
  createAccumulator(aggregateIndex: number, isAskedOften: boolean): Accumulator {
    return createAccumulator(this.aggregates[aggregateIndex]!, {
      memory: this.context.memory,
      valuesOf: (ids) => this.valuesOf(this.inputs[aggregateIndex]!, ids),
      isAskedOften,
    });
  }

  /** A new one for groups that come and go one by one. */
  createSlotAccumulator(aggregateIndex: number): SlotAccumulator {
    return createSlotAccumulator(this.aggregates[aggregateIndex]!, {
      memory: this.context.memory,
      valuesOf: (ids) => this.valuesOf(this.inputs[aggregateIndex]!, ids),
    });
  }

  createRunningAccumulator(aggregateIndex: number): RunningAccumulator {
    return createRunningAccumulator(this.aggregates[aggregateIndex]!, {
      memory: this.context.memory,
      valuesOf: (ids) => this.valuesOf(this.inputs[aggregateIndex]!, ids),
    });
  }

  createRetractableAccumulator(aggregateIndex: number): RetractableAccumulator {
    return createRetractableAccumulator(this.aggregates[aggregateIndex]!, {
      memory: this.context.memory,
      valuesOf: (ids) => this.valuesOf(this.inputs[aggregateIndex]!, ids),
    });
  }

  /** Evaluates everything for this batch. A value that cannot be computed fails the job. */
  evaluate(batch: Batch): void {
    for (const shared of this.columns) {
      const column = shared.evaluator.evaluate(batch);
      throwFirstFailure(column, batch.rowCount);
      shared.column = column;
    }
    for (const shared of this.keySources) {
      shared.keys = shared.encoder.encode([shared.source.column!], batch.rowCount);
    }
    for (const { source, dictionary, ids } of this.idSources) {
      dictionary.internAll(source.keys!, batch.rowCount, ids);
    }
  }

  operandOf(aggregateIndex: number): Operand {
    const { operand, keys, ids } = this.inputs[aggregateIndex]!;
    return {
      column: operand?.column ?? null,
      filter: this.filterOf(aggregateIndex),
      keys: keys?.keys ?? null,
      ids: ids?.ids ?? null,
      idLimit: ids?.dictionary.idLimit ?? 0,
    };
  }

  /** Those of the rows that pass the aggregate's FILTER; valid until the next call. */
  rowsOf(aggregateIndex: number, selected: SlottedRows): SlottedRows {
    const filter = this.filterOf(aggregateIndex);
    if (filter === null) return selected;
    const { values, nulls } = filter;
    const { filtered } = this;
    const { rows, count, slots } = selected;
    let kept = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index]!;
      filtered[kept] = row;
      kept += values[row]! & (nulls[row]! ^ 1);
    }
    return { rows: filtered, count: kept, slots };
  }

  private valuesOf({ ids: shared, operand }: AggregateInput, ids: Int32Array): Column {
    assert(shared !== null && operand !== null, 'values of ids are those of a distinct operand');
    shared.decoder ??= new KeyDecoder(this.context.memory);
    const column = createColumn({ ...operand.expression.type, nullable: true });
    shared.decoder.load(shared.dictionary, ids);
    shared.decoder.decodeAll([column]);
    return column;
  }

  private filterOf(aggregateIndex: number): BooleanColumn | null {
    const column = this.inputs[aggregateIndex]!.filter?.column ?? null;
    return column?.kind === 'boolean' ? column : null;
  }

  private inputOf(aggregate: AggregateExpression): AggregateInput {
    const operand = aggregate.operand === undefined ? null : this.share(aggregate.operand);
    const filter = aggregate.filter === undefined ? null : this.share(aggregate.filter);
    const hasIds = this.takesUpdates ? needsIdsToRetract(aggregate) : needsDictionary(aggregate);
    const hasKeys = hasIds || needsKeys(aggregate);
    const keys = operand !== null && hasKeys ? this.shareKeys(operand) : null;
    const ids = keys !== null && hasIds ? this.shareIds(keys) : null;
    return { operand, keys, ids, filter };
  }

  private share(expression: TypedExpression): SharedColumn {
    const known = this.columns.find((shared) => isSameExpression(shared.expression, expression));
    if (known !== undefined) return known;
    const evaluator = compileExpression(expression, this.schema, this.context.evaluation);
    const shared: SharedColumn = { expression, evaluator, column: null };
    this.columns.push(shared);
    return shared;
  }

  private shareKeys(source: SharedColumn): SharedKeys {
    const known = this.keySources.find((keys) => keys.source === source);
    if (known !== undefined) return known;
    const keys: SharedKeys = { source, encoder: new KeyEncoder(this.context.memory), keys: null };
    this.keySources.push(keys);
    return keys;
  }

  private shareIds(source: SharedKeys): SharedIds {
    const known = this.idSources.find((ids) => ids.source === source);
    if (known !== undefined) return known;
    const { memory } = this.context;
    const dictionary = new KeyDictionary(memory);
    const ids = { source, dictionary, ids: memory.int32Array(BATCH_ROWS), decoder: null };
    this.idSources.push(ids);
    return ids;
  }
}
