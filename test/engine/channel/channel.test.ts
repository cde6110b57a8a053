import { expect, test } from 'vitest';
import {
  Channel,
  CHANNEL_CREDITS,
  GateQueue,
  WriterCredits,
} from '../../../src/engine/channel/channel.ts';
import { TransferBatch } from '../../../src/engine/channel/transfer-batch.ts';

test('restored batches take no credit: a producer may have to read tables while they wait', () => {
  const credits = new WriterCredits();
  const gate = new GateQueue();
  const channel = new Channel(0, credits, gate);
  const push = (isRestored: boolean): void => {
    channel.pushBatch(new TransferBatch([], 1, null), isRestored);
  };
  for (let count = 0; count < 2 * CHANNEL_CREDITS; count++) push(true);
  expect(credits.withoutCredit).toBe(0);
  for (let count = 0; count < CHANNEL_CREDITS; count++) push(false);
  expect(credits.withoutCredit).toBe(1);
  while (gate.restoredCount > 0) channel.take();
  expect(credits.withoutCredit).toBe(1);
  channel.take();
  expect(credits.withoutCredit).toBe(0);
});
