/**
 * Emits the groups of windows that have changed since they were emitted: +I for one that is new, -U
 * and +U for one whose results are others now, nothing for one whose results are what they were.
 */
import { rowKinds } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import { writeValue } from '../batch/write-value.ts';
import type { LinearMemory } from '../memory/linear-memory.ts';
import type { Output } from '../operator/contract.ts';
import type { KeyDictionary } from '../state/key-dictionary.ts';
import type { Results } from './emitted-results.ts';
import { GroupWriter } from './group-writer.ts';
import { ResultReader } from './result-reader.ts';
import type { UpdatedWindow } from './updated-windows.ts';
import type { WindowAggregateSpec } from './window-spec.ts';

interface Job {
  readonly window: UpdatedWindow;
  readonly slots: Int32Array;
}

/** A changed group takes two rows at most. */
const GROUPS_MAX = BATCH_ROWS / 2;

export class UpdateEmission {
  private readonly writer: GroupWriter;
  private readonly reader: ResultReader;
  private readonly kinds = new Uint8Array(BATCH_ROWS);
  private readonly keys = new Int32Array(BATCH_ROWS);
  private readonly rows: Results[] = [];
  private readonly jobs: Job[] = [];
  /** Slots of the first job that have been looked at. */
  private position = 0;

  constructor(spec: WindowAggregateSpec, dictionary: KeyDictionary, memory: LinearMemory) {
    this.writer = new GroupWriter(spec, dictionary, memory);
    this.reader = new ResultReader(this.writer.results.map(({ type }) => type));
  }

  /** True while something waits to be emitted. */
  get isBusy(): boolean {
    return this.jobs.length > 0;
  }

  /** Takes what has changed in a window, behind what waits. */
  add(window: UpdatedWindow): void {
    const { changed, own } = window;
    if (changed.isEmpty) return;
    const slots = changed.slots();
    own.holds.beforeChange(slots, slots.length);
    this.jobs.push({ window, slots: changed.take() });
  }

  /**
   * Emits until nothing waits (true) or the output is full (false).
   * @param watermarkMs the watermark that the output has seen last
   */
  continue(output: Output, watermarkMs: number): boolean {
    for (let job = this.jobs[0]; job !== undefined; job = this.jobs[0]) {
      while (this.position < job.slots.length) {
        if (output.isFull) return false;
        this.collect(job);
        if (this.rows.length === 0) continue;
        this.fill(job.window, watermarkMs);
        output.emit(this.writer.batch);
      }
      this.position = 0;
      this.jobs.shift();
    }
    return true;
  }

  /** Decides about the next groups: which rows they make. */
  private collect({ window, slots }: Job): void {
    const { emitted, own } = window;
    this.rows.length = 0;
    const end = Math.min(slots.length, this.position + GROUPS_MAX);
    for (; this.position < end; this.position++) {
      const slot = slots[this.position]!;
      const known = emitted.of(slot);
      const results = this.reader.read(own, slot);
      if (known !== undefined && emitted.areSame(known, results)) continue;
      const key = own.keysOf(slot, slot + 1)[0]!;
      if (known !== undefined) this.addRow(rowKinds.updateBefore, key, known);
      this.addRow(known === undefined ? rowKinds.insert : rowKinds.updateAfter, key, results);
      emitted.set(slot, results);
    }
  }

  private addRow(kind: number, key: number, results: Results): void {
    const row = this.rows.length;
    this.kinds[row] = kind;
    this.keys[row] = key;
    this.rows.push(results);
  }

  private fill(window: UpdatedWindow, watermarkMs: number): void {
    const { writer, rows, keys } = this;
    writer.begin(keys.subarray(0, rows.length), watermarkMs);
    writer.setBounds(window, 0, rows.length);
    for (const [index, column] of writer.results.entries()) {
      for (const [row, results] of rows.entries()) writeValue(column, row, results[index] ?? null);
    }
    writer.batch.kinds = this.kinds;
  }
}
