/**
 * Writes the groups of a window that fires into batches: bounds, group columns, aggregates. It
 * remembers where it stands, because the output may fill up in between.
 */
import { Batch } from '../batch/batch.ts';
import type { Column } from '../batch/column.ts';
import { assert } from '../../errors/assert.ts';
import type { Output } from '../operator/contract.ts';
import { KeyDecoder } from '../state/key-decoder.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import type { OpenWindow } from './open-window.ts';
import type { WindowAggregateSpec } from './window-spec.ts';

/** Columns before the group columns: window_start, window_end. */
const LEADING_COLUMNS = 2;

export class WindowEmission {
  private readonly spec: WindowAggregateSpec;
  private readonly dictionary: KeyDictionary;
  private readonly decoder: KeyDecoder;
  private readonly batch: Batch;
  /** Group columns of each grouping set, and those that it rolls up. */
  private readonly sets: readonly { readonly kept: Column[]; readonly rolledUp: Column[] }[];
  private readonly watermarks: Float64Array;
  private window: OpenWindow | null = null;
  private slot = 0;

  constructor(spec: WindowAggregateSpec, dictionary: KeyDictionary) {
    this.spec = spec;
    this.dictionary = dictionary;
    this.decoder = new KeyDecoder(spec.groupingSets.length > 1);
    this.batch = new Batch(spec.outputSchema);
    this.watermarks = new Float64Array(this.batch.columns[0]!.nulls.length);
    const groups = this.batch.columns.slice(LEADING_COLUMNS, LEADING_COLUMNS + spec.groupBy.length);
    this.sets = spec.groupingSets.map((set) => ({
      kept: set.map((index) => groups[index]!),
      rolledUp: groups.filter((_column, index) => !set.includes(index)),
    }));
  }

  /** True while the groups of a window are not all emitted. */
  get isBusy(): boolean {
    return this.window !== null;
  }

  start(window: OpenWindow): void {
    assert(this.window === null, 'one window is emitted at a time');
    this.window = window;
    this.slot = 0;
  }

  /**
   * Emits batches until the window is done (true) or the output is full (false).
   * @param watermarkMs the watermark that the output has seen last
   */
  continue(output: Output, watermarkMs: number): boolean {
    const { window } = this;
    if (window === null) return true;
    while (this.slot < window.slotCount) {
      if (output.isFull) return false;
      this.fill(window, watermarkMs);
      output.emit(this.batch);
    }
    this.window = null;
    window.release();
    return true;
  }

  private fill(window: OpenWindow, watermarkMs: number): void {
    const { batch } = this;
    batch.reset();
    this.decoder.reset();
    while (this.slot < window.slotCount && !batch.isFull) {
      this.writeRow(window, this.slot++, batch.rowCount++);
    }
    this.watermarks.fill(watermarkMs);
    batch.watermarksBefore = this.watermarks;
    batch.watermarkAfter = watermarkMs;
  }

  private writeRow(window: OpenWindow, slot: number, row: number): void {
    const { columns } = this.batch;
    const keyId = window.keyAt(slot);
    const setIndex = this.setOf(keyId);
    writeTime(columns[0]!, row, window.startMs);
    writeTime(columns[1]!, row, window.endMs);
    const { kept, rolledUp } = this.sets[setIndex]!;
    this.decoder.decode(this.dictionary, keyId, kept, row);
    for (const column of rolledUp) column.setNull(row);
    this.writeAggregates(window, slot, row, setIndex);
    const last = columns[columns.length - 1]!;
    const isLocal = last.type.root === 'TIMESTAMP';
    writeTime(last, row, isLocal ? window.endMs - 1 : window.triggerMs);
  }

  private writeAggregates(window: OpenWindow, slot: number, row: number, setIndex: number): void {
    const { groupBy, aggregates, groupingSets } = this.spec;
    let at = LEADING_COLUMNS + groupBy.length;
    let accumulator = 0;
    for (const aggregate of aggregates) {
      const column = this.batch.columns[at++]!;
      if (aggregate.kind === 'aggregate') {
        window.accumulators[accumulator++]!.emit(slot, column, row);
      } else {
        const bits = groupingBits(aggregate.groupByIndexes, groupingSets[setIndex]!);
        assert(column.kind === 'long', 'GROUPING is BIGINT');
        column.values[row] = bits;
      }
    }
  }

  /** Which grouping set a key belongs to: the word before it, when there are several. */
  private setOf(keyId: number): number {
    if (this.sets.length === 1) return 0;
    return this.dictionary.firstWordOf(keyId);
  }
}

function groupingBits(columns: readonly number[], set: readonly number[]): number {
  let bits = 0;
  for (const column of columns) bits = bits * 2 + (set.includes(column) ? 0 : 1);
  return bits;
}

function writeTime(column: Column, row: number, millis: number): void {
  assert(column.kind === 'timestamp', 'window bounds are timestamps');
  column.millis[row] = millis;
}
