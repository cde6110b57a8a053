/** A value of a result as text, and as what JSON documents are made of; digits as they were sent. */
import { ExactNumber } from '../../flink/model/exact-json.ts';
import type { SqlColumn, SqlValue } from '../../flink/model/sql-result.ts';
import type { RowValues } from '../../flink/sql/materialise-rows.ts';
import { JsonNumber } from '../../output/json-document.ts';

/** Deeper ones are shown as dots: no table has them. */
const DEPTH_MAX = 64;

/** Rows, arrays and maps come as JSON; null is NULL only on the outside. */
export function valueText(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return typeof value === 'string' ? value : innerText(value, 0);
}

function innerText(value: SqlValue, depth: number): string {
  if (value instanceof ExactNumber) return value.text;
  if (value === null || typeof value !== 'object') {
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  }
  if (depth === DEPTH_MAX) return '...';
  if (isList(value)) return `[${value.map((item) => innerText(item, depth + 1)).join(', ')}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${innerText(member, depth + 1)}`,
  );
  return `{${members.join(', ')}}`;
}

/** A row as an object; its keys are the names of the columns. */
export function rowObject(columns: readonly SqlColumn[], values: RowValues): object {
  return Object.fromEntries(
    columns.map(({ name }, index) => [name, jsonValue(values[index] ?? null, 0)]),
  );
}

function jsonValue(value: SqlValue, depth: number): unknown {
  if (value instanceof ExactNumber) return new JsonNumber(value.text);
  if (value === null || typeof value !== 'object') return value;
  if (depth === DEPTH_MAX) return '...';
  if (isList(value)) return value.map((item) => jsonValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, jsonValue(member, depth + 1)]),
  );
}

/** Array.isArray does not tell read-only lists apart. */
function isList(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value);
}
