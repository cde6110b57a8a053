import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilDate, dayNumber, isoWeek } from '../../src/expression/civil-date.ts';
import { datePattern } from '../../src/expression/date-pattern.ts';
import {
  dateText,
  parseDate,
  parseTimestamp,
  timestampText,
} from '../../src/expression/temporal-text.ts';
import { toInstant, toLocal } from '../../src/expression/time-zone.ts';
import { valueOf } from './expression-of.ts';

const days = fc.integer({ min: -719_528, max: 2_932_896 });

test('day numbers agree with Date and go both ways', () => {
  fc.assert(
    fc.property(days, (day) => {
      const date = new Date(day * 86_400_000);
      const expected = {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
      };
      expect(civilDate(day)).toEqual(expected);
      expect(dayNumber(expected)).toBe(day);
      expect(parseDate(dateText(day))).toBe(day);
    }),
  );
});

test('timestamps go to text and back', () => {
  fc.assert(
    fc.property(days, fc.bigInt({ min: 0n, max: 86_399_999_999_999n }), (day, nanos) => {
      const instant = BigInt(day) * 86_400_000_000_000n + nanos;
      expect(parseTimestamp(timestampText(instant, 9))).toBe(instant);
    }),
  );
});

test('ISO weeks at the turn of the year', () => {
  const week = (year: number, month: number, day: number) =>
    isoWeek(dayNumber({ year, month, day }));
  expect(week(2021, 1, 3)).toEqual({ year: 2020, week: 53 });
  expect(week(2021, 1, 4)).toEqual({ year: 2021, week: 1 });
  expect(week(2018, 12, 31)).toEqual({ year: 2019, week: 1 });
});

describe('time zones', () => {
  const nanos = (text: string): bigint => parseTimestamp(text) ?? 0n;

  test.each([
    ['Asia/Shanghai', '2023-11-14 22:13:20', '2023-11-15 06:13:20'],
    ['America/New_York', '2024-03-10 06:59:59', '2024-03-10 01:59:59'],
    ['America/New_York', '2024-03-10 07:00:00', '2024-03-10 03:00:00'],
    ['GMT+08:00', '2024-01-01 00:00:00', '2024-01-01 08:00:00'],
    ['-05:30', '2024-01-01 00:00:00', '2023-12-31 18:30:00'],
    ['PST', '1970-01-01 00:00:00', '1969-12-31 16:00:00'],
    ['Europe/London', '1969-06-01 00:00:00', '1969-06-01 01:00:00'],
  ])('%s shows %s UTC as %s', (zone, utc, local) => {
    expect(timestampText(toLocal(zone, nanos(utc)), 0)).toBe(local);
    expect(timestampText(toInstant(zone, nanos(local)), 0)).toBe(utc);
  });

  test('a skipped time counts on from before the gap, a repeated one is the first', () => {
    const instant = (local: string): string =>
      timestampText(toInstant('Europe/Berlin', nanos(local)), 0);
    expect(instant('2024-03-31 02:30:00')).toBe('2024-03-31 01:30:00');
    expect(instant('2024-10-27 02:30:00')).toBe('2024-10-27 00:30:00');
  });

  test.each([
    ["CAST(TIMESTAMP '2024-01-01 00:00:00' AS TIMESTAMP_LTZ(3))", 1_704_038_400_000_000_000n],
    ['CAST(TO_TIMESTAMP_LTZ(1704038400, 0) AS STRING)', '2024-01-01 00:00:00.000'],
    ['EXTRACT(HOUR FROM TO_TIMESTAMP_LTZ(0, 0))', 8n],
    ['FROM_UNIXTIME(44)', '1970-01-01 08:00:44'],
    ["UNIX_TIMESTAMP('1970-01-01 08:00:01')", 1n],
    ["DATE_FORMAT(TO_TIMESTAMP_LTZ(0, 0), 'yyyy-MM-dd HH:mm')", '1970-01-01 08:00'],
    ['FLOOR(TO_TIMESTAMP_LTZ(1704038399, 0) TO DAY)', 1_703_952_000_000_000_000n],
    ['CURRENT_DATE', 0],
    ['LOCALTIMESTAMP', 28_800_000_000_000n],
    ['CURRENT_TIMESTAMP', 0n],
  ])('%s in Asia/Shanghai', (text, expected) => {
    expect(valueOf(text, { columns: [], timeZone: 'Asia/Shanghai' })).toEqual(expected);
  });
});

describe('patterns of dates', () => {
  test.each([
    ['yyyy-MM-dd HH:mm:ss.SSS', '2020-01-02 03:04:05.678'],
    ["yyyy-MM-dd'T'HH:mm:ss", '2020-01-02T03:04:05'],
    ['yyyyMMddHHmmssSSS', '20200102030405678'],
    ['dd MMM yyyy', '02 Jan 2020'],
    ['MMMM d, yyyy h:mm a', 'January 2, 2020 3:04 AM'],
    ["yyyy''MM", "2020'01"],
  ])('%s writes and reads back %s', (pattern, text) => {
    const parsed = datePattern(pattern).parse(text);
    const local = parsed?.localNanos ?? 0n;
    const day = local / 86_400_000_000_000n;
    expect(datePattern(pattern).format(Number(day), local % 86_400_000_000_000n)).toBe(text);
  });

  test.each([
    ['yyyy-MM-dd', '2020-1-02'],
    ['yyyy-MM-dd', '2020-13-02'],
    ['yyyy-MM-dd', '2020-01-02 '],
    ['HH:mm', '24:01'],
    ['HH:mm', '1:00'],
    ['MMM', 'Foo'],
  ])('%s does not read %j', (pattern, text) => {
    expect(datePattern(pattern).parse(text)).toBeUndefined();
  });

  test.each(['z', 'yyyy [HH]', "yyyy 'open", 'b', 'G', 'y'.repeat(300)])(
    '%s is refused',
    (pattern) => {
      expect(() => datePattern(pattern).format(0, 0n)).toThrow(/pattern|letter/);
    },
  );

  test('random texts and patterns end quietly', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[yMdHmsSa' :.-]{0,12}$/),
        fc.stringMatching(/^[0-9 :.-]{0,16}$/),
        (pattern, text) => {
          try {
            datePattern(pattern).parse(text);
          } catch (error) {
            expect(String(error)).toContain('pattern');
          }
        },
      ),
    );
  });
});

test('points in time that no Date holds have an offset too', () => {
  const scope = { columns: [], timeZone: 'America/New_York' };
  expect(valueOf('FROM_UNIXTIME(9000000000000000)', scope)).toMatch(/^285200616-/);
  expect(valueOf('FROM_UNIXTIME(-9000000000000000)', scope)).toMatch(/^-\d{9}-/);
  expect(valueOf("CONVERT_TZ('4000000-01-01 00:00:00', 'UTC', 'Asia/Shanghai')")).toBe(
    '4000000-01-01 08:00:00',
  );
});
