/**
 * Rows to groups: what window operators share. The group columns and operands of a batch become ids
 * of dictionaries once; rows are then added to windows under these. The dictionaries forget what no
 * window uses.
 */
import type { AggregateExpression } from '../../expression/tree.ts';
import type { Batch } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { compileExpression, type ColumnEvaluator } from '../batch/evaluator.ts';
import { throwFirstFailure } from '../batch/failure.ts';
import type {
  Accumulator,
  RetractableAccumulator,
  RunningAccumulator,
  SlotAccumulator,
  SlottedRows,
} from '../function/accumulator.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { DictionarySweep } from '../state/dictionary-sweep.ts';
import { KeyDictionary } from '../state/key-dictionary.ts';
import { KeyEncoder } from '../state/key-encoder.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { AggregateInputs } from './aggregate-inputs.ts';
import { KeyedRunWriter, readKeyedParts, writeKeyedParts, type KeyedState } from './keyed-parts.ts';
import { OpenWindow } from './open-window.ts';
import type { AggregationSpec } from './window-spec.ts';

/** Some rows of the batch; `slots` is not set yet. */
export interface SelectedRows {
  readonly rows: Int32Array;
  readonly count: number;
}

/** What refers to keys and to ids of operands. */
export interface IdHolder {
  readonly accumulators: readonly Pick<Accumulator, 'markIds'>[];
  /** Sets used[id] to 1 for the keys of its groups. */
  markKeys(used: Uint8Array): void;
}

export class KeyedAggregation {
  readonly aggregates: readonly AggregateExpression[];
  readonly keys: KeyDictionary;
  /** Of the batch that was evaluated last: key id by row, for each grouping set. */
  readonly keyIds: readonly Int32Array[];
  private readonly spec: AggregationSpec;
  private readonly context: TaskContext;
  private readonly groupEvaluators: readonly ColumnEvaluator[];
  private readonly encoders: readonly KeyEncoder[];
  private readonly keySweep: DictionarySweep;
  private readonly inputs: AggregateInputs;
  private readonly operandSweeps: readonly DictionarySweep[];
  private readonly slots: Int32Array;

  /** `takesUpdates`: rows may be taken back. */
  constructor(spec: AggregationSpec, context: TaskContext, takesUpdates = false) {
    const { memory, evaluation } = context;
    this.spec = spec;
    this.context = context;
    this.aggregates = spec.aggregates.flatMap((aggregate) =>
      aggregate.kind === 'aggregate' ? [aggregate.aggregate] : [],
    );
    this.keys = new KeyDictionary(memory);
    this.keySweep = new DictionarySweep(this.keys, memory);
    this.keyIds = spec.groupingSets.map(() => memory.int32Array(BATCH_ROWS));
    this.slots = memory.int32Array(BATCH_ROWS);
    this.groupEvaluators = spec.groupBy.map((expression) =>
      compileExpression(expression, spec.inputSchema, evaluation),
    );
    const isMany = spec.groupingSets.length > 1;
    this.encoders = spec.groupingSets.map(
      (_set, index) => new KeyEncoder(memory, isMany ? index : null),
    );
    this.inputs = new AggregateInputs(this.aggregates, spec.inputSchema, context, takesUpdates);
    this.operandSweeps = this.inputs.dictionaries.map(
      (dictionary) => new DictionarySweep(dictionary, memory),
    );
  }

  /** A window that holds nothing. `isAskedOften`: results are read more than once. */
  makeWindow(isAskedOften: boolean): OpenWindow {
    const accumulators = this.aggregates.map((_aggregate, index) =>
      this.inputs.createAccumulator(index, isAskedOften),
    );
    return new OpenWindow(accumulators, this.context.memory);
  }

  /** Accumulators of groups that come and go one by one. */
  makeSlotAccumulators(): readonly SlotAccumulator[] {
    return this.aggregates.map((_aggregate, index) => this.inputs.createSlotAccumulator(index));
  }

  /** Accumulators of groups without an end, whose rows are only added. */
  makeRunningAccumulators(): readonly RunningAccumulator[] {
    return this.aggregates.map((_aggregate, index) => this.inputs.createRunningAccumulator(index));
  }

