/** Beside the recorded tables: what they hold no example of. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { dayNumber, splitTimestamp } from '../../src/expression/civil-date.ts';
import { EvaluationError } from '../../src/expression/evaluation-error.ts';
import { simpleDatePattern } from '../../src/expression/simple-date-pattern.ts';

const NANOS_PER_SECOND = 1_000_000_000n;
const NANOS_PER_DAY = 86_400n * NANOS_PER_SECOND;

/** `1970-01-01 00:00:00` of the local clock, whatever the pattern. */
function read(pattern: string, text: string): string | undefined {
  const parsed = simpleDatePattern(pattern).parse(text);
  if (parsed === undefined) return undefined;
  const { days, nanosOfDay } = splitTimestamp(parsed.localNanos);
  return simpleDatePattern('yyyy-MM-dd HH:mm:ss').format(days, nanosOfDay);
}

test('what was written reads back', () => {
  const day = fc.integer({
    min: dayNumber({ year: 1, month: 1, day: 1 }),
    max: dayNumber({ year: 9999, month: 12, day: 31 }),
  });
  const patterns = ['yyyy-MM-dd HH:mm:ss.SSS', 'd. MMMM yyyy, h:m:s a SSS', 'yyyyMMddHHmmssSSS'];
  const millis = fc.integer({ min: 0, max: 86_399_999 });
  fc.assert(
    fc.property(day, millis, fc.constantFrom(...patterns), (days, milli, pattern) => {
      const nanos = BigInt(milli) * 1_000_000n;
      const text = simpleDatePattern(pattern).format(days, nanos);
      const parsed = simpleDatePattern(pattern).parse(text);
      expect(parsed?.localNanos).toBe(BigInt(days) * NANOS_PER_DAY + nanos);
    }),
  );
});

describe('reading is lenient', () => {
  it.each([
    ['yyyy-MM-dd', '2020-1-2', '2020-01-02 00:00:00'],
    ['yyyy-MM-dd', '2020-00-00', '2019-11-30 00:00:00'],
    ['yyyy-MM-dd', '2020-25-01', '2022-01-01 00:00:00'],
    ['yyyy-MM-dd', '2020-01-02 and more', '2020-01-02 00:00:00'],
    ['yyyy MM', '2020 \t 3', '2020-03-01 00:00:00'],
    ['yyyyMMdd', '202012', undefined],
    ['HH:mm', '47:61', '1970-01-03 00:01:00'],
    ['d MMM yyyy', '2 SEPTEMBER 2020', '2020-09-02 00:00:00'],
    ['d MMM yyyy', '2 Nope 2020', undefined],
    ['yyyy-MM-dd', '2020-01', undefined],
    ['yyyy', '999999999999', undefined],
    ['yy', '46', '2046-01-01 00:00:00'],
    ['yy', '47', '1947-01-01 00:00:00'],
    ['yy', '2020', '2020-01-01 00:00:00'],
  ])('%s reads %j', (pattern, text, expected) => {
    expect(read(pattern, text)).toBe(expected);
  });
});

it('an offset is kept apart', () => {
  expect(simpleDatePattern('HH Z').parse('01 -0230')?.offsetMs).toBe(-9_000_000);
  expect(simpleDatePattern('HH X').parse('01 Z')?.offsetMs).toBe(0);
});

it.each(['QQQ', 'n', 'e', 'G', 'z', 'W', "yyyy 'open"])('%s is refused', (pattern) => {
  expect(() => simpleDatePattern(pattern)).toThrow(EvaluationError);
});

it('random texts and patterns end quietly', () => {
  const letters = fc.string({ unit: fc.constantFrom(...Array.from("yMdHhms aSEuDkK-: .'")) });
  fc.assert(
    fc.property(letters, fc.string(), (pattern, text) => {
      try {
        simpleDatePattern(pattern).parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(EvaluationError);
      }
    }),
  );
});
