/**
 * A small job over channels for tests: sources, a middle vertex that passes rows on under another
 * key, and sinks that keep what they get. Every step is chosen from outside, so that a seed gives
 * one run. A row is (key, source, id, time); ids of a source count up.
 */
import { Batch } from '../../../src/engine/batch/batch.ts';
import { ExchangeChannels } from '../../../src/engine/channel/exchange-channels.ts';
import type {
  BarrierAction,
  CheckpointBarrier,
  StreamConsumer,
} from '../../../src/engine/channel/contract.ts';
import { restoreInFlight } from '../../../src/engine/channel/in-flight.ts';
import type { RestoredRows } from '../../../src/engine/channel/in-flight.ts';
import type { InputGate } from '../../../src/engine/channel/input-gate.ts';
import type { RecordWriter } from '../../../src/engine/channel/record-writer.ts';
import { SubtaskInputs } from '../../../src/engine/channel/subtask-inputs.ts';
import type { StatePart, SubtaskState } from '../../../src/engine/state/state-part.ts';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../../src/engine/state/snapshot-parts.ts';
import { writeValue } from '../../../src/engine/batch/write-value.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { rowsOf } from '../batch/batch-of.ts';
import type { Draw } from '../batch/random-values.ts';
import {
  evaluation,
  exchanges,
  MAX_PARALLELISM,
  rowOf,
  ROWS_PER_SOURCE,
  schema,
  sinkOf,
  targetsOf,
  type Row,
} from './network-rows.ts';

/** Most rows of one batch of a source. */
const BATCH_ROWS_MAX = 30;

/** One checkpoint as all subtasks have written it. */
export interface Cut {
  readonly checkpointId: number;
  /** Rows of each source before its barrier. */
  readonly positions: number[];
  /** What each sink had got. */
  readonly sinks: (readonly Row[])[];
  /** State of the gates and rows in flight, by subtask. */
  readonly states: { readonly middle: StatePart[][]; readonly sink: StatePart[][] };
  /** Watermarks that the middle had passed on. */
  readonly watermarks: number[];
  /** Subtasks that have not come to their end of it. */
  readonly missing: Set<Subtask>;
}

export interface Sizes {
  readonly sources: number;
  readonly middle: number;
  readonly sinks: number;
}

interface Subtask {
  readonly layer: 'source' | 'middle' | 'sink';
  readonly index: number;
  readonly inputs: SubtaskInputs;
  readonly writer: RecordWriter | null;
  readonly taker: Taker | null;
  readonly gate: InputGate | null;
  hasEnded: boolean;
}

/** Takes what a gate gives, and checks that time does not go back. */
class Taker implements StreamConsumer {
  readonly isFull = false;
  readonly rows: Row[];
  watermarkMs = -Infinity;
  hasEnded = false;
  private judgedMs = -Infinity;
  private readonly next: RecordWriter | null;

  constructor(next: RecordWriter | null, restored: readonly Row[]) {
    this.next = next;
    this.rows = [...restored];
  }

  emit(batch: Batch): void {
    for (const [row, values] of rowsOf(batch).entries()) {
      const beforeMs = batch.watermarksBefore![row]!;
      if (beforeMs < this.judgedMs) throw new Error('watermarks before rows do not fall');
      this.judgedMs = beforeMs;
      if (Number(values[3]) < beforeMs) throw new Error('a row is late that was not');
      const [key, source, id, time] = values.map(Number);
      this.rows.push([key!, source!, id!, time!]);
    }
    this.next?.emit(batch);
  }

  emitWatermark(watermarkMs: number): void {
    if (watermarkMs <= this.watermarkMs) throw new Error('watermarks rise');
    this.watermarkMs = watermarkMs;
    this.next?.emitWatermark(watermarkMs);
  }

  emitIdleness(isIdle: boolean): void {
    this.next?.emitIdleness(isIdle);
  }

  end(): void {
    if (this.hasEnded) throw new Error('an input ends once');
    this.hasEnded = true;
  }

  drain(): boolean {
    return true;
  }
}

export class Network {
  /** Complete ones, in the order in which they became so. */
  readonly completed: Cut[] = [];
  readonly aborted = new Set<number>();
  nowMs = 0;
  /** Channels of which a cut has rows in flight. */
  partsInFlight = 0;
  private readonly draw: Draw;
  private readonly sizes: Sizes;
  private readonly positions: number[];
  private readonly subtasks: readonly Subtask[];
  private readonly pending = new Map<number, Cut>();
  private readonly batch = new Batch(schema);

