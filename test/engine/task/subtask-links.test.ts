import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/engine/batch/batch.ts';
import { CHANNEL_CREDITS } from '../../../src/engine/channel/channel.ts';
import type { CheckpointBarrier, StreamConsumer } from '../../../src/engine/channel/contract.ts';
import { ExchangeChannels } from '../../../src/engine/channel/exchange-channels.ts';
import { SubtaskLinks } from '../../../src/engine/task/subtask-links.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';
import { batchOf, field } from '../batch/batch-of.ts';
import { types } from '../batch/nullable-types.ts';

const schema = [field('id', types.int)];
const ignore = (): void => undefined;
const target: StreamConsumer = {
  isFull: false,
  emit: ignore,
  emitWatermark: ignore,
  emitIdleness: ignore,
  end: ignore,
  drain: () => true,
};

/** One subtask that writes to two others in turn, and how often each heard that it may go on. */
function linked() {
  const channels = new ExchangeChannels({
    exchange: {
      index: 0,
      exchange: { kind: 'forward' },
      from: { vertex: 0, node: 'from', stream: 'main' },
      to: { vertex: 1, node: 'to', input: 0 },
    },
    schema,
    producers: 1,
    consumers: 2,
    maxParallelism: 128,
    memoryOf: () => null,
  });
  const evaluation = { timeZone: 'UTC', nowMs: () => 0, random: () => 0 };
  const writer = channels.writer(0, { evaluation, memory: roomyTestMemory() });
  const own = { hasSources: false, feeds: [] };
  const producer = new SubtaskLinks([], [writer], own);
  const consumers = [0, 1].map(
    (index) => new SubtaskLinks([channels.gate(index, target)], [], own),
  );
  const heard = { producer: 0, consumers: [0, 0] };
  producer.whenReady(() => heard.producer++);
  for (const [index, links] of consumers.entries())
    links.whenReady(() => heard.consumers[index]!++);
  const send = (): void => {
    const batch: Batch = batchOf(schema, [[1]]);
    writer.emit(batch);
    writer.flush();
  };
  return { producer, consumers, heard, send };
}

describe('a subtask hears that it may go on', () => {
  test('when an element comes, whatever it is', () => {
    const { producer, heard, send } = linked();
    send();
    expect(heard.consumers).toEqual([1, 0]);
    const barrier: CheckpointBarrier = {
      checkpointId: 1,
      isSavepoint: false,
      triggeredAtMs: 0,
      isExactlyOnce: true,
      alignedTimeoutMs: 0,
    };
    producer.sendBarrier(barrier, true);
    expect(heard.consumers).toEqual([2, 1]);
    producer.end();
    expect(heard.consumers).toEqual([3, 2]);
  });

  test('when all channels that it writes have credits again', () => {
    const { producer, consumers, heard, send } = linked();
    for (let sent = 0; sent < 2 * CHANNEL_CREDITS; sent++) send();
    expect(producer.hasRoom).toBe(false);
    consumers[0]!.inputs.step(0);
    expect(heard.producer).toBe(0);
    expect(producer.hasRoom).toBe(false);
    consumers[1]!.inputs.step(0);
    expect(heard.producer).toBe(1);
    expect(producer.hasRoom).toBe(true);
  });
});
