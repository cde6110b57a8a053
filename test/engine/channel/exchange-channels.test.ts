import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/engine/batch/batch.ts';
import { CHANNEL_CREDITS, CHANNEL_OVERDRAFT } from '../../../src/engine/channel/channel.ts';
import type { StreamConsumer } from '../../../src/engine/channel/contract.ts';
import { ExchangeChannels, keyTargetsOf } from '../../../src/engine/channel/exchange-channels.ts';
import { SubtaskInputs } from '../../../src/engine/channel/subtask-inputs.ts';
import { transferRows } from '../../../src/engine/channel/transfer-batch.ts';
import type { Exchange } from '../../../src/engine/graph/stream-graph.ts';
import { keyGroupOf, subtaskOfKeyGroup } from '../../../src/engine/state/key-groups.ts';
import { KeyEncoder } from '../../../src/engine/state/key-encoder.ts';
import type { TypedExpression } from '../../../src/expression/tree.ts';
import { runs } from '../../support/property-runs.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { batchOf, field, rowsOf } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';
import { drawFrom, randomValue } from '../batch/random-values.ts';

const schema = [field('id', types.int), field('name', types.text)];
const evaluation = { timeZone: 'UTC', nowMs: () => 0, random: () => 0 };
const context = () => ({ evaluation, memory: roomyTestMemory() });

/** Writes down what it is given. */
class Notes implements StreamConsumer {
  readonly isFull = false;
  readonly calls: string[] = [];

  emit(batch: Batch): void {
    const times = batch.watermarksBefore?.slice(0, batch.rowCount).join() ?? 'no time';
    this.calls.push(
      `${rowsOf(batch)
        .map(([id]) => String(id))
        .join()} at ${times}`,
    );
  }

  emitWatermark(watermarkMs: number): void {
    this.calls.push(`watermark ${watermarkMs}`);
  }

  emitIdleness(isIdle: boolean): void {
    this.calls.push(isIdle ? 'idle' : 'active');
  }

  end(): void {
    this.calls.push('end');
  }

  drain(): boolean {
    return true;
  }
}

interface Sizes {
  readonly producers?: number;
  readonly consumers?: number;
  readonly batchRows?: number;
}

/** One exchange with its writers, and the first consumer with what it got. */
function exchangeWith(exchange: Exchange, sizes: Sizes = {}) {
  const { producers = 1, consumers = 1, batchRows } = sizes;
  const channels = new ExchangeChannels({
    exchange: {
      index: 0,
      exchange,
      from: { vertex: 0, node: 'from', stream: 'main' },
      to: { vertex: 1, node: 'to', input: 0 },
    },
    schema,
    producers,
    consumers,
    maxParallelism: 128,
    memoryOf: () => null,
    ...(batchRows !== undefined && { batchRows }),
  });
  const writers = Array.from({ length: producers }, (_, index) =>
    channels.writer(index, context()),
  );
  const ends = Array.from({ length: consumers }, (_, index) => {
    const notes = new Notes();
    return { notes, inputs: new SubtaskInputs([channels.gate(index, notes)], false) };
  });
  const takeAll = (consumer = 0): string[] => {
    const { inputs, notes } = ends[consumer]!;
    while (inputs.step(0) !== null);
    return notes.calls.splice(0);
  };
  return { writers, writer: writers[0]!, takeAll };
}

const forward: Exchange = { kind: 'forward' };
const byId: Exchange = {
  kind: 'hash',
  keys: [{ kind: 'column', index: 0, name: 'id', type: types.int }],
};

function rowsWith(ids: readonly number[], times: readonly number[] | null = null): Batch {
  const batch = batchOf(
    schema,
    ids.map((id) => [id, `name ${id}`]),
  );
  if (times !== null) {
    batch.watermarksBefore = Float64Array.from(times);
    batch.watermarkAfter = times.at(-1)!;
  }
  return batch;
}

