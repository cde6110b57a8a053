/** A line of input -> key and value of a record. Pure. */
import { InputError } from '../../errors/drey-error.ts';
import type { InputLine } from './input-lines.ts';

export interface LineOptions {
  /** What stands between key and value; null: the line is the value. */
  readonly keySeparator: Uint8Array | null;
  /** The member of a JSON object that is the key; null: none. */
  readonly keyField: string | null;
  /** A value of just this is null: a tombstone. Null: no value is. */
  readonly nullMarker: Uint8Array | null;
}

export interface LineRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/** The bytes are those of the line. Throws DREY_PRODUCE_LINE. */
export function recordOfLine(line: InputLine, options: LineOptions): LineRecord {
  const { keySeparator, keyField, nullMarker } = options;
  const valueOf = (bytes: Uint8Array): Uint8Array | null =>
    nullMarker !== null && Buffer.compare(bytes, nullMarker) === 0 ? null : bytes;
  if (keyField !== null) return { key: keyInJson(line, keyField), value: line.bytes };
  if (keySeparator === null) return { key: null, value: valueOf(line.bytes) };
  const at = Buffer.from(line.bytes.buffer, line.bytes.byteOffset, line.bytes.length).indexOf(
    keySeparator,
  );
  if (at === -1) {
    throw unusableLine(
      line,
      `has no key: ${JSON.stringify(utf8.decode(keySeparator))} is not in it`,
    );
  }
  return {
    key: line.bytes.subarray(0, at),
    value: valueOf(line.bytes.subarray(at + keySeparator.length)),
  };
}

function keyInJson(line: InputLine, field: string): Uint8Array {
  const value = memberOf(line, field);
  if (typeof value === 'string') return encoder.encode(value);
  // Other numbers may have lost digits on the way.
  if (Number.isSafeInteger(value) || typeof value === 'boolean') {
    return encoder.encode(String(value));
  }
  throw unusableLine(line, `has no key: its ${JSON.stringify(field)} is no text or whole number`);
}

function memberOf(line: InputLine, field: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(line.bytes));
  } catch {
    throw unusableLine(line, 'has no key: it is no JSON');
  }
  if (typeof value !== 'object' || value === null) {
    throw unusableLine(line, 'has no key: it is no JSON object');
  }
  return Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined;
}

export function unusableLine({ number }: InputLine, problem: string): InputError {
  return new InputError('DREY_PRODUCE_LINE', `line ${number} ${problem}`, {
    details: { line: number },
  });
}
