/**
 * What expressions know besides functions, for the list that users see: AND, OR, CASE and CAST,
 * which are nodes of the tree, and the aggregates.
 */
import type { FunctionCategory } from './contract.ts';

/** The part of a definition that is shown to users. */
export interface FunctionForm {
  readonly name: string;
  readonly category: FunctionCategory | 'aggregate';
  /** One form a line. */
  readonly syntax: readonly string[];
  readonly summary: string;
}

const filter = '[ FILTER (WHERE condition) ]';

function aggregate(name: string, summary: string): FunctionForm {
  return {
    name,
    category: 'aggregate',
    syntax: [`${name}([ DISTINCT ] value) ${filter}`],
    summary,
  };
}

export const expressionForms: readonly FunctionForm[] = [
  {
    name: 'AND',
    category: 'logical',
    syntax: ['boolean1 AND boolean2'],
    summary: 'TRUE if both are TRUE, FALSE if one is FALSE, else UNKNOWN.',
  },
  {
    name: 'OR',
    category: 'logical',
    syntax: ['boolean1 OR boolean2'],
    summary: 'TRUE if one is TRUE, FALSE if both are FALSE, else UNKNOWN.',
  },
  {
    name: 'CASE',
    category: 'conditional',
    syntax: [
      'CASE value WHEN value1 [, value2]* THEN result [WHEN ...]* [ELSE result] END',
      'CASE WHEN condition THEN result [WHEN ...]* [ELSE result] END',
    ],
    summary: 'The result of the first WHEN that holds, else that of ELSE, else NULL.',
  },
  {
    name: 'CAST',
    category: 'type conversion',
    syntax: ['CAST(value AS type)'],
    summary: 'The value as another type; fails the job when it does not fit.',
  },
  {
    name: 'TRY_CAST',
    category: 'type conversion',
    syntax: ['TRY_CAST(value AS type)'],
    summary: 'The value as another type; NULL when it does not fit.',
  },
  {
    name: 'COUNT',
    category: 'aggregate',
    syntax: [`COUNT(*) ${filter}`, `COUNT([ DISTINCT ] value) ${filter}`],
    summary: 'The number of rows, or of values that are not NULL; exact with DISTINCT.',
  },
  aggregate('SUM', 'The sum, in the type of the value; of DECIMAL with 38 digits.'),
  aggregate('AVG', 'The average, in the type of the value: of INT it is an INT.'),
  aggregate('MIN', 'The least value.'),
  aggregate('MAX', 'The greatest value.'),
  aggregate('FIRST_VALUE', 'The first value that is not NULL, by arrival.'),
  aggregate('LAST_VALUE', 'The last value that is not NULL, by arrival.'),
  {
    name: 'APPROX_COUNT_DISTINCT',
    category: 'aggregate',
    syntax: [`APPROX_COUNT_DISTINCT(value) ${filter}`],
    summary: 'The number of different values, estimated.',
  },
  {
    name: 'GROUPING',
    category: 'grouping',
    syntax: ['GROUPING(column1[, column2]*)'],
    summary: 'A bit for each group column, 1 where a grouping set rolls it up.',
  },
];
