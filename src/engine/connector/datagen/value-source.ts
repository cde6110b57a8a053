/**
 * What a datagen field draws its values from: chosen once from type and options, then asked once
 * for each row. Defaults are Flink's (RandomGeneratorVisitor, SequenceGeneratorVisitor).
 */
import type { Value } from '../../../expression/value.ts';
import type { LogicalType } from '../../../expression/type.ts';
import type { RowRandom } from './row-random.ts';

/** The row that is being made; one object, filled anew for each. */
export interface GeneratedRow {
  /** From 0. */
  index: number;
  /** The moment that time fields are of, epoch milliseconds. */
  nowMs: number;
}

export type ValueSource =
  /** BOOLEAN (0, 1), all integers that are safe, FLOAT, DOUBLE; timestamps as epoch milliseconds. */
  | { readonly kind: 'number'; next(random: RowRandom, row: GeneratedRow): number }
  /** BIGINT beyond the safe integers, DECIMAL unscaled. */
  | { readonly kind: 'bigint'; next(random: RowRandom, row: GeneratedRow): bigint }
  | BytesSource
  | { readonly kind: 'object'; next(random: RowRandom, row: GeneratedRow): Value };

export interface BytesSource {
  readonly kind: 'bytes';
  readonly lengthMax: number;
  /** Writes the value at `at`; returns its length in bytes. */
  write(target: Uint8Array, at: number, random: RowRandom, row: GeneratedRow): number;
}

export interface GeneratedField {
  readonly type: LogicalType;
  /** 0 to 1. */
  readonly nullRate: number;
  readonly source: ValueSource;
}

/** True when the field's next value is to be NULL. */
export function drawsNull(field: GeneratedField, random: RowRandom): boolean {
  return field.nullRate > 0 && random.fraction() < field.nullRate;
}

export function randomIntegers(min: bigint, max: bigint): ValueSource {
  const low = Number(min);
  const high = Number(max);
  if (Number.isSafeInteger(low) && Number.isSafeInteger(high) && high - low < 2 ** 53) {
    return { kind: 'number', next: (random) => random.integer(low, high) };
  }
  return { kind: 'bigint', next: (random) => random.bigint(min, max) };
}

export function randomBigints(min: bigint, max: bigint): ValueSource {
  return { kind: 'bigint', next: (random) => random.bigint(min, max) };
}

/** Mixing the bounds, not adding a multiple of their distance, which may be infinite. */
export function randomDoubles(min: number, max: number): ValueSource {
  return {
    kind: 'number',
    next(random) {
      const share = random.fraction();
      return share * max + (1 - share) * min;
    },
  };
}

export function sequenceOfIntegers(start: bigint, end: bigint): ValueSource {
  const first = Number(start);
  if (Number.isSafeInteger(first) && Number.isSafeInteger(Number(end))) {
    return { kind: 'number', next: (_random, row) => first + row.index };
  }
  return { kind: 'bigint', next: (_random, row) => start + BigInt(row.index) };
}

/** Whole numbers as unscaled decimals; `unit`: 1 in the column's scale. */
export function sequenceOfDecimals(start: bigint, unit: bigint): ValueSource {
  return { kind: 'bigint', next: (_random, row) => (start + BigInt(row.index)) * unit };
}

export const booleans: ValueSource = { kind: 'number', next: (random) => random.uint32() & 1 };

/** The row's moment, at most `maxPastMs` earlier. */
export function moments(maxPastMs: number): ValueSource {
  return { kind: 'number', next: (random, row) => row.nowMs - random.integer(0, maxPastMs) };
}

const DAY_MS = 86_400_000;

/** The row's day, UTC. */
export const days: ValueSource = {
  kind: 'number',
  next: (_random, row) => Math.floor(row.nowMs / DAY_MS),
};

/** Milliseconds of the row's day, UTC. */
export const timesOfDay: ValueSource = {
  kind: 'number',
  next: (_random, row) => row.nowMs - Math.floor(row.nowMs / DAY_MS) * DAY_MS,
};

const HEX_DIGITS = new TextEncoder().encode('0123456789abcdef');

/** Hexadecimal digits, as Flink's. `varLen`: 1 to length - 1 of them, as in Flink. */
export function hexStrings(length: number, varLen: boolean): BytesSource {
  return {
    kind: 'bytes',
    lengthMax: length,
    write(target, at, random) {
      const count = drawLength(random, length, varLen);
      let word = 0;
      for (let i = 0; i < count; i++) {
        word = i % 8 === 0 ? random.uint32() : word >>> 4;
        target[at + i] = HEX_DIGITS[word & 15]!;
      }
      return count;
    },
  };
}

export function byteStrings(length: number, varLen: boolean): BytesSource {
  return {
    kind: 'bytes',
    lengthMax: length,
    write(target, at, random) {
      const count = drawLength(random, length, varLen);
      let word = 0;
      for (let i = 0; i < count; i++) {
        word = i % 4 === 0 ? random.uint32() : word >>> 8;
        target[at + i] = word & 255;
      }
      return count;
    },
  };
}

function drawLength(random: RowRandom, length: number, varLen: boolean): number {
  return varLen ? random.integer(1, Math.max(1, length - 1)) : length;
}

/** Characters of -9223372036854775808. */
const LONG_TEXT_MAX = 20;

/** The numbers of a sequence as decimal text. */
export function sequenceOfTexts(start: bigint): BytesSource {
  const encoder = new TextEncoder();
  return {
    kind: 'bytes',
    lengthMax: LONG_TEXT_MAX,
    write(target, at, _random, row) {
      const text = String(start + BigInt(row.index));
      return encoder.encodeInto(text, target.subarray(at, at + LONG_TEXT_MAX)).written;
    },
  };
}

/** The numbers of a sequence as 8 bytes, the highest first. */
export function sequenceOfBytes(start: bigint): BytesSource {
  return {
    kind: 'bytes',
    lengthMax: 8,
    write(target, at, _random, row) {
      const view = new DataView(target.buffer, target.byteOffset + at, 8);
      view.setBigInt64(0, start + BigInt(row.index));
      return 8;
    },
  };
}
