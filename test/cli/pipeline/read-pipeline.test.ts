import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseParameters } from '../../../src/cli/pipeline/read-pipeline.ts';

test('the value is all that follows the first equals sign', () => {
  expect([...parseParameters(['A=1', 'URL=http://h/?q=1', 'EMPTY='])]).toEqual([
    ['A', '1'],
    ['URL', 'http://h/?q=1'],
    ['EMPTY', ''],
  ]);
});

test('the last value of a name counts', () => {
  expect(parseParameters(['A=1', 'A=2']).get('A')).toBe('2');
});

test.each(['A', '=1', '1A=2', 'a-b=1', '', ' A=1'])('%j is refused as usage', (text) => {
  expect(() => parseParameters([text])).toThrow(
    expect.objectContaining({ code: 'DREY_USAGE', exitCode: 2 }),
  );
});

test('any value passes through unchanged', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(parseParameters([`NAME=${value}`]).get('NAME')).toBe(value);
    }),
  );
});
