/**
 * Writes the groups of a window that fires into batches: bounds, group columns, aggregates. It
 * remembers where it stands, because the output may fill up in between.
 */
import { Batch } from '../batch/batch.ts';
import { BATCH_ROWS, type Column } from '../batch/column.ts';
import { assert } from '../../errors/assert.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Output } from '../operator/contract.ts';
import { KeyDecoder } from '../state/key-decoder.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import type { WindowAggregateSpec } from './window-spec.ts';
import type { FiredGroups } from './fired-groups.ts';
import type { Firing } from './window-store.ts';

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
  private firing: Firing | null = null;
  private slot = 0;

  constructor(spec: WindowAggregateSpec, dictionary: KeyDictionary, memory: LinearMemory) {
    this.spec = spec;
    this.dictionary = dictionary;
    this.decoder = new KeyDecoder(memory, spec.groupingSets.length > 1);
    this.batch = Batch.inMemory(spec.outputSchema, memory);
    this.watermarks = new Float64Array(this.batch.columns[0]!.nulls.length);
    const groups = this.batch.columns.slice(LEADING_COLUMNS, LEADING_COLUMNS + spec.groupBy.length);
    this.sets = spec.groupingSets.map((set) => ({
      kept: set.map((index) => groups[index]!),
      rolledUp: groups.filter((_column, index) => !set.includes(index)),
    }));
  }

  /** True while the groups of a window are not all emitted. */
  get isBusy(): boolean {
    return this.firing !== null;
  }

  start(firing: Firing): void {
    assert(this.firing === null, 'one window is emitted at a time');
    this.firing = firing;
    this.slot = 0;
  }

  /**
   * Emits batches until the window is done (true) or the output is full (false).
   * @param watermarkMs the watermark that the output has seen last
   */
  continue(output: Output, watermarkMs: number): boolean {
    const { firing } = this;
    if (firing === null) return true;
    while (this.slot < firing.groups.slotCount) {
      if (output.isFull) return false;
      this.fill(firing, watermarkMs);
      output.emit(this.batch);
    }
    this.firing = null;
    firing.done();
    return true;
  }

  private fill(firing: Firing, watermarkMs: number): void {
    const { batch, decoder } = this;
    const { groups } = firing;
    const from = this.slot;
    const to = Math.min(groups.slotCount, from + BATCH_ROWS);
    this.slot = to;
    batch.reset();
    batch.rowCount = to - from;
    this.writeTimes(firing);
    decoder.load(this.dictionary, groups.keysOf(from, to));
    if (this.sets.length === 1) decoder.decodeAll(this.sets[0]!.kept);
    else this.decodeSets();
    this.writeAggregates(groups, from, to);
    this.watermarks.fill(watermarkMs, 0, to - from);
    batch.watermarksBefore = this.watermarks;
    batch.watermarkAfter = watermarkMs;
  }

  /** window_start, window_end and, as the last column, window_time. */
  private writeTimes({ startMs, endMs, triggerMs }: Firing): void {
    const { columns, rowCount } = this.batch;
    const last = columns[columns.length - 1]!;
    const isLocal = last.type.root === 'TIMESTAMP';
    fillTimes(columns[0]!, rowCount, startMs);
    fillTimes(columns[1]!, rowCount, endMs);
    fillTimes(last, rowCount, isLocal ? endMs - 1 : triggerMs);
  }

  /** Each key has the number of its grouping set in front. */
  private decodeSets(): void {
    for (let row = 0; row < this.batch.rowCount; row++) {
      const { kept, rolledUp } = this.sets[this.decoder.prefixOf(row)]!;
      this.decoder.decode(kept, row);
      for (const column of rolledUp) column.setNull(row);
    }
  }

  private writeAggregates(groups: FiredGroups, from: number, to: number): void {
    const { groupBy, aggregates } = this.spec;
    let at = LEADING_COLUMNS + groupBy.length;
    let index = 0;
    for (const aggregate of aggregates) {
      const column = this.batch.columns[at++]!;
      if (aggregate.kind === 'aggregate') {
        groups.writeResult(index++, from, to, column);
      } else {
        this.writeGrouping(aggregate.groupByIndexes, column);
      }
    }
  }

  private writeGrouping(groupByIndexes: readonly number[], column: Column): void {
    assert(column.kind === 'long', 'GROUPING is BIGINT');
    const bits = this.spec.groupingSets.map((set) => groupingBits(groupByIndexes, set));
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

function fillTimes(column: Column, rowCount: number, millis: number): void {
  assert(column.kind === 'timestamp', 'window bounds are timestamps');
  column.millis.fill(millis, 0, rowCount);
}
