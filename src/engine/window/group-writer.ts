/**
 * Writes the rows of groups into a batch: window bounds, group columns, GROUPING. The aggregates
 * are written by who knows which results are wanted.
 */
import { assert } from '../../errors/assert.ts';
import { Batch } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import { KeyDecoder } from '../state/key-decoder.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import type { WindowBounds } from './slice-clock.ts';
import type { AggregationSpec } from './window-spec.ts';

/** Columns that a window has before the group columns: window_start, window_end. */
const WINDOW_COLUMNS = 2;

export interface FiringBounds extends WindowBounds {
  /** The watermark at which the window fires, epoch milliseconds. */
  readonly triggerMs: number;
}

export class GroupWriter {
  readonly batch: Batch;
  /** The columns of the aggregates, in their order, without GROUPING. */
  readonly results: readonly Column[];
  private readonly dictionary: KeyDictionary;
  private readonly decoder: KeyDecoder;
  /** Group columns of each grouping set, and those that it rolls up. */
  private readonly sets: readonly { readonly kept: Column[]; readonly rolledUp: Column[] }[];
  /** Columns of GROUPING, with its value by grouping set. */
  private readonly groupings: readonly { readonly column: Column; readonly bits: number[] }[];
  private readonly watermarks: Float64Array;

  /** `leadingColumns`: before the group columns; those of a window are written by `setBounds`. */
  constructor(
    spec: AggregationSpec,
    dictionary: KeyDictionary,
    memory: LinearMemory,
    leadingColumns = WINDOW_COLUMNS,
  ) {
    this.dictionary = dictionary;
    this.decoder = new KeyDecoder(memory, spec.groupingSets.length > 1);
    this.batch = Batch.inMemory(spec.outputSchema, memory);
    this.watermarks = new Float64Array(this.batch.columns[0]!.nulls.length);
    const from = leadingColumns + spec.groupBy.length;
    const groups = this.batch.columns.slice(leadingColumns, from);
    this.sets = spec.groupingSets.map((set) => ({
      kept: set.map((index) => groups[index]!),
      rolledUp: groups.filter((_column, index) => !set.includes(index)),
    }));
    const columns = spec.aggregates.map((aggregate, index) => ({
      aggregate,
      column: this.batch.columns[from + index]!,
    }));
    this.results = columns.flatMap(({ aggregate, column }) =>
      aggregate.kind === 'aggregate' ? [column] : [],
    );
    this.groupings = columns.flatMap(({ aggregate, column }) =>
      aggregate.kind === 'grouping'
        ? [
            {
              column,
              bits: spec.groupingSets.map((set) => groupingBits(aggregate.groupByIndexes, set)),
            },
          ]
        : [],
    );
  }

  /**
   * Empties the batch and writes a row for each key: its group columns. Bounds and results follow.
   * @param watermarkMs the watermark that the output has seen last
   */
  begin(keyIds: Int32Array, watermarkMs: number): void {
    const { batch, decoder } = this;
    const rowCount = keyIds.length;
    batch.reset();
    batch.rowCount = rowCount;
    decoder.load(this.dictionary, keyIds);
    if (this.sets.length === 1) decoder.decodeAll(this.sets[0]!.kept);
    else this.decodeSets();
    for (const { column, bits } of this.groupings) this.writeGrouping(column, bits);
    this.watermarks.fill(watermarkMs, 0, rowCount);
    batch.watermarksBefore = this.watermarks;
    batch.watermarkAfter = watermarkMs;
  }

  /** Writes the bounds of the rows [from, to). */
  setBounds({ startMs, endMs, triggerMs }: FiringBounds, from: number, to: number): void {
    const { columns } = this.batch;
    const last = columns[columns.length - 1]!;
    fillTimes(columns[0]!, startMs, from, to);
    fillTimes(columns[1]!, endMs, from, to);
    fillTimes(last, last.type.root === 'TIMESTAMP' ? endMs - 1 : triggerMs, from, to);
  }

  /** Each key has the number of its grouping set in front. */
  private decodeSets(): void {
    for (let row = 0; row < this.batch.rowCount; row++) {
      const { kept, rolledUp } = this.sets[this.decoder.prefixOf(row)]!;
      this.decoder.decode(kept, row);
      for (const column of rolledUp) column.setNull(row);
    }
  }

  private writeGrouping(column: Column, bits: readonly number[]): void {
    assert(column.kind === 'long', 'GROUPING is BIGINT');
    for (let row = 0; row < this.batch.rowCount; row++) {
      column.values[row] = bits[this.sets.length === 1 ? 0 : this.decoder.prefixOf(row)]!;
    }
  }
}

function groupingBits(columns: readonly number[], set: readonly number[]): number {
  let bits = 0;
  for (const column of columns) bits = bits * 2 + (set.includes(column) ? 0 : 1);
  return bits;
}

function fillTimes(column: Column, millis: number, from: number, to: number): void {
  assert(column.kind === 'timestamp', 'window bounds are timestamps');
  column.millis.fill(millis, from, to);
}