  constructor(draw: Draw, sizes: Sizes, from: Cut | null = null) {
    this.draw = draw;
    this.sizes = sizes;
    this.positions = from?.positions.slice() ?? Array.from({ length: sizes.sources }, () => 0);
    const toMiddle = exchangeOf(0, sizes.sources, sizes.middle, draw);
    const toSinks = exchangeOf(1, sizes.middle, sizes.sinks, draw);
    const sources = this.positions.map((_, index) => this.source(toMiddle, index));
    const middle = Array.from({ length: sizes.middle }, (_, index) =>
      this.consumer('middle', index, { from, gates: toMiddle, writers: toSinks }),
    );
    const sinks = Array.from({ length: sizes.sinks }, (_, index) =>
      this.consumer('sink', index, { from, gates: toSinks, writers: null }),
    );
    this.subtasks = [...sources, ...middle, ...sinks];
    // What a restored operator had passed on it says again.
    const passedMs = Math.min(...(from?.watermarks ?? []));
    for (const { writer, taker } of from === null ? [] : middle) {
      taker!.watermarkMs = passedMs;
      writer!.emitWatermark(passedMs);
    }
  }

  get sinkRows(): readonly (readonly Row[])[] {
    return this.subtasks.filter(({ layer }) => layer === 'sink').map(({ taker }) => taker!.rows);
  }

  get hasEnded(): boolean {
    return this.subtasks.every(({ hasEnded }) => hasEnded);
  }

  trigger(barrier: CheckpointBarrier): void {
    this.pending.set(barrier.checkpointId, {
      checkpointId: barrier.checkpointId,
      positions: [],
      sinks: [],
      states: { middle: [], sink: [] },
      watermarks: [],
      missing: new Set(this.subtasks),
    });
    for (const { layer, inputs } of this.subtasks) {
      if (layer === 'source') inputs.trigger(barrier);
    }
  }

  abort(checkpointId: number): void {
    this.pending.delete(checkpointId);
    this.aborted.add(checkpointId);
    for (const { inputs } of this.subtasks) inputs.abort(checkpointId);
  }

  get pendingIds(): readonly number[] {
    return [...this.pending.keys()];
  }

  /** Lets one subtask that can do something take a step; false: none can. */
  step(): boolean {
    this.nowMs += this.draw(3);
    for (const subtask of this.subtasks) this.act(subtask, subtask.inputs.timePassed(this.nowMs));
    const runnable = this.subtasks.filter((subtask) => this.canStep(subtask));
    if (runnable.length === 0) {
      const waiting = this.subtasks.filter(({ writer }) => writer?.hasOpenRows === true);
      for (const { writer } of waiting) writer!.flush();
      return waiting.length > 0;
    }
    const subtask = runnable[this.draw(runnable.length)]!;
    if (this.draw(4) === 0) subtask.writer?.flush();
    this.stepOf(subtask);
    return true;
  }

  runToEnd(): void {
    while (this.step());
  }

  private canStep({ inputs, writer, layer, index, hasEnded }: Subtask): boolean {
    if (writer !== null && !writer.hasCredit) return false;
    if (inputs.isRunnable) return true;
    if (layer === 'source') return this.hasRows(index) ? !inputs.areSourcesBlocked : !hasEnded;
    return inputs.hasEnded && !hasEnded;
  }

  private stepOf(subtask: Subtask): void {
    const { inputs, layer, index, writer } = subtask;
    const actions = inputs.step(this.nowMs);
    if (actions !== null) this.act(subtask, actions);
    else if (layer === 'source' && this.hasRows(index)) this.emit(index, writer!);
    else {
      subtask.hasEnded = true;
      if (layer === 'source') writer!.emitWatermark(Infinity);
      writer?.end();
    }
  }

  private hasRows(source: number): boolean {
    return this.positions[source]! < ROWS_PER_SOURCE;
  }

  private emit(source: number, writer: RecordWriter): void {
    const { batch } = this;
    batch.reset();
    const before = new Float64Array(BATCH_ROWS_MAX);
    const end = Math.min(
      ROWS_PER_SOURCE,
      this.positions[source]! + 1 + this.draw(BATCH_ROWS_MAX - 1),
    );
    for (let id = this.positions[source]!; id < end; id++) {
      const row = batch.rowCount++;
      before[row] = id * 10 - 5;
      rowOf(source, id).forEach((value, index) => {
        writeValue(batch.columns[index]!, row, value);
      });
    }
    batch.watermarksBefore = before;
    batch.watermarkAfter = end * 10 - 5;
    this.positions[source] = end;
    writer.emit(batch);
    if (this.draw(3) > 0) writer.emitWatermark(batch.watermarkAfter);
  }

