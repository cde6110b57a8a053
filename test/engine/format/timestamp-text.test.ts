import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  TimeTextReader,
  TimeTextWriter,
  csvTimestamps,
  jsonTimestamps,
  type TimestampSyntax,
} from '../../../src/engine/format/timestamp-text.ts';
import { runs } from '../../support/property-runs.ts';

const encoder = new TextEncoder();
const MILLIS_PER_DAY = 86_400_000;

/** Milliseconds and nanoseconds of a timestamp text; null when it is none. */
function read(text: string, syntax: TimestampSyntax): readonly [number, number] | null {
  const reader = new TimeTextReader();
  const bytes = encoder.encode(`${text}\n99999999`);
  const isRead = reader.readTimestamp(bytes, { start: 0, end: text.length }, syntax);
  return isRead ? [reader.millis, reader.nanos] : null;
}

function write(millis: number, nanos: number, syntax: TimestampSyntax): string {
  const bytes = new Uint8Array(64);
  const end = new TimeTextWriter().writeTimestamp(bytes, 0, { millis, nanos, syntax });
  return new TextDecoder().decode(bytes.subarray(0, end));
}

function readDate(text: string): number | null {
  const reader = new TimeTextReader();
  return reader.readDate(encoder.encode(text), 0, text.length) ? reader.days : null;
}

function readTime(text: string): number | null {
  const reader = new TimeTextReader();
  return reader.readTime(encoder.encode(text), 0, text.length) ? reader.millis : null;
}

const sql = jsonTimestamps.SQL;
const iso = jsonTimestamps['ISO-8601'];

describe('reading', () => {
  test('dates are those of the calendar', () => {
    for (let days = -719_162; days <= 2_932_896; days += 997) {
      const text = new Date(days * MILLIS_PER_DAY).toISOString().slice(0, 10);
      if (text.length === 10) expect(readDate(text)).toBe(days);
    }
    expect(readDate('2024-02-29')).toBe(19782);
  });

  test.each([
    '2023-02-29',
    '2023-13-01',
    '2023-00-01',
    '2023-01-00',
    '2023-1-01',
    '23-01-01',
    '',
    '2023-01-01 ',
    '+2023-01-1',
    '2023/01/01',
    '2023-01-32',
  ])('%j is no date', (text) => {
    expect(readDate(text)).toBe(null);
  });

  test('times have up to nine digits of a fraction', () => {
    expect(readTime('23:59:59')).toBe(86_399_000);
    expect(readTime('00:00:00.')).toBe(0);
    expect(readTime('00:00:00.1')).toBe(100);
    expect(readTime('00:00:00.123456789')).toBe(123);
    expect(readTime('24:00:00')).toBe(0);
    for (const text of [
      '24:00:01',
      '25:00:00',
      '12:60:00',
      '12:00:60',
      '12:00',
      '1:00:00',
      '00:00:00.1234567890',
      '24:00:00.000000001',
      '12:00:0',
      '12:00:00 ',
    ]) {
      expect(readTime(text)).toBe(null);
    }
  });

  test('the SQL form takes a day that its month lacks for the last one, and 24:00 for the next', () => {
    expect(read('2023-02-30 00:00:00', sql.local)).toEqual([Date.UTC(2023, 1, 28), 0]);
    expect(read('2023-02-28 24:00:00', sql.local)).toEqual([Date.UTC(2023, 2, 1), 0]);
    expect(read('2023-02-32 00:00:00', sql.local)).toBe(null);
  });

  test('ISO and CSV forms are strict about that', () => {
    expect(read('2023-02-30T00:00:00', iso.local)).toBe(null);
    expect(read('2023-02-28T24:00:00', iso.local)).toBe(null);
    expect(read('2023-02-30 00:00:00', csvTimestamps.local)).toBe(null);
    expect(read('2023-02-28T10:15', iso.local)).toEqual([Date.UTC(2023, 1, 28, 10, 15), 0]);
    expect(read('2023-02-28 10:15', sql.local)).toBe(null);
  });

  test('only a zoned one ends with Z', () => {
    expect(read('2023-02-28 10:15:00Z', sql.zoned)).toEqual([Date.UTC(2023, 1, 28, 10, 15), 0]);
    expect(read('2023-02-28 10:15:00', sql.zoned)).toBe(null);
    expect(read('2023-02-28 10:15:00Z', sql.local)).toBe(null);
    expect(read('2023-02-28 10:15:00+01:00', sql.zoned)).toBe(null);
  });
});

describe('writing', () => {
  test('fractions have no trailing zeros, years four digits or a sign', () => {
    expect(write(0, 0, sql.local)).toBe('1970-01-01 00:00:00');
    expect(write(120, 0, sql.zoned)).toBe('1970-01-01 00:00:00.12Z');
    expect(write(-1, 999_999, iso.local)).toBe('1969-12-31T23:59:59.999999999');
    expect(write(Date.UTC(10_000, 0, 1), 0, sql.local)).toBe('+10000-01-01 00:00:00');
    expect(write(Date.parse('-000001-01-01'), 0, sql.local)).toBe('-0001-01-01 00:00:00');
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('0000-01-01'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
        fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999 })),
        fc.constantFrom(sql.local, sql.zoned, iso.local, iso.zoned, csvTimestamps.local),
        (millis, nanos, syntax) => {
          expect(read(write(millis, nanos, syntax), syntax)).toEqual([millis, nanos]);
        },
      ),
      { numRuns: runs(1000) },
    );
  });
});