  /** Accumulators of groups without an end, whose rows may be taken back. */
  makeRetractableAccumulators(): readonly RetractableAccumulator[] {
    return this.aggregates.map((_aggregate, index) =>
      this.inputs.createRetractableAccumulator(index),
    );
  }

  /** Computes what all rows of the batch need. A value that cannot be computed fails the job. */
  evaluate(batch: Batch): void {
    const columns: Column[] = [];
    for (const evaluator of this.groupEvaluators) {
      const column = evaluator.evaluate(batch);
      throwFirstFailure(column, batch.rowCount);
      columns.push(column);
    }
    this.inputs.evaluate(batch);
    for (const [index, set] of this.spec.groupingSets.entries()) {
      const kept = set.map((position) => columns[position]!);
      const keys = this.encoders[index]!.encode(kept, batch.rowCount);
      this.keys.internAll(keys, batch.rowCount, this.keyIds[index]!);
    }
  }

  /**
   * Adds rows of the batch to a window, each under its key; `isTaken`: which aggregates take them.
   * Returns the slot of each row, by row number; valid until the next call.
   */
  addTo(
    window: OpenWindow,
    { rows, count }: SelectedRows,
    keyIds: Int32Array,
    isTaken: (aggregateIndex: number) => boolean = always,
  ): Int32Array {
    const selected: SlottedRows = { rows, count, slots: this.slots };
    window.assignSlots(selected, keyIds, this.keys.idLimit);
    this.accumulate(window.accumulators, selected, isTaken);
    return this.slots;
  }

  /** Adds rows of the batch, each to its slot. */
  accumulate(
    accumulators: readonly Pick<Accumulator, 'accumulate' | 'appliesFilter'>[],
    selected: SlottedRows,
    isTaken: (aggregateIndex: number) => boolean = always,
  ): void {
    for (const [position, accumulator] of accumulators.entries()) {
      if (!isTaken(position)) continue;
      const taken = accumulator.appliesFilter ? selected : this.inputs.rowsOf(position, selected);
      accumulator.accumulate(taken, this.inputs.operandOf(position));
    }
  }

  /** Adds rows of the batch, each to its slot, and takes back those whose kind says so. */
  update(
    accumulators: readonly RetractableAccumulator[],
    selected: SlottedRows,
    kinds: Uint8Array,
  ): void {
    for (const [position, accumulator] of accumulators.entries()) {
      const taken = this.inputs.rowsOf(position, selected);
      accumulator.update(taken, this.inputs.operandOf(position), kinds);
    }
  }

  /** Lets the dictionaries forget what none of these uses, where that is due. */
  sweep(holders: () => Iterable<IdHolder>): void {
    this.keySweep.runWhenDue((used) => {
      for (const holder of holders()) holder.markKeys(used);
    });
    for (const [index, dictionary] of this.inputs.dictionaries.entries()) {
      const positions = this.inputs.aggregatesOf(dictionary);
      this.operandSweeps[index]!.runWhenDue((used) => {
        for (const { accumulators } of holders()) {
          for (const position of positions) accumulators[position]!.markIds(used);
        }
      });
    }
  }

  /** Writes the windows, or what else there is, with the keys and values that they refer to. */
  writeParts(snapshot: SnapshotWriter, state: KeyedState): void {
    writeKeyedParts(snapshot, { keys: this.keys, inputs: this.inputs }, state);
  }

  /** Writes parts a run at a time; see KeyedRunWriter. */
  makeRunWriter(state: KeyedState): KeyedRunWriter {
    return new KeyedRunWriter({ keys: this.keys, inputs: this.inputs }, state);
  }

  /** Into fresh dictionaries and windows. */
  readParts(restored: RestoredState, state: KeyedState): void {
    readKeyedParts(restored, { keys: this.keys, inputs: this.inputs }, state);
    for (const sweep of [this.keySweep, ...this.operandSweeps]) sweep.allAreUsed();
  }
}

const always = (): boolean => true;