describe('a writer', () => {
  test('collects rows until it is flushed', () => {
    const { writer, takeAll } = exchangeWith(forward);
    writer.emit(rowsWith([1, 2]));
    writer.emit(rowsWith([3]));
    expect(writer.hasOpenRows).toBe(true);
    expect(takeAll()).toEqual([]);
    writer.flush();
    expect(takeAll()).toEqual(['1,2,3 at no time']);
  });

  test('sends a batch on when it is full', () => {
    const { writer, takeAll } = exchangeWith(forward, { batchRows: 2 });
    writer.emit(rowsWith([1, 2, 3]));
    expect(takeAll()).toEqual(['1,2 at no time']);
    writer.flush();
    expect(takeAll()).toEqual(['3 at no time']);
  });

  test('has copied rows when emit returns, text included', () => {
    const { writer, takeAll } = exchangeWith(forward);
    const batch = rowsWith([1]);
    writer.emit(batch);
    batch.reset();
    writer.flush();
    expect(takeAll()).toEqual(['1 at no time']);
  });

  test('lets a watermark wait behind rows that carry theirs', () => {
    const { writer, takeAll } = exchangeWith(forward);
    writer.emit(rowsWith([1], [5]));
    writer.emitWatermark(10);
    expect(takeAll()).toEqual([]);
    writer.emit(rowsWith([2], [10]));
    writer.emitWatermark(20);
    writer.flush();
    expect(takeAll()).toEqual(['1,2 at 5,10', 'watermark 20']);
  });

  test('says a watermark at once when no rows wait, the last one for all', () => {
    const { writer, takeAll } = exchangeWith(forward);
    writer.emitWatermark(1);
    writer.emitWatermark(2);
    expect(takeAll()).toEqual(['watermark 2']);
  });

  test('flushes before idleness and before the end', () => {
    const { writer, takeAll } = exchangeWith(forward);
    writer.emit(rowsWith([1]));
    writer.emitIdleness(true);
    expect(takeAll()).toEqual(['1 at no time', 'idle']);
    writer.emitIdleness(false);
    writer.emit(rowsWith([2]));
    writer.end();
    expect(takeAll()).toEqual(['active', '2 at no time', 'end']);
  });

  test('takes back idleness that nobody has seen', () => {
    const { writer, takeAll } = exchangeWith(forward);
    writer.emitIdleness(true);
    writer.emitIdleness(false);
    expect(takeAll()).toEqual([]);
  });

  test('gives every consumer all rows of a broadcast', () => {
    const { writer, takeAll } = exchangeWith({ kind: 'broadcast' }, { consumers: 2 });
    writer.emit(rowsWith([1, 2]));
    writer.flush();
    expect(takeAll(0)).toEqual(['1,2 at no time']);
    expect(takeAll(1)).toEqual(['1,2 at no time']);
  });

  test('deals batches out in turn where the numbers of subtasks differ', () => {
    const { writer, takeAll } = exchangeWith(forward, { consumers: 2 });
    for (const id of [1, 2, 3]) writer.emit(rowsWith([id]));
    writer.flush();
    expect([takeAll(0), takeAll(1)]).toEqual([['1,3 at no time'], ['2 at no time']]);
  });

  test('keeps to the subtask of the same index where they do not', () => {
    const { writers, takeAll } = exchangeWith(forward, { producers: 2, consumers: 2 });
    writers[1]!.emit(rowsWith([7]));
    writers[1]!.flush();
    expect([takeAll(0), takeAll(1)]).toEqual([[], ['7 at no time']]);
  });
});

describe('credits', () => {
  test('a producer waits when so many batches are queued, and goes on when they are taken', () => {
    const { writer, takeAll } = exchangeWith(forward, { batchRows: 1 });
    for (let id = 1; id < CHANNEL_CREDITS; id++) writer.emit(rowsWith([id]));
    expect(writer.hasCredit).toBe(true);
    writer.emit(rowsWith([0]));
    expect([writer.hasCredit, writer.isFull]).toEqual([false, false]);
    for (let id = 0; id < CHANNEL_OVERDRAFT; id++) writer.emit(rowsWith([id]));
    expect(writer.isFull).toBe(true);
    takeAll();
    expect([writer.hasCredit, writer.isFull]).toEqual([true, false]);
  });

  test('one channel without a credit stops the producer for all', () => {
    const { writer, takeAll } = exchangeWith(forward, { consumers: 2, batchRows: 1 });
    for (let id = 0; id < 2 * CHANNEL_CREDITS; id++) writer.emit(rowsWith([id]));
    takeAll(0);
    expect(writer.hasCredit).toBe(false);
    takeAll(1);
    expect(writer.hasCredit).toBe(true);
  });

  test('batches to very many targets are small, so that one open for each fits into memory', () => {
    expect([1, 4, 8, 128, 1000].map(transferRows)).toEqual([2048, 2048, 1024, 64, 64]);
  });
});

