/** The aggregates of window nodes, as `drey pipeline functions` lists them. */
import type { AggregateName } from '../../expression/tree.ts';

export interface FunctionEntry {
  readonly name: string;
  readonly category: string;
  /** One form a line. */
  readonly syntax: readonly string[];
  readonly summary: string;
}

/** A record, so that an aggregate without an entry does not compile. */
const aggregates: Readonly<Record<AggregateName, Pick<FunctionEntry, 'syntax' | 'summary'>>> = {
  COUNT: {
    syntax: ['COUNT(*)', 'COUNT(value)', 'COUNT(DISTINCT value)'],
    summary: 'Number of rows, of values that are not NULL, or of distinct values; exact.',
  },
  SUM: {
    syntax: ['SUM(value)'],
    summary: 'Sum of the values that are not NULL; NULL when there are none.',
  },
  AVG: {
    syntax: ['AVG(value)'],
    summary: 'Mean of the values that are not NULL, in the type of the value: of INT it is INT.',
  },
  MIN: { syntax: ['MIN(value)'], summary: 'Smallest value that is not NULL.' },
  MAX: { syntax: ['MAX(value)'], summary: 'Greatest value that is not NULL.' },
  FIRST_VALUE: {
    syntax: ['FIRST_VALUE(value)'],
    summary: 'The value that is not NULL and came first.',
  },
  LAST_VALUE: {
    syntax: ['LAST_VALUE(value)'],
    summary: 'The value that is not NULL and came last.',
  },
  APPROX_COUNT_DISTINCT: {
    syntax: ['APPROX_COUNT_DISTINCT(value)'],
    summary: 'Estimated number of distinct values, in small constant memory.',
  },
};

/** Each may be followed by FILTER (WHERE condition). */
export const aggregateEntries: readonly FunctionEntry[] = Object.entries(aggregates).map(
  ([name, { syntax, summary }]) => ({ name, category: 'aggregate', syntax, summary }),
);
