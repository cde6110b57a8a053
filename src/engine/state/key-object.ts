/**
 * ARRAY, MAP and ROW values as canonical text, for keys. What JSON lacks is a tagged object: BIGINT,
 * BYTES, and the numbers that are not finite; no SQL value is an object otherwise.
 */
import { corruptState } from './corrupt-state.ts';
import type { Value } from '../../expression/value.ts';

export function objectText(value: Value): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return { n: String(inner) };
    if (typeof inner === 'number' && !Number.isFinite(inner)) return { d: String(inner) };
    if (inner instanceof Uint8Array) return { b: Array.from(inner) };
    return inner;
  });
}

export function objectOfText(text: string): Value {
  return restore(JSON.parse(text));
}

function restore(parsed: unknown): Value {
  if (Array.isArray(parsed)) return parsed.map(restore);
  if (typeof parsed === 'object' && parsed !== null) {
    if ('n' in parsed && typeof parsed.n === 'string') return BigInt(parsed.n);
    if ('d' in parsed && typeof parsed.d === 'string') return Number(parsed.d);
    if ('b' in parsed && Array.isArray(parsed.b)) return Uint8Array.from(parsed.b as number[]);
  }
  if (parsed === null || typeof parsed === 'boolean' || typeof parsed === 'number') return parsed;
  if (typeof parsed === 'string') return parsed;
  throw corruptState('a key holds no value');
}
