import { expect, test } from 'vitest';
import { BlackholeSink } from '../../../../src/engine/connector/blackhole/blackhole-sink.ts';
import type { Sink } from '../../../../src/engine/connector/contract.ts';
import { batchOf } from '../line-encoder.ts';

test('a blackhole sink is never full, however much it is given', async () => {
  const sink: Sink = new BlackholeSink();
  await sink.open();
  const batch = batchOf('x'.repeat(100_000));
  for (let i = 0; i < 1000; i++) sink.write(batch);
  expect(sink.isFull).toBe(false);
  expect(await sink.flush()).toBe(true);
  await sink.commit();
  await sink.close();
});
