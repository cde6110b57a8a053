/** The columns that the tables of facts were measured with. */
import type { Scope } from '../../src/expression/check-context.ts';
import { parseType } from '../../src/expression/parse-expression.ts';
import type { LogicalType, RowField } from '../../src/expression/type.ts';
import type { Value } from '../../src/expression/value.ts';

export function typeOf(text: string): LogicalType {
  const parsed = parseType(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  return parsed.value;
}

/** `columns`: name and type of each. */
export function columnsOf(columns: Readonly<Record<string, string>>): readonly RowField[] {
  return Object.entries(columns).map(([name, type]) => ({ name, type: typeOf(type) }));
}

/** One row of a file, so that Flink could fold nothing. */
export const rowScope: { readonly scope: Scope; readonly row: readonly Value[] } = {
  scope: {
    timeZone: 'UTC',
    columns: columnsOf({
      b: 'BOOLEAN',
      ti: 'TINYINT',
      si: 'SMALLINT',
      i: 'INT',
      l: 'BIGINT',
      f: 'FLOAT',
      d: 'DOUBLE',
      dc: 'DECIMAL(10, 2)',
      s: 'STRING',
      dt: 'DATE',
    }),
  },
  row: [true, 1, 2, 3, 4n, 1.5, 2.5, 1234n, 'abc', 18_263],
};

/** A column of every type. */
export const typesScope: Scope = {
  timeZone: 'UTC',
  columns: columnsOf({
    b: 'BOOLEAN',
    ti: 'TINYINT',
    si: 'SMALLINT',
    i: 'INT',
    l: 'BIGINT',
    f: 'FLOAT',
    d: 'DOUBLE',
    dec_: 'DECIMAL(10, 2)',
    s: 'STRING',
    c3: 'CHAR(3)',
    by_: 'BYTES',
    dt: 'DATE',
    tm: 'TIME',
    ts3: 'TIMESTAMP(3)',
    ts9: 'TIMESTAMP(9)',
    ltz: 'TIMESTAMP_LTZ(6)',
    ltz3: 'TIMESTAMP_LTZ(3)',
    ai: 'ARRAY<INT>',
    m: 'MAP<STRING, INT>',
    r: 'ROW<a INT, b STRING>',
  }),
};
