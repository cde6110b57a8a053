/**
 * Rows of golden pipelines as lines of JSON, so that drey's and Flink's can be held against each
 * other: append-only rows as a multiset, a changelog (its rows begin with `op`) by the rows that
 * are there in the end. Numbers are equal by value, to the last digit: Flink writes 1.5E+2 for the
 * DECIMAL 150.00, and `FLOAT` and `DOUBLE` have no one text.
 */
import { ExactNumber, parseExactJson } from '../../../src/flink/model/exact-json.ts';
import type { GatewayColumn, GatewayRow, GatewayType } from './gateway-session.ts';

const OPS = { INSERT: '+I', UPDATE_BEFORE: '-U', UPDATE_AFTER: '+U', DELETE: '-D' } as const;

export interface GoldenResult {
  readonly isChangelog: boolean;
  /** Sorted texts of the rows that are there in the end. */
  readonly rows: readonly string[];
}

/** What drey prints and what a recording holds. */
export function readResult(lines: string): GoldenResult {
  const changes = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Object.entries(parseExactJson(line) as Readonly<Record<string, unknown>>));
  const isChangelog = changes.some(([first]) => first?.[0] === 'op');
  const counts = new Map<string, number>();
  for (const cells of changes) {
    const [first, ...rest] = cells;
    const op = isChangelog ? first?.[1] : '+I';
    const text = rowText(isChangelog ? rest : cells);
    counts.set(text, (counts.get(text) ?? 0) + (op === '+I' || op === '+U' ? 1 : -1));
  }
  const rows = [...counts].flatMap(([text, count]) => {
    // Something was taken back that had not been there.
    if (count < 0) return [`${count} times ${text}`];
    return Array<string>(count).fill(text);
  });
  return { isChangelog, rows: rows.sort() };
}

/** The changes of a query, in their order, as lines that begin with `op`. */
export function changelogLines(
  columns: readonly GatewayColumn[],
  changes: readonly GatewayRow[],
): string {
  const lines = changes.map(({ kind, fields }) => {
    const cells = fields.map((value, index): [string, unknown] => {
      const { name, logicalType } = columns[index]!;
      return [name, asFormatWrites(value, logicalType)];
    });
    return `${rowText([['op', OPS[kind]], ...cells])}\n`;
  });
  return lines.join('');
}

/** The gateway writes points in time as ISO 8601; Flink's JSON format, and drey, as SQL does. */
function asFormatWrites(value: unknown, { type }: GatewayType): unknown {
  if (typeof value !== 'string' || !type.startsWith('TIMESTAMP')) return value;
  const parts = /^(.+)T(\d\d:\d\d)(:\d\d)?(?:\.(\d+))?(Z?)$/.exec(value);
  if (parts === null) throw new Error(`${value} is no point in time`);
  const [, date, minutes, seconds = ':00', fraction = '', zone] = parts;
  const digits = fraction.replace(/0+$/, '');
  return `${date} ${minutes}${seconds}${digits === '' ? '' : `.${digits}`}${zone}`;
}

function rowText(cells: readonly (readonly [string, unknown])[]): string {
  return `{${cells.map(([name, value]) => `${JSON.stringify(name)}:${valueText(value)}`).join(',')}}`;
}

function valueText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof ExactNumber) return plainNumber(value.text);
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (typeof value === 'object' && value !== null) return rowText(Object.entries(value));
  return JSON.stringify(value);
}

/** A number without exponent and without zeros that say nothing; `-0` is `0`. */
export function plainNumber(text: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) throw new Error(`${text} is no number`);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  const padded = '0'.repeat(Math.max(0, -point)) + digits + '0'.repeat(Math.max(0, point - digits.length));
  const pointAt = Math.max(0, point);
  const head = padded.slice(0, pointAt).replace(/^0+/, '') || '0';
  const tail = padded.slice(pointAt).replace(/0+$/, '');
  const plain = tail === '' ? head : `${head}.${tail}`;
  return plain === '0' ? plain : sign + plain;
}
