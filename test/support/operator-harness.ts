/**
 * Runs one operator on a list of events in every way that must not make a difference: one row at a
 * time or whole batches, an output that is full after each batch or never, with or without a
 * snapshot, with or without a restore into a fresh operator after each event.
 */
import { expect } from 'vitest';
import { Batch, type RowSchema } from '../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../src/engine/batch/column.ts';
import { readValue } from '../../src/engine/batch/read-value.ts';
import { writeValue } from '../../src/engine/batch/write-value.ts';
import type { Operator, Output, Outputs } from '../../src/engine/operator/contract.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';
import type { Value } from '../../src/expression/value.ts';
import { restoreInto, stateOf } from './operator-state.ts';

export type HarnessEvent =
  | { readonly kind: 'rows'; readonly input: number; readonly rows: readonly HarnessRow[] }
  | { readonly kind: 'watermark'; readonly input: number; readonly watermarkMs: number }
  | { readonly kind: 'idle'; readonly input: number; readonly isIdle: boolean }
  | { readonly kind: 'end'; readonly input: number }
  /** Processing time is now this: timers that are due fire. */
  | { readonly kind: 'time'; readonly nowMs: number };

export interface HarnessRow {
  readonly values: readonly Value[];
  /** Watermark before the row; -Infinity by default. */
  readonly watermarkMs?: number;
  /** +I by default. */
  readonly kind?: RowKindName;
}

export interface HarnessResult {
  /** Rows of the main output, in order. */
  readonly main: readonly (readonly Value[])[];
  /** The kind of each row of `main`. */
  readonly kinds: readonly RowKindName[];
  readonly sides: Readonly<Record<string, readonly (readonly Value[])[]>>;
  readonly watermarks: readonly number[];
  /** Watermarks, and `idle` and `active`, in their order. */
  readonly times: readonly (number | 'idle' | 'active')[];
}

export type RowKindName = (typeof kindNames)[number];

const kindNames = ['+I', '-U', '+U', '-D'] as const;

export interface HarnessMode {
  readonly rowsPerBatch: number;
  readonly outputCapacity: 1 | 'unlimited';
  readonly snapshots: 'none' | 'taken' | 'restored';
}

export const harnessModes: readonly HarnessMode[] = [1, BATCH_ROWS].flatMap((rowsPerBatch) =>
  ([1, 'unlimited'] as const).flatMap((outputCapacity) =>
    (['none', 'taken', 'restored'] as const).map((snapshots) => ({
      rowsPerBatch,
      outputCapacity,
      snapshots,
    })),
  ),
);

export interface HarnessSpec {
  readonly create: () => Operator;
  readonly schemas: readonly RowSchema[];
  readonly sides?: readonly string[];
  /** The operators' clock: told of each `time` event, and of 0 at the start of a run. */
  readonly setNow?: (nowMs: number) => void;
}

/** Runs the operator in every mode, expects equal results (rows as multisets), returns one. */
export function runInAllModes(spec: HarnessSpec, events: readonly HarnessEvent[]): HarnessResult {
  const results = harnessModes.map((mode) => runOperator(spec, events, mode));
  for (const [index, result] of results.entries()) {
    expect(canonical(result), JSON.stringify(harnessModes[index])).toEqual(canonical(results[0]!));
  }
  return results[0]!;
}

export function runOperator(
  spec: HarnessSpec,
  events: readonly HarnessEvent[],
  mode: HarnessMode,
): HarnessResult {
  const run = new Run(spec, mode);
  for (const event of events) run.handle(event);
  return run.result();
}

class Run {
  private readonly spec: HarnessSpec;
  private readonly mode: HarnessMode;
  private readonly main: CollectingOutput;
  private readonly sides: Map<string, CollectingOutput>;
  private readonly batches: readonly Batch[];
  private readonly watermarks = new Float64Array(BATCH_ROWS);
  private readonly kinds = new Uint8Array(BATCH_ROWS);
  private operator: Operator;

