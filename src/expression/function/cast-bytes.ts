/** CAST to BINARY and VARBINARY, and text <-> UTF-8. */
import type { LengthType } from '../type.ts';
import type { Value } from '../value.ts';
import { breach } from './operand.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes that are no UTF-8 become U+FFFD, as in Java. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Too long is cut; BINARY is filled with zero bytes. */
export function castToBytes(value: Value, to: LengthType): Uint8Array {
  const bytes = typeof value === 'string' ? encodeUtf8(value) : value;
  if (!(bytes instanceof Uint8Array)) return breach('bytes', value);
  if (bytes.length > to.length) return bytes.slice(0, to.length);
  if (to.root !== 'BINARY' || bytes.length === to.length) return bytes;
  const padded = new Uint8Array(to.length);
  padded.set(bytes);
  return padded;
}
