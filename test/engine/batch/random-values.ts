/** Random values of every type from a seed, with the awkward ones in it more often than chance. */
import type { LogicalType } from '../../../src/expression/type.ts';
import type { Value } from '../../../src/expression/value.ts';

/** Whole numbers from 0 to below `limit`. */
export type Draw = (limit: number) => number;

/** A small generator (mulberry32), so that a seed gives the same test everywhere. */
export function drawFrom(seed: number): Draw {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
}

const texts = [
  '',
  ' ',
  'a',
  'abc',
  '  trim me ',
  'click',
  'clack',
  'exposure',
  '1101050000012',
  '12',
  '-7',
  'x%y_z',
  'ä',
  'grün',
  '日本語',
  'a日',
  '😀',
  'é',
  'ABC',
  'Straße',
  'true',
  '2020-01-02',
  'aaaaab',
  '\u0000z',
  'the quick brown fox jumps over the lazy dog',
  '\ufeffbom',
  'İi',
  ' nbsp',
  'a\nb',
  'a_b',
  '%b%',
  'a%',
  '%語',
  '_%',
  'c%k',
  '%',
  'x!%y',
  '!',
  'DAY',
  'MINUTE',
  'YEAR',
  'BOTH',
];
const longs = [
  0n,
  1n,
  -1n,
  7n,
  10n,
  -25n,
  1_700_000_000_000n,
  9007199254740991n,
  -9007199254740991n,
  9007199254740992n,
  9223372036854775807n,
  -9223372036854775808n,
  4_294_967_296n,
  3_037_000_500n,
];
const ints = [0, 1, -1, 2, 3, 5, 7, -7, 100, 127, -128, 65_536, 2_147_483_647, -2_147_483_648];
const doubles = [0, -0, 1, -1.5, 2.5, 1e300, -1e300, 5e-324, NaN, Infinity, -Infinity, 0.1, 1e16];

export interface ValueOptions {
  /** Only BIGINTs that a float holds exactly. */
  readonly narrow: boolean;
  /** One in so many is NULL; 0: none. */
  readonly nullsOneIn: number;
}

export function randomValue(type: LogicalType, draw: Draw, options: ValueOptions): Value {
  if (options.nullsOneIn > 0 && draw(options.nullsOneIn) === 0) return null;
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!;
  switch (type.root) {
    case 'NULL':
      return null;
    case 'BOOLEAN':
      return draw(2) === 1;
    case 'TINYINT':
      return (pick(ints) << 24) >> 24;
    case 'SMALLINT':
      return (pick(ints) << 16) >> 16;
    case 'INT':
      return pick(ints);
    case 'INTERVAL_YEAR_MONTH':
      return draw(60) - 20;
    case 'DATE':
      return draw(40_000) - 10_000;
    case 'TIME':
      return draw(86_400) * 1000;
    case 'BIGINT': {
      const value = pick(longs);
      return options.narrow && !Number.isSafeInteger(Number(value)) ? 42n : value;
    }
    case 'INTERVAL_DAY_TIME':
      return BigInt(draw(1_000_000_000) - 300_000_000);
    case 'FLOAT':
      return Math.fround(pick(doubles));
    case 'DOUBLE':
      return pick(doubles);
    case 'DECIMAL':
      return BigInt(draw(2_000_000) - 1_000_000);
    case 'CHAR':
    case 'VARCHAR':
      return pick(texts);
    case 'BINARY':
    case 'VARBINARY':
      return Uint8Array.from({ length: draw(9) }, () => draw(256));
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const millis = BigInt(draw(4_000_000_000)) * 1000n - 1_000_000_000_000n + BigInt(draw(1000));
      const nanos = type.precision > 3 && !options.narrow ? BigInt(draw(1_000_000)) : 0n;
      return millis * 1_000_000n + nanos;
    }
    case 'ARRAY':
      return Array.from({ length: draw(4) }, () => randomValue(type.element, draw, options));
    case 'ROW':
      return type.fields.map((inner) => randomValue(inner.type, draw, options));
    case 'MAP':
      return [];
  }
}
