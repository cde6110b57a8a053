import { expect, test } from 'vitest';
import { WindowRows } from '../../../src/engine/window/window-rows.ts';
import { roomyTestMemory } from '../../support/test-memory.ts';

test('rows behind the last watermark of all are late, and taken', () => {
  const rows = new WindowRows(roomyTestMemory());
  const store = { firesWithinBatches: true, nextTriggerMs: Infinity, sliceOf: () => null };
  const batch = {
    from: 0,
    rowCount: 2,
    localMs: Float64Array.of(1, 2),
    watermarks: Float64Array.of(Infinity, Infinity),
  };
  expect(rows.assign(batch, store)).toBe(2);
  expect(rows.lateCount).toBe(2);
});
