/**
 * Drives an operator that calls to the outside, as the job does, but with a clock that a test moves
 * and with calls that a test answers, in any order. What is emitted comes as one list of rows and
 * watermarks.
 */
import { expect } from 'vitest';
import { Batch, type RowSchema } from '../../src/engine/batch/batch.ts';
import { BATCH_ROWS } from '../../src/engine/batch/column.ts';
import { readValue } from '../../src/engine/batch/read-value.ts';
import { writeValue } from '../../src/engine/batch/write-value.ts';
import type { AsyncContext } from '../../src/engine/async/async-function.ts';
import type { Operator, Output } from '../../src/engine/operator/contract.ts';
import type { Row } from '../../src/engine/process/process-function.ts';
import type { StatePart, SubtaskState } from '../../src/engine/state/state-part.ts';
import { restoreInto, restoreSubtask, stateOf } from './operator-state.ts';
import type { Value } from '../../src/expression/value.ts';

export interface DrivenRow {
  readonly values: readonly Value[];
  /** Watermark before the row. */
  readonly watermarkMs: number;
}

export type Emitted = DrivenRow | { readonly watermark: number } | { readonly isIdle: boolean };

/** A call that waits for its answer. */
export interface OpenCall {
  readonly row: Row;
  readonly context: AsyncContext;
  readonly kind: 'invoke' | 'timeout';
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

export interface DriverOptions {
  /** Gets the clock, and what the module exports. */
  readonly create: (clock: { nowMs(): number }, module: unknown) => Operator;
  readonly schema: RowSchema;
  /** The output is full after each batch. */
  readonly fillsUp?: boolean;
  /** Overrides the module, whose calls `openCalls` holds otherwise. */
  readonly module?: unknown;
  readonly hasTimeout?: boolean;
  /** What it is restored from, as one of several subtasks. */
  readonly restored?: {
    readonly states: readonly SubtaskState[];
    readonly subtask: number;
    readonly parallelism: number;
  };
}

type Call = () => boolean;

export class AsyncDriver {
  nowMs = 0;
  readonly emitted: Emitted[] = [];
  /** In the order in which they were made. */
  openCalls: OpenCall[] = [];
  wakeCount = 0;
  private readonly options: DriverOptions;
  private readonly output: Output & { isFull: boolean };
  private operator: Operator;
  /** Calls that the operator has not finished, as an edge holds them. */
  private readonly pending: Call[] = [];

  private constructor(options: DriverOptions) {
    this.options = options;
    this.output = this.collectingOutput();
    this.operator = this.create();
  }

  static async start(options: DriverOptions): Promise<AsyncDriver> {
    const driver = new AsyncDriver(options);
    const { restored } = options;
    if (restored !== undefined) restoreSubtask(driver.operator, restored.states, restored);
    await driver.open();
    if (restored !== undefined) await driver.pump();
    return driver;
  }

  /** Rows and watermarks that the operator has not taken. */
  get pendingCount(): number {
    return this.pending.length;
  }

  get rowsInFlight(): number {
    return this.operator.outside!.rowsInFlight;
  }

  get nextDueMs(): number {
    return this.operator.outside!.nextDueMs;
  }

  get isHeldUp(): boolean {
    return this.operator.outside!.isHeldUp;
  }

  async send(rows: readonly DrivenRow[]): Promise<void> {
    const batch = new Batch(this.options.schema);
    const watermarks = new Float64Array(BATCH_ROWS);
    for (const [row, { values, watermarkMs }] of rows.entries()) {
      for (const [index, value] of values.entries()) writeValue(batch.columns[index]!, row, value);
      watermarks[row] = watermarkMs;
    }
    batch.rowCount = rows.length;
    batch.watermarksBefore = watermarks;
    this.pending.push(() => this.operator.processBatch(batch, 0));
    await this.pump();
  }

  async sendWatermark(watermarkMs: number): Promise<void> {
    this.pending.push(() => this.operator.processWatermark(watermarkMs, 0));
    await this.pump();
  }

  async sendIdleness(isIdle: boolean): Promise<void> {
    this.pending.push(() => this.operator.processIdleness!(isIdle, 0));
    await this.pump();
  }

  /** Answers one of the open calls; the index goes around. */
  async answer(index: number, settle: (call: OpenCall) => void): Promise<void> {
    if (this.openCalls.length === 0) return;
    const [call] = this.openCalls.splice(index % this.openCalls.length, 1);
    settle(call!);
    await this.pump();
  }

  async passTime(ms: number): Promise<void> {
    this.nowMs += ms;
    await this.pump();
  }

  /** Writes the state, where a snapshot can be taken, and starts a new operator from it. */
  async restore(): Promise<boolean> {
    if (this.pending.length > 0) return false;
    const state = this.snapshot();
    await this.operator.outside!.stop();
    this.operator.close();
    this.openCalls = [];
    this.operator = this.create();
    restoreInto(this.operator, state);
    await this.open();
    await this.pump();
    return true;
  }

  snapshot(): readonly StatePart[] {
    return stateOf(this.operator);
  }

  async stop(): Promise<void> {
    await this.operator.outside!.stop();
    this.operator.close();
  }

  /** Repeats what is pending until that needs an answer; empties the output where it is full. */
  async pump(): Promise<void> {
    await settlePromises();
    this.advance();
    while (this.pending.length > 0) {
      if (this.pending[0]!()) {
        this.pending.shift();
        this.advance();
      } else if (this.output.isFull) {
        this.output.isFull = false;
      } else if (this.operator.outside!.isHeldUp) {
        break;
      }
    }
    this.output.isFull = false;
  }

  private advance(): void {
    while (!this.operator.outside!.advance()) {
      expect(this.output.isFull, 'without an answer it goes on when there is room').toBe(true);
      this.output.isFull = false;
    }
  }

  private create(): Operator {
    const module = this.options.module ?? this.heldModule();
    return this.options.create({ nowMs: () => this.nowMs }, module);
  }

  private async open(): Promise<void> {
    await this.operator.outside!.start(() => {
      this.wakeCount++;
    });
    this.operator.open({ main: this.output, side: () => null });
  }

  private heldModule(): unknown {
    const hold =
      (kind: OpenCall['kind']) =>
      (row: Row, context: AsyncContext): Promise<unknown> =>
        new Promise((resolve, reject) => {
          this.openCalls.push({ row, context, kind, resolve, reject });
        });
    const timeout = this.options.hasTimeout === true ? { timeout: hold('timeout') } : {};
    return { invoke: hold('invoke'), ...timeout };
  }

  private collectingOutput(): Output & { isFull: boolean } {
    return {
      isFull: false,
      emit: (batch) => {
        expect(this.output.isFull, 'a full output takes no batch').toBe(false);
        for (let row = 0; row < batch.rowCount; row++) {
          const values = batch.columns.map((column) => readValue(column, row));
          this.emitted.push({ values, watermarkMs: batch.watermarksBefore![row]! });
        }
        this.output.isFull = this.options.fillsUp === true;
      },
      emitWatermark: (watermark) => {
        this.emitted.push({ watermark });
      },
      emitIdleness: (isIdle) => {
        this.emitted.push({ isIdle });
      },
    };
  }
}

/** A hop to the check phase of the loop: all promises that can settle have. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