  constructor(spec: HarnessSpec, mode: HarnessMode) {
    this.spec = spec;
    this.mode = mode;
    this.main = new CollectingOutput(mode.outputCapacity);
    this.sides = new Map(
      (spec.sides ?? []).map((name) => [name, new CollectingOutput(mode.outputCapacity)]),
    );
    this.batches = spec.schemas.map((schema) => new Batch(schema));
    spec.setNow?.(0);
    this.operator = this.start(null);
  }

  handle(event: HarnessEvent): void {
    switch (event.kind) {
      case 'rows':
        for (let at = 0; at < event.rows.length; at += this.mode.rowsPerBatch) {
          this.sendRows(event.input, event.rows.slice(at, at + this.mode.rowsPerBatch));
        }
        return;
      case 'watermark':
        this.repeat(() => this.operator.processWatermark(event.watermarkMs, event.input));
        this.snapshot();
        return;
      case 'idle':
        this.repeat(() => this.operator.processIdleness?.(event.isIdle, event.input) ?? true);
        this.snapshot();
        return;
      case 'end':
        this.repeat(() => this.operator.endInput(event.input));
        this.snapshot();
        return;
      case 'time':
        this.spec.setNow?.(event.nowMs);
        while ((this.operator.nextTimerMs ?? Infinity) <= event.nowMs) {
          this.repeat(() => this.operator.processTimers?.(event.nowMs) ?? true);
        }
        this.snapshot();
        return;
    }
  }

  result(): HarnessResult {
    this.operator.close();
    return {
      main: this.main.rows,
      kinds: this.main.kinds,
      sides: Object.fromEntries([...this.sides].map(([name, side]) => [name, side.rows])),
      watermarks: this.main.times.filter((time) => typeof time === 'number'),
      times: this.main.times,
    };
  }

  private sendRows(input: number, rows: readonly HarnessRow[]): void {
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
    this.repeat(() => this.operator.processBatch(batch, input));
    this.snapshot();
  }

  private repeat(call: () => boolean): void {
    while (!call()) this.empty();
    this.empty();
  }

  private empty(): void {
    this.main.isFull = false;
    for (const side of this.sides.values()) side.isFull = false;
  }

  private snapshot(): void {
    if (this.mode.snapshots === 'none') return;
    const state = stateOf(this.operator);
    if (this.mode.snapshots !== 'restored') return;
    this.operator.close();
    this.operator = this.start(state);
  }

  private start(state: readonly StatePart[] | null): Operator {
    const operator = this.spec.create();
    if (state !== null) restoreInto(operator, state);
    const outputs: Outputs = {
      main: this.main,
      side: (name) => this.sides.get(name) ?? null,
    };
    operator.open(outputs);
    return operator;
  }
}

class CollectingOutput implements Output {
  isFull = false;
  readonly rows: Value[][] = [];
  readonly kinds: RowKindName[] = [];
  readonly times: (number | 'idle' | 'active')[] = [];
  private readonly fillsUp: boolean;

  constructor(capacity: 1 | 'unlimited') {
    this.fillsUp = capacity === 1;
  }

  emit(batch: Batch): void {
    expect(this.isFull, 'a full output takes no batch').toBe(false);
    for (let row = 0; row < batch.rowCount; row++) {
      this.rows.push(batch.columns.map((column) => readValue(column, row)));
      this.kinds.push(kindNames[batch.kinds?.[row] ?? 0]!);
    }
    this.isFull = this.fillsUp;
  }

  emitWatermark(watermarkMs: number): void {
    this.times.push(watermarkMs);
  }

  emitIdleness(isIdle: boolean): void {
    this.times.push(isIdle ? 'idle' : 'active');
  }
}

/** Rows sorted as text, so that results compare as multisets. */
function canonical(result: HarnessResult): unknown {
  return {
    main: result.main.map((row, index) => `${result.kinds[index]} ${rowText(row)}`).sort(),
    sides: Object.entries(result.sides).map(([name, rows]) => [name, rows.map(rowText).sort()]),
    times: result.times,
  };
}

export function rowText(row: readonly Value[]): string {
  return JSON.stringify(row, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}
