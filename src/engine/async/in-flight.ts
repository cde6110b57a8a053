/**
 * The rows of an `async` node between their arrival and their leaving: calls for them, and their way
 * out in order, with the watermarks that came between them.
 */
import type { Value } from '../../expression/value.ts';
import { Batch, WATERMARK_MIN } from '../batch/batch.ts';
import { BATCH_ROWS } from '../batch/column.ts';
import { writeValue } from '../batch/write-value.ts';
import type { Output } from '../operator/contract.ts';
import type { OutsideCalls } from '../operator/outside-calls.ts';
import type { AsyncPlace } from './async-place.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { AsyncCall } from './async-call.ts';
import { instantiateAsync, openModule } from './async-function.ts';
import type { AsyncWaitSpec } from './async-wait-spec.ts';
import { CallRows } from './call-rows.ts';
import { CallRunner } from './call-runner.ts';
import { readCalls, writeCalls } from './in-flight-state.ts';
import { ResultQueue } from './result-queue.ts';

export class InFlight implements OutsideCalls {
  isHeldUp = false;
  private readonly spec: AsyncWaitSpec;
  private readonly context: TaskContext;
  private readonly place: AsyncPlace;
  private readonly queue: ResultQueue<AsyncCall>;
  private readonly runner: CallRunner;
  private readonly batch: Batch;
  private readonly watermarks = new Float64Array(BATCH_ROWS);
  private output: Output | null = null;
  /** Rows that came so far. */
  private position = 0;
  /** The highest watermark that has come, on its own or before a row. */
  private inputMs = WATERMARK_MIN;
  /** A watermark that the output is to see before anything else. */
  private owedMs = WATERMARK_MIN;
  /** The watermark that the output has seen. */
  private emittedMs = WATERMARK_MIN;
  /**
   * The watermark before the last row that has left. It does not fall, not even where rows of
   * several old subtasks and new ones meet.
   */
  private rowMs = WATERMARK_MIN;
  private isInputIdle = false;
  /** What the output has been told. */
  private isOutputIdle = false;
  /** Rows of the call that leaves next which have left already. */
  private rowAt = 0;

  constructor(spec: AsyncWaitSpec, context: TaskContext) {
    const place = { node: spec.name, module: spec.moduleText };
    this.spec = spec;
    this.context = context;
    this.place = place;
    this.queue = new ResultQueue(spec.isOrdered);
    this.batch = new Batch([...spec.inputSchema, ...spec.resultSchema]);
    this.runner = new CallRunner(
      { place, timeoutMs: spec.timeoutMs, retry: spec.retry },
      new CallRows(place, spec.inputSchema, spec.resultSchema),
      context.evaluation,
      (call) => {
        this.queue.complete(call);
      },
    );
  }

  async start(wake: () => void): Promise<void> {
    const exported = this.context.modules?.get(this.spec.modulePath);
    const target = instantiateAsync(exported, this.place);
    await openModule(target, this.place);
    this.runner.use(target, wake);
  }

  /** The rows that a snapshot has brought are called for again. */
  open(output: Output): void {
    this.output = output;
    if (this.owedMs > this.emittedMs) this.emitWatermark(this.owedMs);
    for (const element of this.queue.elements()) {
      if (element.kind === 'row') this.runner.start(element.row);
    }
  }

  get isAtCapacity(): boolean {
    return this.queue.rowCount >= this.spec.capacity;
  }

  get rowsInFlight(): number {
    return this.queue.rowCount;
  }

  get callsUnderWay(): number {
    return this.runner.callsUnderWay;
  }

  get nextDueMs(): number {
    return this.runner.nextDueMs;
  }

  add(values: readonly Value[], watermarkMs: number): void {
    const call = new AsyncCall(values, watermarkMs, ++this.position);
    this.inputMs = Math.max(this.inputMs, watermarkMs);
    this.queue.add(call);
    this.runner.start(call);
  }

