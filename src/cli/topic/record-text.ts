/**
 * A record as `topic tail` shows it. Values alone go out byte by byte, except on a terminal, where
 * control characters are made visible; the other forms are text in any case.
 */
import { formatTime } from '../../output/humanise.ts';
import { jsonLine } from '../../output/json-document.ts';
import type { Palette } from '../../output/palette.ts';
import { visibleText } from '../../output/visible-text.ts';
import type { ReadRecord } from './read-records.ts';

export type RecordForm =
  /** The bytes of the value and a line break, as Kafka's own tool. */
  | { readonly kind: 'raw' }
  /** The value as visible text. */
  | { readonly kind: 'value' }
  /** Where it is, when, under which key, and its headers. */
  | { readonly kind: 'wide'; readonly palette: Palette; readonly zoneOffset: ZoneOffset }
  | { readonly kind: 'json' };

type ZoneOffset = (epochMs: number) => number;

const NULL = 'null';
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const LINE_BREAK = encoder.encode('\n');

export function recordBytes(record: ReadRecord, form: RecordForm): Uint8Array {
  switch (form.kind) {
    case 'raw':
      return Buffer.concat([record.value ?? encoder.encode(NULL), LINE_BREAK]);
    case 'value':
      return encoder.encode(`${shown(record.value)}\n`);
    case 'wide':
      return encoder.encode(`${wideText(record, form)}\n`);
    case 'json':
      return encoder.encode(jsonLine(jsonOf(record)));
  }
}

function shown(bytes: Uint8Array | null): string {
  return bytes === null ? NULL : visibleText(utf8.decode(bytes));
}

function wideText(
  { partition, offset, timestampAtMs, key, value, headers }: ReadRecord,
  { palette, zoneOffset }: Extract<RecordForm, { kind: 'wide' }>,
): string {
  const time = formatTime(timestampAtMs + zoneOffset(timestampAtMs));
  const place = palette.faint(`${partition}:${offset}  ${time}`);
  const named = headers.map(({ name, value: own }) => `${visibleText(name)}=${shown(own)}`);
  const suffix = named.length === 0 ? '' : palette.faint(`  ${named.join(' ')}`);
  return `${place}  ${palette.strong(shown(key))}  ${shown(value)}${suffix}`;
}

/** Bytes that are no text are in base64, under a name that says so. */
function jsonOf({ partition, offset, timestampAtMs, key, value, headers }: ReadRecord): object {
  return {
    partition,
    offset,
    timestampAtMs,
    ...member('key', key),
    ...member('value', value),
    headers: headers.map(({ name, value: own }) => ({ name, ...member('value', own) })),
  };
}

function member(name: 'key' | 'value', bytes: Uint8Array | null): object {
  if (bytes === null) return { [name]: null };
  try {
    return { [name]: strictUtf8.decode(bytes) };
  } catch {
    return { [name]: null, [`${name}Base64`]: Buffer.from(bytes).toString('base64') };
  }
}
