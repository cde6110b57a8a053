import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/engine/batch/batch.ts';
import type {
  BarrierAction,
  CheckpointBarrier,
  StreamConsumer,
} from '../../../src/engine/channel/contract.ts';
import { ExchangeChannels } from '../../../src/engine/channel/exchange-channels.ts';
import { restoreInFlight } from '../../../src/engine/channel/in-flight.ts';
import type { RecordWriter } from '../../../src/engine/channel/record-writer.ts';
import { SubtaskInputs } from '../../../src/engine/channel/subtask-inputs.ts';
import { testMemory } from '../../support/test-memory.ts';
import { batchOf, field, rowsOf } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';

const schema = [field('id', types.int)];

class Taken implements StreamConsumer {
  readonly isFull = false;
  readonly ids: number[] = [];

  emit(batch: Batch): void {
    this.ids.push(...rowsOf(batch).map(([id]) => Number(id)));
  }

  emitWatermark(): void {
    // Rows alone count here.
  }

  emitIdleness(): void {
    // Rows alone count here.
  }

  end(): void {
    // Rows alone count here.
  }

  drain(): boolean {
    return true;
  }
}

const barrier = (alignedTimeoutMs: number, checkpointId = 1): CheckpointBarrier => ({
  checkpointId,
  isSavepoint: false,
  triggeredAtMs: 100,
  isExactlyOnce: true,
  alignedTimeoutMs,
});
const ALIGNED = barrier(Infinity);
const AT_ONCE = barrier(0);
const IN_TIME = barrier(50);

const kindsOf = (actions: readonly BarrierAction[] | null): readonly string[] | null =>
  actions?.map((action) =>
    action.kind === 'snapshot' ? `${action.isUnaligned ? 'unaligned' : 'aligned'}` : action.kind,
  ) ?? null;

/** A subtask that two others send to. */
function subtask({ hasSources = false } = {}) {
  const channels = new ExchangeChannels({
    exchange: {
      index: 0,
      exchange: { kind: 'forward' },
      from: { vertex: 0, node: 'from', stream: 'main' },
      to: { vertex: 1, node: 'to', input: 0 },
    },
    schema,
    producers: 2,
    consumers: 1,
    maxParallelism: 128,
    memoryOf: () => null,
  });
  const evaluation = { timeZone: 'UTC', nowMs: () => 0, random: () => 0 };
  const taken = new Taken();
  const [one, two] = [0, 1].map((index) =>
    channels.writer(index, { evaluation, memory: testMemory }),
  );
  const inputs = new SubtaskInputs([channels.gate(0, taken)], hasSources);
  return { one: one!, two: two!, taken, inputs };
}

function send(writer: RecordWriter, id: number): void {
  writer.emit(batchOf(schema, [[id]]));
  writer.flush();
}

/** The rows in flight of the checkpoint, by the subtask that had sent them. */
function inFlightOf(inputs: SubtaskInputs): readonly (readonly [number, number])[] {
  const parts = inputs.takeInFlight(1).flatMap((each) => each.parts);
  const rows = restoreInFlight([{ subtask: 0, parts }], {
    input: 0,
    schema,
    exchange: { kind: 'forward' },
    subtask: 0,
    parallelism: 1,
    channelCount: 2,
    targets: null,
  });
  return rows.flatMap(({ channel, transfer }) =>
    rowsOf(transfer.batch).map(([id]) => [channel, Number(id)] as const),
  );
}

function takeRows(inputs: SubtaskInputs): void {
  while (inputs.step(100)?.length === 0);
}

