/**
 * Runs one operator on a list of events in every way that must not make a difference: one row at a
 * time or whole batches, an output that is full after each batch or never, with or without a
 * snapshot, with or without a restore into a fresh operator after each event. An operator of keyed
 * state also runs as several subtasks, whose number changes after each event. One that writes its state
 * while rows go on is restored from what it wrote between and behind the events after the barrier.
 */
import { expect } from 'vitest';
import { Batch, type RowSchema } from '../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../src/engine/batch/column.ts';
import { writeValue } from '../../src/engine/batch/write-value.ts';
import type { Operator } from '../../src/engine/operator/contract.ts';
import type { SubtaskState } from '../../src/engine/state/state-part.ts';
import type { Value } from '../../src/expression/value.ts';
import {
  CollectingOutput,
  kindNames,
  MergedTimes,
  type OutputTime,
  type RowKindName,
} from './collecting-output.ts';
import { LaterRun, type Barrier } from './later-run.ts';
import { KeyRouter } from './key-router.ts';
import { restoreSubtask, stateOf } from './operator-state.ts';

export type { RowKindName } from './collecting-output.ts';

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
  readonly times: readonly OutputTime[];
}

export interface HarnessMode {
  readonly rowsPerBatch: number;
  readonly outputCapacity: 1 | 'unlimited';
  /**
   * Rescaled: restored by another number of subtasks after each event. Later: the same after a few
   * events, during which the snapshot is written; they are replayed from the barrier on.
   */
  readonly snapshots: 'none' | 'taken' | 'restored' | 'rescaled' | 'later';
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

/**
 * For operators whose state is by key: see `HarnessSpec.keyColumns`. Two of the four, since each
 * event makes several operators.
 */
export const rescaledModes: readonly HarnessMode[] = [
  { rowsPerBatch: 1, outputCapacity: 1, snapshots: 'rescaled' },
  { rowsPerBatch: BATCH_ROWS, outputCapacity: 'unlimited', snapshots: 'rescaled' },
];

/** For operators that write their state while rows go on: see `HarnessSpec.writesLater`. */
export const laterModes: readonly HarnessMode[] = [
  { rowsPerBatch: 1, outputCapacity: 1, snapshots: 'later' },
  { rowsPerBatch: 3, outputCapacity: 'unlimited', snapshots: 'later' },
];

export interface HarnessSpec {
  /** `barrierIdsMax`: for the operator's context. */
  readonly create: (barrierIdsMax?: number) => Operator;
  readonly schemas: readonly RowSchema[];
  /**
   * By input: positions of the columns by whose key rows go to subtasks. 'all': rows go to each of
   * them. Given for operators that can be restored at another parallelism.
   */
  readonly keyColumns?: readonly (readonly number[] | 'all')[];
  /**
   * Keyed state is written while rows go on. One: it is restored by one subtask, as a row may make
   * another key's results due, which another subtask would hear of later.
   */
  readonly writesLater?: boolean | 'one';
  readonly sides?: readonly string[];
  /** The operators' clock: told of each `time` event, and of 0 at the start of a run. */
  readonly setNow?: (nowMs: number) => void;
}

/** All modes that the operator can run in. */
export function modesOf({
  keyColumns,
  writesLater = false,
}: Pick<HarnessSpec, 'keyColumns' | 'writesLater'>): readonly HarnessMode[] {
  return [
    ...harnessModes,
    ...(keyColumns === undefined ? [] : rescaledModes),
    ...(writesLater === false ? [] : laterModes),
  ];
}

/** Runs the operator in every mode, expects equal results (rows as multisets), returns one. */
export function runInAllModes(spec: HarnessSpec, events: readonly HarnessEvent[]): HarnessResult {
  const modes = modesOf(spec);
  const results = modes.map((mode) => runOperator(spec, events, mode));
  for (const [index, result] of results.entries()) {
    // Several subtasks that are not restored at once say the same watermark once.
    const isMerged = modes[index]!.snapshots === 'later';
    const told = (of: HarnessResult): HarnessResult =>
      isMerged ? { ...of, times: of.times.filter((time, at) => time !== of.times[at - 1]) } : of;
    expect(canonical(told(result)), JSON.stringify(modes[index])).toEqual(
      canonical(told(results[0]!)),
    );
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
  private readonly router: KeyRouter | null;
  /** Of the subtasks' main outputs; made anew when their number changes. */
  private times: MergedTimes;
  private snapshotCount = 0;
  private readonly laterRun: LaterRun<HarnessEvent> | null;
  private nowMs = 0;
  /** The subtasks, which are one but when rescaled. */
  private operators: readonly Operator[];

  constructor(spec: HarnessSpec, mode: HarnessMode) {
    this.spec = spec;
    this.mode = mode;
    this.main = new CollectingOutput(mode.outputCapacity);
    this.sides = new Map(
      (spec.sides ?? []).map((name) => [name, new CollectingOutput(mode.outputCapacity)]),
    );
    this.batches = spec.schemas.map((schema) => new Batch(schema));
    const { keyColumns } = spec;
    const routes =
      keyColumns !== undefined &&
      (mode.snapshots === 'rescaled' || (mode.snapshots === 'later' && spec.writesLater !== 'one'));
    this.router = routes ? new KeyRouter(keyColumns) : null;
    this.laterRun = mode.snapshots === 'later' ? new LaterRun() : null;
    spec.setNow?.(0);
    this.times = new MergedTimes(this.main, 1);
    this.operators = [this.start(0, 1, null)];
  }

  handle(event: HarnessEvent): void {
    switch (event.kind) {
      case 'rows':
        for (let at = 0; at < event.rows.length; at += this.mode.rowsPerBatch) {
          const rows = event.rows.slice(at, at + this.mode.rowsPerBatch);
          this.act({ kind: 'rows', input: event.input, rows });
          this.snapshot({ kind: 'rows', input: event.input, rows });
        }
        return;
      default:
        this.act(event);
        this.snapshot(event);
    }
  }

  result(): HarnessResult {
    for (const operator of this.operators) operator.close();
    return {
      main: this.main.rows,
      kinds: this.main.kinds,
      sides: Object.fromEntries([...this.sides].map(([name, side]) => [name, side.rows])),
      watermarks: this.main.times.filter((time) => typeof time === 'number'),
      times: this.main.times,
    };
  }

  private act(event: HarnessEvent): void {
    switch (event.kind) {
      case 'rows':
        this.sendRows(event.input, event.rows);
        break;
      case 'watermark':
        this.each((operator) => operator.processWatermark(event.watermarkMs, event.input));
        break;
      case 'idle':
        this.each((operator) => operator.processIdleness?.(event.isIdle, event.input) ?? true);
        break;
      case 'end':
        this.each((operator) => operator.endInput(event.input));
        break;
      case 'time':
        this.setTime(event.nowMs);
        break;
    }
  }

  private setTime(nowMs: number): void {
    this.nowMs = nowMs;
    this.spec.setNow?.(nowMs);
    for (const operator of this.operators) {
      while ((operator.nextTimerMs ?? Infinity) <= nowMs) {
        this.repeat(() => operator.processTimers?.(nowMs) ?? true);
      }
    }
  }

  private sendRows(input: number, rows: readonly HarnessRow[]): void {
    const batch = this.batches[input]!;
    this.fill(batch, rows);
    const { router, operators } = this;
    const routed =
      router === null || operators.length === 1
        ? [rows]
        : router.route(batch, { input, rows, subtasks: operators.length });
    for (const [subtask, operator] of operators.entries()) {
      const own = routed[subtask]!;
      if (own.length === 0) continue;
      this.fill(batch, own);
      this.repeat(() => operator.processBatch(batch, input));
    }
  }

  private fill(batch: Batch, rows: readonly HarnessRow[]): void {
    batch.reset();
    for (const [row, { values, watermarkMs, kind = '+I' }] of rows.entries()) {
      for (const [index, value] of values.entries()) writeValue(batch.columns[index]!, row, value);
      this.watermarks[row] = watermarkMs ?? -Infinity;
      this.kinds[row] = kindNames.indexOf(kind);
    }
    batch.rowCount = rows.length;
    batch.watermarksBefore = this.watermarks;
    batch.kinds = rows.some(({ kind }) => kind !== undefined) ? this.kinds : null;
  }

  private each(call: (operator: Operator) => boolean): void {
    for (const operator of this.operators) this.repeat(() => call(operator));
  }

  private repeat(call: () => boolean): void {
    while (!call()) this.empty();
    this.empty();
  }

  private empty(): void {
    this.main.isFull = false;
    for (const side of this.sides.values()) side.isFull = false;
  }

  private snapshot(after: HarnessEvent): void {
    const { snapshots } = this.mode;
    if (snapshots === 'none') return;
    if (this.laterRun !== null) {
      const barrier = this.laterRun.after(after, this.operators, {
        nowMs: this.nowMs,
        rowCount: this.main.rows.length,
      });
      if (barrier !== null) this.replay(barrier);
      return;
    }
    const states = this.operators.map((operator, subtask) => ({
      subtask,
      parts: stateOf(operator),
    }));
    if (snapshots === 'taken') return;
    this.restore(states);
  }

  private restore(states: readonly SubtaskState[]): void {
    for (const operator of this.operators) operator.close();
    const parallelism = this.router === null ? 1 : PARALLELISMS[this.snapshotCount]!;
    this.snapshotCount = (this.snapshotCount + 1) % PARALLELISMS.length;
    this.times = new MergedTimes(this.main, parallelism);
    this.operators = Array.from({ length: parallelism }, (_, subtask) =>
      this.start(subtask, parallelism, states),
    );
  }

  /** What is emitted again must be what was emitted from the barrier on. */
  private replay({ states, place, events }: Barrier<HarnessEvent>): void {
    const outputs = [this.main, ...this.sides.values()];
    for (const output of outputs) output.isMuted = true;
    this.main.repeated.length = 0;
    this.nowMs = place.nowMs;
    this.spec.setNow?.(place.nowMs);
    this.restore(states);
    for (const event of events) this.act(event);
    for (const output of outputs) output.isMuted = false;
    const { kinds, repeated, rows } = this.main;
    const before = rows.slice(place.rowCount).map((row, index) => {
      return `${kinds[place.rowCount + index]} ${rowText(row)}`;
    });
    const again = repeated.map(([kind, row]) => `${kind} ${rowText(row)}`);
    expect(again.sort(), 'rows of a replay').toEqual(before.sort());
  }

  private start(
    subtask: number,
    parallelism: number,
    states: readonly SubtaskState[] | null,
  ): Operator {
    const operator = this.laterRun === null ? this.spec.create() : this.spec.create(0);
    if (states !== null) restoreSubtask(operator, states, { subtask, parallelism });
    operator.open({
      main: this.times.outputOf(subtask),
      side: (name) => this.sides.get(name) ?? null,
    });
    return operator;
  }
}

/** The numbers of subtasks that follow each other. */
const PARALLELISMS = [2, 3, 1] as const;

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