  /** Follows the rows that are in flight. */
  addWatermark(watermarkMs: number): void {
    this.inputMs = Math.max(this.inputMs, watermarkMs);
    if (this.queue.isEmpty) this.emitWatermark(watermarkMs);
    else this.queue.addWatermark(watermarkMs);
  }

  /** No rows are expected of the input for now, or again; the output is not idle with rows on the way. */
  setIdle(isIdle: boolean): void {
    this.isInputIdle = isIdle;
    this.tellIdleness();
  }

  advance(): boolean {
    this.runner.takeAnswers();
    for (;;) {
      const watermarkMs = this.queue.takeWatermark();
      if (watermarkMs !== null) this.emitWatermark(watermarkMs);
      else if (this.queue.nextRow() === null) break;
      else if (this.output!.isFull) return false;
      else this.emitRows();
    }
    this.tellIdleness();
    return true;
  }

  async stop(): Promise<void> {
    await this.runner.stop();
  }

  snapshotState(snapshot: SnapshotWriter): void {
    const { position, inputMs, emittedMs, isInputIdle, isOutputIdle } = this;
    const progress = { position, inputMs, emittedMs, isInputIdle, isOutputIdle };
    writeCalls(snapshot, this.spec.inputSchema, progress, this.queue.elements());
  }

  restoreState(restored: RestoredState): void {
    const calls = readCalls(restored, this.spec.inputSchema);
    if (calls === null) return;
    const { position, inputMs, emittedMs, isInputIdle, isOutputIdle } = calls.progress;
    this.position = position;
    this.inputMs = inputMs;
    this.emittedMs = emittedMs;
    this.isInputIdle = isInputIdle;
    this.isOutputIdle = isOutputIdle;
    for (const element of calls.elements) {
      if (element.kind === 'row') {
        const { row } = element;
        this.queue.add(new AsyncCall(row.values, row.watermarkMs, row.position));
      } else {
        if (this.queue.isEmpty) throw corruptState('a watermark follows no row in flight');
        this.queue.addWatermark(element.watermarkMs);
      }
    }
    const { watermarkMs } = calls;
    if (watermarkMs === null || watermarkMs <= emittedMs) return;
    // The rows that held it back may have gone to another subtask.
    if (this.queue.isEmpty) this.owedMs = watermarkMs;
    else this.queue.addWatermark(watermarkMs);
  }

  private emitWatermark(watermarkMs: number): void {
    this.emittedMs = Math.max(this.emittedMs, watermarkMs);
    this.output!.emitWatermark(watermarkMs);
  }

  private tellIdleness(): void {
    const isIdle = this.isInputIdle && this.queue.isEmpty;
    if (isIdle === this.isOutputIdle) return;
    this.isOutputIdle = isIdle;
    this.output!.emitIdleness(isIdle);
  }

  /** Emits the rows that may leave, at most a batch of them. */
  private emitRows(): void {
    const { batch, queue } = this;
    batch.reset();
    batch.watermarksBefore = this.watermarks;
    for (let call = queue.nextRow(); call !== null; call = queue.nextRow()) {
      while (this.rowAt < call.rows.length && !batch.isFull) {
        this.writeRow(call, call.rows[this.rowAt++]!);
      }
      if (this.rowAt < call.rows.length) break;
      this.rowAt = 0;
      queue.removeRow();
    }
    batch.watermarkAfter = this.emittedMs;
    if (batch.rowCount > 0) this.output!.emit(batch);
  }

  private writeRow(call: AsyncCall, result: readonly Value[]): void {
    const { batch } = this;
    const row = batch.rowCount++;
    this.rowMs = Math.max(this.rowMs, call.watermarkMs);
    this.emittedMs = Math.max(this.emittedMs, this.rowMs);
    this.watermarks[row] = this.rowMs;
    const { columns } = batch;
    const inputCount = call.values.length;
    for (let index = 0; index < inputCount; index++) {
      writeValue(columns[index]!, row, call.values[index]!);
    }
    for (let index = 0; index < result.length; index++) {
      writeValue(columns[inputCount + index]!, row, result[index]!);
    }
  }
}
