import { expect, test } from 'vitest';
import { WatermarkValve } from '../../../src/engine/time/watermark-valve.ts';

test('a row is judged by the lower of its own watermark and those of the other inputs', () => {
  const valve = new WatermarkValve(2);
  valve.advance(1, 7);
  const combined = new Float64Array(3);
  valve.before(0, Float64Array.of(-Infinity, 5, 9), { rowCount: 3, combined });
  expect([...combined]).toEqual([-Infinity, 5, 7]);
});

test('what was said is not taken back', () => {
  const valve = new WatermarkValve(2);
  valve.advance(0, 10);
  expect(valve.advance(1, 10)).toBe(true);
  const combined = new Float64Array(1);
  valve.before(0, Float64Array.of(3), { rowCount: 1, combined });
  expect([...combined]).toEqual([10]);
  expect(valve.advance(0, 4)).toBe(false);
});
