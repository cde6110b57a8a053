/**
 * Two operators that get the same events: one writes its snapshots while events go on, the other
 * writes each at its barrier. What is restored from the two must answer the same questions alike.
 */
import { expect } from 'vitest';
import { Batch } from '../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../src/engine/batch/column.ts';
import { writeValue } from '../../src/engine/batch/write-value.ts';
import type { Operator } from '../../src/engine/operator/contract.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';
import { CollectingOutput, kindNames } from './collecting-output.ts';
import {
  rowText,
  type HarnessEvent,
  type HarnessRow,
  type HarnessSpec,
} from './operator-harness.ts';
import { restoreInto, stateOf, StateTaken } from './operator-state.ts';

export type TwinStep =
  | { readonly do: 'event'; readonly event: HarnessEvent }
  /** Of the snapshots under way: takes another; writes a piece of each; ends the oldest. */
  | { readonly do: 'take' | 'write' | 'finish' | 'give up' };

/** `probe`: events that bring out all that a restored operator holds. */
export interface TwinSpec extends Pick<HarnessSpec, 'create' | 'schemas' | 'setNow'> {
  readonly probe: readonly HarnessEvent[];
}

interface Pending {
  readonly taken: StateTaken;
  readonly whole: readonly StatePart[];
  readonly nowMs: number;
}

/** Returns how many snapshots were written later and compared. */
export function playTwins(spec: TwinSpec, steps: readonly TwinStep[]): number {
  const twins = new Twins(spec);
  for (const step of steps) twins.play(step);
  return twins.end();
}

class Twins {
  private readonly spec: TwinSpec;
  private readonly later: Driven;
  private readonly whole: Driven;
  private pending: Pending[] = [];
  private nowMs = 0;
  private compared = 0;

  constructor(spec: TwinSpec) {
    this.spec = spec;
    spec.setNow?.(0);
    this.later = new Driven(spec, spec.create(0));
    this.whole = new Driven(spec, spec.create(Infinity));
  }

  play(step: TwinStep): void {
    switch (step.do) {
      case 'event':
        if (step.event.kind === 'time') this.setNow(step.event.nowMs);
        for (const each of [this.later, this.whole]) each.handle(step.event);
        return;
      case 'take':
        this.pending.push({
          taken: new StateTaken(this.later.operator),
          whole: stateOf(this.whole.operator),
          nowMs: this.nowMs,
        });
        return;
      case 'write':
        for (const { taken } of this.pending) taken.writeNext();
        return;
      case 'finish': {
        const oldest = this.pending.shift();
        if (oldest !== undefined) this.compare(oldest);
        return;
      }
      case 'give up':
        this.pending.pop()?.taken.giveUp();
    }
  }

  end(): number {
    for (const each of this.pending) this.compare(each);
    expect(this.later.rows(), 'rows of an operator that writes later').toEqual(this.whole.rows());
    return this.compared;
  }

  private compare({ taken, whole, nowMs }: Pending): void {
    if (taken.hasLater) this.compared++;
    const parts = taken.finish();
    const currentMs = this.nowMs;
    const [left, right] = [parts, whole].map((each) => {
      this.setNow(nowMs);
      const operator = this.spec.create(Infinity);
      restoreInto(operator, each);
      const driven = new Driven(this.spec, operator);
      for (const event of this.spec.probe) {
        if (event.kind === 'time') this.setNow(nowMs + event.nowMs);
        driven.handle(event.kind === 'time' ? { ...event, nowMs: nowMs + event.nowMs } : event);
      }
      return driven.rows();
    });
    this.setNow(currentMs);
    expect(left, 'what a snapshot that was written later holds').toEqual(right);
  }

  private setNow(nowMs: number): void {
    this.nowMs = nowMs;
    this.spec.setNow?.(nowMs);
  }
}

/** An operator whose output is never full. */
class Driven {
  readonly operator: Operator;
  private readonly output = new CollectingOutput('unlimited');
  private readonly batches: readonly Batch[];
  private readonly watermarks = new Float64Array(BATCH_ROWS);
  private readonly kinds = new Uint8Array(BATCH_ROWS);

  constructor({ schemas }: TwinSpec, operator: Operator) {
    this.operator = operator;
    this.batches = schemas.map((schema) => new Batch(schema));
    operator.open({ main: this.output, side: () => null });
  }

  handle(event: HarnessEvent): void {
    const { operator } = this;
    switch (event.kind) {
      case 'rows':
        while (!operator.processBatch(this.fill(event.input, event.rows), event.input));
        return;
      case 'watermark':
        while (!operator.processWatermark(event.watermarkMs, event.input));
        return;
      case 'time':
        while ((operator.nextTimerMs ?? Infinity) <= event.nowMs) {
          operator.processTimers?.(event.nowMs);
        }
        return;
      case 'idle':
        operator.processIdleness?.(event.isIdle, event.input);
        return;
      case 'end':
        operator.endInput(event.input);
    }
  }

  /** As a multiset. */
  rows(): readonly string[] {
    const { kinds, rows } = this.output;
    return rows.map((row, index) => `${kinds[index]} ${rowText(row)}`).sort();
  }

  private fill(input: number, rows: readonly HarnessRow[]): Batch {
    const batch = this.batches[input]!;
    batch.reset();
    for (const [row, { values, watermarkMs, kind = '+I' }] of rows.entries()) {
      for (const [index, value] of values.entries()) writeValue(batch.columns[index]!, row, value);
      this.watermarks[row] = watermarkMs ?? -Infinity;
      this.kinds[row] = kindNames.indexOf(kind);
    }
    batch.rowCount = rows.length;
    batch.watermarksBefore = this.watermarks;
    batch.kinds = rows.some(({ kind }) => kind !== undefined) ? this.kinds : null;
    return batch;
  }
}
