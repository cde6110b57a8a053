/**
 * ARRAY, MAP and ROW values as canonical text, for keys. BIGINT and BYTES, which JSON lacks, are
 * tagged objects; no SQL value is an object otherwise.
 */
import { corruptState } from './corrupt-state.ts';
import type { Value } from '../../expression/value.ts';

export function objectText(value: Value): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return { n: String(inner) };
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
    if ('b' in parsed && Array.isArray(parsed.b)) return Uint8Array.from(parsed.b as number[]);
  }
  if (parsed === null || typeof parsed === 'boolean' || typeof parsed === 'number') return parsed;
  if (typeof parsed === 'string') return parsed;
  throw corruptState('a key holds no value');
}