  private act(subtask: Subtask, actions: readonly BarrierAction[]): void {
    for (const action of actions) {
      if (action.kind === 'snapshot') this.snapshot(subtask, action);
      else if (action.kind === 'in-flight-complete') {
        const parts = subtask.inputs.takeInFlight(action.checkpointId);
        const cut = this.pending.get(action.checkpointId);
        if (cut === undefined || subtask.layer === 'source') this.acknowledge(subtask, cut);
        else {
          const inFlight = parts.flatMap((each) => each.parts);
          cut.states[subtask.layer][subtask.index]!.push(...inFlight);
          this.partsInFlight += inFlight.length;
          this.acknowledge(subtask, cut);
        }
      } else this.abort(action.checkpointId);
    }
  }

  private snapshot(
    subtask: Subtask,
    { barrier, isUnaligned }: Extract<BarrierAction, { readonly kind: 'snapshot' }>,
  ): void {
    const { layer, index, taker, gate, writer } = subtask;
    const cut = this.pending.get(barrier.checkpointId);
    if (cut !== undefined) {
      if (layer === 'source') cut.positions[index] = this.positions[index]!;
      else {
        const { checkpointId } = barrier;
        const order = { checkpointId, isSavepoint: false, maxParallelism: MAX_PARALLELISM };
        const parts = new SnapshotParts(order);
        gate!.snapshotState(parts);
        cut.states[layer][index] = [...parts.finish()];
      }
      if (layer === 'sink') cut.sinks[index] = [...taker!.rows];
      if (layer === 'middle') cut.watermarks[index] = taker!.watermarkMs;
    }
    writer?.sendBarrier(barrier, isUnaligned);
    if (!isUnaligned) this.acknowledge(subtask, cut);
  }

  private acknowledge(subtask: Subtask, cut: Cut | undefined): void {
    if (cut === undefined) return;
    cut.missing.delete(subtask);
    if (cut.missing.size > 0) return;
    this.pending.delete(cut.checkpointId);
    this.completed.push(cut);
  }

  private source(to: ExchangeChannels, index: number): Subtask {
    const writer = to.writer(index, { evaluation, memory: roomyTestMemory() });
    const inputs = new SubtaskInputs([], true);
    return { layer: 'source', index, inputs, writer, taker: null, gate: null, hasEnded: false };
  }

  private consumer(
    layer: 'middle' | 'sink',
    index: number,
    how: {
      readonly from: Cut | null;
      readonly gates: ExchangeChannels;
      readonly writers: ExchangeChannels | null;
    },
  ): Subtask {
    const { from } = how;
    const context = { evaluation, memory: roomyTestMemory() };
    const writer = how.writers?.writer(index, context) ?? null;
    const taker = new Taker(writer, layer === 'sink' ? ownRows(from, index, this.sizes) : []);
    const old = from?.states[layer].map((parts, subtask) => ({ subtask, parts })) ?? [];
    const gate = how.gates.gate(index, taker, this.inFlight(layer, index, old));
    if (from !== null) {
      const now = {
        subtask: index,
        parallelism: layer === 'middle' ? this.sizes.middle : this.sizes.sinks,
        maxParallelism: MAX_PARALLELISM,
      };
      gate.restoreState(new RestoredParts(old, now));
    }
    const inputs = new SubtaskInputs([gate], false);
    return { layer, index, inputs, writer, taker, gate, hasEnded: false };
  }

  private inFlight(
    layer: 'middle' | 'sink',
    subtask: number,
    old: readonly SubtaskState[],
  ): readonly RestoredRows[] {
    if (old.length === 0) return [];
    const exchange = exchanges[layer === 'middle' ? 0 : 1]!;
    const { sources, middle, sinks } = this.sizes;
    const parallelism = layer === 'middle' ? middle : sinks;
    return restoreInFlight(old, {
      input: 0,
      schema,
      exchange,
      subtask,
      parallelism,
      channelCount: layer === 'middle' ? sources : middle,
      targets: targetsOf(exchange, parallelism),
    });
  }
}

/** The rows that an old checkpoint's sinks had got, as far as this sink owns their keys. */
function ownRows(from: Cut | null, index: number, { sinks }: Sizes): readonly Row[] {
  const rows = from?.sinks.flat() ?? [];
  const owners = sinkOf(rows, sinks);
  return rows.filter((_, position) => owners[position] === index);
}

function exchangeOf(
  index: number,
  producers: number,
  consumers: number,
  draw: Draw,
): ExchangeChannels {
  const batchRows = [1, 7, 2048][draw(3)]!;
  return new ExchangeChannels({
    exchange: {
      index,
      exchange: exchanges[index]!,
      from: { vertex: index, node: `node${index}`, stream: 'main' },
      to: { vertex: index + 1, node: `node${index + 1}`, input: 0 },
    },
    schema,
    producers,
    consumers,
    maxParallelism: MAX_PARALLELISM,
    memoryOf: () => null,
    batchRows,
  });
}
