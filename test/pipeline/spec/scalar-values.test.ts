import { describe, expect, test } from 'vitest';
import { parseDurationMs } from '../../../src/pipeline/spec/duration.ts';
import { isMismatch } from '../../../src/pipeline/spec/field.ts';
import { characterField } from '../../../src/pipeline/spec/scalar-fields.ts';
import { parseSizeBytes } from '../../../src/pipeline/spec/size.ts';

// What Flink 2.3.0's TimeUtils.parseDuration and MemorySize.parse answer to these texts.
describe('durations', () => {
  test.each([
    ['1h', 3_600_000],
    ['1 h', 3_600_000],
    ['60 s', 60_000],
    ['60sec', 60_000],
    ['PT60S', 60_000],
    ['P1D', 86_400_000],
    ['1hours', 3_600_000],
    ['1H', 3_600_000],
    ['10MIN', 600_000],
    ['1m', 60_000],
    [' 5 ', 5],
    ['5000µs', 5],
    ['2milliseconds', 2],
    ['1day', 86_400_000],
    ['0s', 0],
  ])('%s is %d ms', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });

  test.each([
    '',
    ' ',
    '1.5s',
    '-5s',
    '1us',
    '1week',
    '1kb',
    's',
    '99999999999999999999d',
    '1 2s',
    'PT',
    'P',
    '1µs',
  ])('%j is refused', (text) => {
    expect(isMismatch(parseDurationMs(text))).toBe(true);
  });
});

describe('sizes', () => {
  test.each([
    ['1kb', 1_024],
    ['64KB', 65_536],
    ['1kibibytes', 1_024],
    ['1 mb', 1_048_576],
    ['1m', 1_048_576],
    ['2g', 2_147_483_648],
    ['1t', 1_099_511_627_776],
    ['5', 5],
    ['7bytes', 7],
  ])('%s is %d bytes', (text, expected) => {
    expect(parseSizeBytes(text)).toBe(expected);
  });

  test.each(['', '1mebibyte', '1pb', '-1kb', '1.5mb', 'mb', '99999999999t'])(
    '%j is refused',
    (text) => {
      expect(isMismatch(parseSizeBytes(text))).toBe(true);
    },
  );
});

describe('characters', () => {
  test.each([
    [';', ';'],
    ['\\t', '\t'],
    ['\\u0001', '\u0001'],
    ['\\\\', '\\'],
    ['"', '"'],
  ])('%s', (text, expected) => {
    expect(characterField().parse(text)).toBe(expected);
  });

  test.each(['', 'ab', '\\x', '😀'])('%j is refused', (text) => {
    expect(isMismatch(characterField().parse(text))).toBe(true);
  });
});
