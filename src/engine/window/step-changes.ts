/**
 * Which groups of a cumulating window have other results than at its last step: what is left when
 * rows that say nothing new are left out. Unlike Flink, which has a row for each group and step.
 */
import type { LogicalType } from '../../expression/type.ts';
import type { Column } from '../batch/column.ts';
import { writeValue } from '../batch/write-value.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { ChangedSlots } from './changed-slots.ts';
import { EmittedResults, type Results } from './emitted-results.ts';
import type { FiredGroups } from './fired-groups.ts';
import type { OpenWindow } from './open-window.ts';
import { ResultReader } from './result-reader.ts';

export class StepChanges {
  /** Groups that have got rows since the last step. */
  readonly changed = new ChangedSlots();
  private readonly emitted: EmittedResults;
  private readonly reader: ResultReader;

  /** `types`: of the results, in the order of the aggregates. */
  constructor(types: readonly LogicalType[]) {
    this.emitted = new EmittedResults(types);
    this.reader = new ResultReader(types);
  }

  /** The groups whose results are not those of the last step, which they are from now on. */
  take(window: OpenWindow): FiredGroups {
    const slots: number[] = [];
    const rows: Results[] = [];
    const changed = this.changed.slots();
    window.holds.beforeChange(changed, changed.length);
    for (const slot of this.changed.take()) {
      const results = this.reader.read(window, slot);
      const known = this.emitted.of(slot);
      if (known !== undefined && this.emitted.areSame(known, results)) continue;
      this.emitted.set(slot, results);
      slots.push(slot);
      rows.push(results);
    }
    return new ChosenGroups(window, slots, rows);
  }

  writeSlots(writer: StateWriter, slots: Int32Array): void {
    this.changed.writeSlots(writer, slots);
    this.emitted.writeSlots(writer, slots);
  }

  readSlots(reader: StateReader, slots: Int32Array, slotCount: number): void {
    this.changed.readSlots(reader, slots, slotCount);
    this.emitted.readSlots(reader, slots);
  }

  /** Takes over what another one knows of groups, which become these slots in their order. */
  adopt(other: StepChanges, slots: Int32Array, slotCount: number): void {
    for (const [index, slot] of slots.entries()) {
      const known = other.emitted.of(index);
      if (known !== undefined) this.emitted.set(slot, known);
    }
    this.changed.markAll(
      other.changed.take().map((slot) => slots[slot]!),
      slotCount,
    );
  }
}

/** Some groups of a window, with results that are known. */
class ChosenGroups implements FiredGroups {
  private readonly window: OpenWindow;
  private readonly slots: readonly number[];
  private readonly rows: readonly Results[];

  constructor(window: OpenWindow, slots: readonly number[], rows: readonly Results[]) {
    this.window = window;
    this.slots = slots;
    this.rows = rows;
  }

  get slotCount(): number {
    return this.slots.length;
  }

  keysOf(from: number, to: number): Int32Array {
    return Int32Array.from(
      this.slots.slice(from, to),
      (slot) => this.window.keysOf(slot, slot + 1)[0]!,
    );
  }

  writeResult(aggregateIndex: number, from: number, to: number, column: Column): void {
    for (let index = from; index < to; index++) {
      writeValue(column, index - from, this.rows[index]![aggregateIndex] ?? null);
    }
  }
}
