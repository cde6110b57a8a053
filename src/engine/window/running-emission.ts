/**
 * Emits what a batch has changed in the groups of a running aggregate: +I for a group that is new,
 * -U and +U for one whose results are others now, -D for one that is gone. One change a group and
 * batch, as Flink's mini-batches; Flink without them emits one a row.
 *
 * What was emitted before need not be kept: it is read from the accumulators before the batch is
 * added to them.
 */
import { rowKinds } from '../batch/batch.ts';
import { BATCH_ROWS, createColumn, type Column } from '../batch/column.ts';
import { gatherColumn } from '../batch/copy-rows.ts';
import { isSameCell } from '../batch/same-cell.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Output } from '../operator/contract.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import { GroupWriter } from './group-writer.ts';
import type { RunningGroups } from './running-groups.ts';
import type { RunningAggregateSpec } from './window-spec.ts';

/** What a batch has touched in one grouping set. */
interface Touched {
  slots: Int32Array;
  /** By position in `slots`: 1 when the group was there before the batch. */
  readonly wasPresent: Uint8Array;
  /** Row i: the results of slots[i] before the batch; row BATCH_ROWS + i: those after it. */
  readonly results: readonly Column[];
}

/** A changed group takes two rows at most. */
const GROUPS_MAX = BATCH_ROWS / 2;
const LEADING_COLUMNS = 0;
const NONE = new Int32Array(0);

export class RunningEmission {
  private readonly groups: RunningGroups;
  private readonly writer: GroupWriter;
  private readonly sets: readonly Touched[];
  /**
   * Unchanged results are emitted, too. As Flink with a time to live: else those who keep state for
   * the group downstream would take it for dead.
   */
  private readonly emitsUnchanged: boolean;
  private readonly kinds = new Uint8Array(BATCH_ROWS);
  private readonly keys = new Int32Array(BATCH_ROWS);
  /** Rows of `results`, by row of the output. */
  private readonly sources = new Int32Array(BATCH_ROWS);
  private rowCount = 0;
  /** The grouping set that is on its way out, and how many of its slots have been looked at. */
  private setIndex = 0;
  private position = 0;

  constructor(
    spec: RunningAggregateSpec,
    groups: RunningGroups,
    dictionary: KeyDictionary,
    memory: LinearMemory,
  ) {
    this.groups = groups;
    this.emitsUnchanged = spec.ttlMs > 0;
    this.writer = new GroupWriter(spec, dictionary, memory, LEADING_COLUMNS);
    const types = this.writer.results.map(({ type }) => type);
    this.sets = spec.groupingSets.map(() => ({
      slots: NONE,
      wasPresent: new Uint8Array(BATCH_ROWS),
      results: types.map((type) => createColumn(type, 2 * BATCH_ROWS)),
    }));
  }

  /** Reads what is known of the groups that a batch is about to touch. */
  noteBefore(setIndex: number, slots: Int32Array): void {
    const touched = this.sets[setIndex]!;
    const { wasPresent, results } = touched;
    touched.slots = slots;
    for (const column of results) column.reset();
    for (const [index, slot] of slots.entries()) {
      wasPresent[index] = this.groups.isPresent(slot) ? 1 : 0;
    }
    for (const [position, accumulator] of this.groups.accumulators.entries()) {
      const column = results[position]!;
      for (let index = 0; index < slots.length; index++) {
        if (wasPresent[index] === 1) accumulator.emitSlot(slots[index]!, column, index);
      }
    }
  }

  /**
   * Emits all changes (true), or until the output is full (false).
   * @param watermarkMs the watermark that the output has seen last
   */
  continue(output: Output, watermarkMs: number): boolean {
    for (; this.setIndex < this.sets.length; this.setIndex++) {
      const touched = this.sets[this.setIndex]!;
      while (this.position < touched.slots.length) {
        if (output.isFull) return false;
        this.collect(touched);
        if (this.rowCount === 0) continue;
        this.fill(touched, watermarkMs);
        output.emit(this.writer.batch);
      }
      touched.slots = NONE;
      this.position = 0;
    }
    this.setIndex = 0;
    return true;
  }

  /** Decides about the next groups: which rows they make. */
  private collect(touched: Touched): void {
    const { slots, wasPresent } = touched;
    const end = Math.min(slots.length, this.position + GROUPS_MAX);
    this.readAfter(touched, this.position, end);
    this.rowCount = 0;
    for (let index = this.position; index < end; index++) {
      const slot = slots[index]!;
      const after = BATCH_ROWS + index;
      const isPresent = this.groups.isPresent(slot);
      if (wasPresent[index] === 0) {
        if (isPresent) this.addRow(rowKinds.insert, slot, after);
      } else if (!isPresent) {
        this.addRow(rowKinds.delete, slot, index);
      } else if (this.emitsUnchanged || hasChanged(touched.results, index)) {
        this.addRow(rowKinds.updateBefore, slot, index);
        this.addRow(rowKinds.updateAfter, slot, after);
      }
    }
    this.position = end;
  }

  private readAfter({ slots, results }: Touched, from: number, to: number): void {
    for (const [position, accumulator] of this.groups.accumulators.entries()) {
      const column = results[position]!;
      for (let index = from; index < to; index++) {
        const slot = slots[index]!;
        if (this.groups.isPresent(slot)) accumulator.emitSlot(slot, column, BATCH_ROWS + index);
      }
    }
  }

  private addRow(kind: number, slot: number, source: number): void {
    const row = this.rowCount++;
    this.kinds[row] = kind;
    this.keys[row] = slot;
    this.sources[row] = source;
  }

  private fill({ results }: Touched, watermarkMs: number): void {
    const { writer, rowCount } = this;
    writer.begin(this.keys.subarray(0, rowCount), watermarkMs);
    const selection = { rows: this.sources, count: rowCount };
    for (const [index, column] of writer.results.entries()) {
      gatherColumn(results[index]!, selection, column);
    }
    writer.batch.kinds = this.kinds;
  }
}

function hasChanged(results: readonly Column[], index: number): boolean {
  return results.some((column) => !isSameCell(column, index, column, BATCH_ROWS + index));
}
