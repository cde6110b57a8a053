/**
 * Flink's durations: a whole number with a unit label (`500ms`, `25 s`, `1min`, `1h`, `1d`),
 * without a label milliseconds, or ISO 8601 (`PT60S`). As Flink 2.3: labels in any letter case,
 * one space allowed, no fraction, no sign.
 */
import type { Mismatch } from './field.ts';

const NANOSECONDS: Readonly<Record<string, bigint>> = labels([
  [86_400_000_000_000n, 'd day days'],
  [3_600_000_000_000n, 'h hour hours'],
  [60_000_000_000n, 'm min minute minutes'],
  [1_000_000_000n, 's sec secs second seconds'],
  [1_000_000n, 'ms milli millis millisecond milliseconds'],
  [1_000n, '\u00b5s \u03bcs micro micros microsecond microseconds'],
  [1n, 'ns nano nanos nanosecond nanoseconds'],
]);

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?$/i;
const EXPECTED = 'Expected a duration such as 500ms, 25s, 1min, 1h or 1d';
const NANOSECONDS_MAX = 2n ** 63n - 1n;

/** Nanoseconds; a bigint because a day already has more of them than a double counts exactly. */
export function parseDurationNanoseconds(text: string): bigint | Mismatch {
  const trimmed = text.trim();
  const match = /^(\d+)\s*(.*)$/s.exec(trimmed);
  if (match === null) return parseIso(trimmed) ?? { mismatch: `${EXPECTED}.` };
  const unit = (match[2] ?? '').toLowerCase();
  const factor = unit === '' ? 1_000_000n : NANOSECONDS[unit];
  if (factor === undefined) {
    return {
      mismatch: `${EXPECTED}; "${match[2]}" is no unit.`,
      hint: 'Units are d, h, min, s, ms and their long forms; fractions are not allowed.',
    };
  }
  return withinRange(BigInt(match[1] ?? '0') * factor);
}

/** Whole milliseconds. */
export function parseDurationMs(text: string): number | Mismatch {
  const nanoseconds = parseDurationNanoseconds(text);
  if (typeof nanoseconds !== 'bigint') return nanoseconds;
  if (nanoseconds % 1_000_000n !== 0n) return { mismatch: 'Expected whole milliseconds.' };
  return Number(nanoseconds / 1_000_000n);
}

function parseIso(text: string): bigint | Mismatch | null {
  const match = ISO.exec(text);
  if (match === null || !/\d/.test(text) || /T$/i.test(text)) return null;
  const part = (index: number): bigint => BigInt(match[index] ?? '0');
  const seconds = part(1) * 86_400n + part(2) * 3_600n + part(3) * 60n + part(4);
  const fraction = BigInt((match[5] ?? '').padEnd(9, '0'));
  return withinRange(seconds * 1_000_000_000n + fraction);
}

function withinRange(nanoseconds: bigint): bigint | Mismatch {
  if (nanoseconds <= NANOSECONDS_MAX) return nanoseconds;
  return { mismatch: 'The duration is longer than 292 years.' };
}

function labels(units: readonly (readonly [bigint, string])[]): Readonly<Record<string, bigint>> {
  return Object.fromEntries(
    units.flatMap(([factor, names]) => names.split(' ').map((name) => [name, factor])),
  );
}