describe('a gate', () => {
  test('has the lowest watermark of its channels, and judges rows by it', () => {
    const { writers, takeAll } = exchangeWith(forward, { producers: 2 });
    writers[0]!.emitWatermark(10);
    expect(takeAll()).toEqual([]);
    writers[1]!.emitWatermark(5);
    expect(takeAll()).toEqual(['watermark 5']);
    writers[1]!.emit(rowsWith([1, 2], [5, 30]));
    writers[1]!.emitWatermark(30);
    writers[1]!.flush();
    expect(takeAll()).toEqual(['1,2 at 5,10', 'watermark 10']);
  });

  test('is idle when all its channels are, and has ended when all have', () => {
    const { writers, takeAll } = exchangeWith(forward, { producers: 2 });
    writers[0]!.emitIdleness(true);
    expect(takeAll()).toEqual([]);
    writers[1]!.emitIdleness(true);
    expect(takeAll()).toEqual(['idle']);
    writers[1]!.emitIdleness(false);
    expect(takeAll()).toEqual(['active']);
    writers[0]!.end();
    expect(takeAll()).toEqual([]);
    writers[1]!.end();
    expect(takeAll()).toEqual(['end']);
  });

  test('takes from its channels in turn', () => {
    const { writers, takeAll } = exchangeWith(forward, { producers: 2, batchRows: 1 });
    writers[0]!.emit(rowsWith([1, 2, 3]));
    writers[1]!.emit(rowsWith([11, 12]));
    expect(takeAll().map((call) => call.split(' ')[0])).toEqual(['1', '11', '2', '12', '3']);
  });
});

test('rows of all types go to the owner of the key group of their bytes', () => {
  const columns = Object.entries(types).map(([name, type]) => field(name, type));
  const keys = columns.map(({ name, type }, index): TypedExpression => ({
    kind: 'column',
    index,
    name,
    type,
  }));
  fc.assert(
    fc.property(fc.integer(), fc.subarray([...keys.keys()], { minLength: 1 }), (seed, chosen) => {
      const draw = drawFrom(seed);
      const options = { narrow: draw(2) === 0, nullsOneIn: 4 };
      const batch = batchOf(
        columns,
        Array.from({ length: 5 }, () =>
          columns.map(({ type }) => randomValue(type, draw, options)),
        ),
      );
      const exchange: Exchange = { kind: 'hash', keys: chosen.map((index) => keys[index]!) };
      const to = { schema: columns, parallelism: 3, maxParallelism: 128 };
      const targets = keyTargetsOf(exchange, context(), to)!;
      targets.read(batch);
      const encoder = new KeyEncoder(roomyTestMemory());
      const { block, start, length } = encoder.encode(
        chosen.map((index) => batch.columns[index]!),
        batch.rowCount,
      );
      for (let row = 0; row < batch.rowCount; row++) {
        const group = keyGroupOf(block.bytes, start[row]!, length[row]!, 128);
        expect(targets.targets[row]).toBe(subtaskOfKeyGroup(group, 3, 128));
      }
    }),
    { numRuns: runs(60) },
  );
});

test('rows of one key come to one consumer, all rows to one', () => {
  const { writer, takeAll } = exchangeWith(byId, { consumers: 3 });
  for (let from = 0; from < 40; from += 10) {
    writer.emit(rowsWith(Array.from({ length: 10 }, (_, index) => (from + index) % 7)));
  }
  writer.flush();
  const got = [0, 1, 2].map((consumer) =>
    takeAll(consumer).flatMap((call) => call.split(' ')[0]!.split(',')),
  );
  expect(got.flat()).toHaveLength(40);
  const owners = got.flatMap((ids) => [...new Set(ids)]);
  expect(owners.sort()).toEqual(['0', '1', '2', '3', '4', '5', '6']);
});
