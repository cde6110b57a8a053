import { describe, expect, it } from 'vitest';
import { locateFailure } from '../../../src/flink/sql/locate-failure.ts';

const START = { line: 10, column: 3 };

describe('locateFailure', () => {
  it.each([
    ['SQL validation failed. From line 1, column 4 to line 1, column 8: no', 10, 6],
    ['From line 3, column 4 to line 3, column 8: no', 12, 4],
    ['Encountered "x" at line 2, column 1. Was expecting one of: "A" ... "B" ...', 11, 1],
  ])('finds the place in %s', (reason, line, column) => {
    expect(locateFailure(START, { reasons: [reason] }).place).toEqual({ line, column });
  });

  it('takes the deepest place', () => {
    const reasons = ['at line 1, column 1', 'at line 2, column 2', 'it is so'];
    expect(locateFailure(START, { reasons }).place).toEqual({ line: 11, column: 2 });
  });

  it.each([['Encountered "<EOF>" at line 0, column 0.'], ['Division by zero'], ['on line 4']])(
    'finds none in %s',
    (reason) => {
      expect(locateFailure(START, { reasons: [reason] }).place).toBeNull();
    },
  );

  it('leaves out the words that might have stood there', () => {
    const reasons = ['Encountered "x" at line 1, column 1.\nWas expecting one of:\n  "A" ...'];
    expect(locateFailure(START, { reasons }).message).toBe('Encountered "x" at line 1, column 1.');
  });

  it('names the exception when nobody gives a reason', () => {
    const reasons = ['Failed to fetchResults.', 'Failed to execute the operation 1-2.'];
    const details = { exception: 'NullPointerException', reasons };
    expect(locateFailure(START, details).message).toBe('NullPointerException');
  });

  it('says so when there is nothing at all', () => {
    expect(locateFailure(START, {})).toEqual({
      exception: null,
      message: 'no reason was given',
      reasons: [],
      place: null,
      advice: null,
    });
  });
});