describe('aligned', () => {
  test('the channel that has delivered its barrier is not taken from', () => {
    const { one, two, inputs, taken } = subtask();
    one.sendBarrier(ALIGNED, false);
    send(one, 1);
    expect(kindsOf(inputs.step(100))).toEqual([]);
    expect(inputs.isRunnable).toBe(false);
    send(two, 2);
    two.sendBarrier(ALIGNED, false);
    expect(inputs.isRunnable).toBe(true);
    expect(kindsOf(inputs.step(100))).toEqual([]);
    expect(kindsOf(inputs.step(100))).toEqual(['aligned']);
    expect(taken.ids).toEqual([2]);
    takeRows(inputs);
    expect(taken.ids).toEqual([2, 1]);
  });

  test('own sources wait for the channels, whichever comes first', () => {
    const { one, two, inputs } = subtask({ hasSources: true });
    inputs.trigger(ALIGNED);
    expect(kindsOf(inputs.step(100))).toEqual([]);
    expect(inputs.areSourcesBlocked).toBe(true);
    one.sendBarrier(ALIGNED, false);
    two.sendBarrier(ALIGNED, false);
    expect(kindsOf(inputs.step(100))).toEqual([]);
    expect(kindsOf(inputs.step(100))).toEqual(['aligned']);
    expect(inputs.areSourcesBlocked).toBe(false);
  });

  test('a second trigger waits until the sources may go on', () => {
    const { one, two, inputs } = subtask({ hasSources: true });
    inputs.trigger(ALIGNED);
    inputs.trigger(barrier(Infinity, 2));
    inputs.step(100);
    expect(inputs.isRunnable).toBe(false);
    for (const writer of [one, two]) writer.sendBarrier(ALIGNED, false);
    inputs.step(100);
    expect(kindsOf(inputs.step(100))).toEqual(['aligned']);
    expect(kindsOf(inputs.step(100))).toEqual([]);
    expect(inputs.areSourcesBlocked).toBe(true);
  });

  test('what was given up blocks nothing', () => {
    const { one, inputs, taken } = subtask();
    one.sendBarrier(ALIGNED, false);
    send(one, 1);
    inputs.step(100);
    inputs.abort(1);
    takeRows(inputs);
    expect(taken.ids).toEqual([1]);
  });
});

describe('unaligned', () => {
  test('rows that the barrier has overtaken are in flight, and are still processed', () => {
    const { one, two, inputs, taken } = subtask();
    send(one, 1);
    one.sendBarrier(AT_ONCE, true);
    send(one, 9);
    expect(kindsOf(inputs.step(100))).toEqual(['unaligned']);
    send(two, 2);
    two.sendBarrier(AT_ONCE, true);
    expect(kindsOf(inputs.step(100))).toEqual(['in-flight-complete']);
    expect(inFlightOf(inputs)).toEqual([
      [0, 1],
      [1, 2],
    ]);
    takeRows(inputs);
    expect(taken.ids.toSorted((left, right) => left - right)).toEqual([1, 2, 9]);
  });

  test('the trigger of own sources is enough to begin', () => {
    const { one, inputs } = subtask({ hasSources: true });
    send(one, 1);
    inputs.trigger(AT_ONCE);
    expect(kindsOf(inputs.step(100))).toEqual(['unaligned']);
    expect(inputs.areSourcesBlocked).toBe(false);
  });

  test('is taken without room for rows', () => {
    const { one, two, inputs, taken } = subtask();
    send(one, 1);
    expect(inputs.hasBarriers).toBe(false);
    two.sendBarrier(AT_ONCE, true);
    expect(inputs.hasBarriers).toBe(true);
    expect(kindsOf(inputs.stepBarriers(100))).toEqual(['unaligned']);
    expect(inputs.stepBarriers(100)).toBeNull();
    expect(taken.ids).toEqual([]);
  });

  test('what was given up has nothing in flight', () => {
    const { one, two, inputs } = subtask();
    send(one, 1);
    one.sendBarrier(AT_ONCE, true);
    inputs.step(100);
    inputs.abort(1);
    two.sendBarrier(AT_ONCE, true);
    expect(kindsOf(inputs.step(100))).toEqual([]);
    expect(inFlightOf(inputs)).toEqual([]);
  });
});

describe('aligned for some time', () => {
  test('a barrier that waits behind rows becomes overdue in its queue', () => {
    const { one, two, inputs, taken } = subtask();
    send(one, 1);
    for (const writer of [one, two]) writer.sendBarrier(IN_TIME, false);
    send(one, 9);
    expect(inputs.nextTimeoutMs).toBe(150);
    expect(inputs.timePassed(149)).toEqual([]);
    expect(kindsOf(inputs.timePassed(150))).toEqual(['unaligned', 'in-flight-complete']);
    expect(inFlightOf(inputs)).toEqual([[0, 1]]);
    expect(inputs.nextTimeoutMs).toBe(Infinity);
    takeRows(inputs);
    expect(taken.ids).toEqual([1, 9]);
  });

  test('a barrier that comes later ends what is recorded, wherever it stands', () => {
    const { one, two, inputs } = subtask();
    one.sendBarrier(IN_TIME, false);
    inputs.step(100);
    send(two, 2);
    expect(kindsOf(inputs.timePassed(150))).toEqual(['unaligned']);
    send(two, 3);
    two.sendBarrier(IN_TIME, false);
    send(two, 4);
    expect(kindsOf(inputs.step(160))).toEqual(['in-flight-complete']);
    expect(inFlightOf(inputs)).toEqual([
      [1, 2],
      [1, 3],
    ]);
  });
});
