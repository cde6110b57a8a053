/**
 * The typed expression tree: what the checker makes of a parsed expression. Every operand already
 * has the type its function wants; implicit casts are written out. The engine compiles this tree
 * to column kernels, the scalar evaluator walks it.
 */
import type { ScalarFunction } from './function/contract.ts';
import type { LogicalType } from './type.ts';
import type { Value } from './value.ts';

export type TypedExpression =
  | LiteralExpression
  | ColumnExpression
  | CallExpression
  | CaseExpression
  | LogicalExpression
  | CastExpression;

export interface LiteralExpression {
  readonly kind: 'literal';
  readonly type: LogicalType;
  readonly value: Value;
}

/** A column of the input row, by position. */
export interface ColumnExpression {
  readonly kind: 'column';
  readonly type: LogicalType;
  readonly name: string;
  readonly index: number;
}

/** An operator or function; `=`, `+`, `IS NULL`, `LIKE` are functions too. */
export interface CallExpression {
  readonly kind: 'call';
  readonly type: LogicalType;
  readonly function: ScalarFunction;
  readonly operands: readonly TypedExpression[];
}

/** Searched CASE; a simple CASE and COALESCE, NULLIF, IF are rewritten to it. Branches are lazy. */
export interface CaseExpression {
  readonly kind: 'case';
  readonly type: LogicalType;
  readonly branches: readonly {
    readonly when: TypedExpression;
    readonly result: TypedExpression;
  }[];
  readonly otherwise: TypedExpression;
}

/** AND and OR with three-valued logic; operands are evaluated from the left and only as needed. */
export interface LogicalExpression {
  readonly kind: 'logical';
  readonly type: LogicalType;
  readonly operator: 'AND' | 'OR';
  readonly operands: readonly TypedExpression[];
}

/** CAST (`safe` false: a value that does not fit fails the job) and TRY_CAST (`safe` true: NULL). */
export interface CastExpression {
  readonly kind: 'cast';
  readonly type: LogicalType;
  readonly operand: TypedExpression;
  readonly safe: boolean;
}

/** An aggregate call such as `COUNT(DISTINCT x) FILTER (WHERE y)`, typed. */
export interface AggregateExpression {
  readonly function: AggregateName;
  readonly distinct: boolean;
  /** Absent for COUNT(*). */
  readonly operand?: TypedExpression;
  readonly filter?: TypedExpression;
  readonly type: LogicalType;
  /** AVG: of the SUM beside it, wrapped around as that is (reduced-averages.ts). */
  readonly dividesSum?: boolean;
}

export type AggregateName =
  'COUNT' | 'SUM' | 'AVG' | 'MIN' | 'MAX' | 'FIRST_VALUE' | 'LAST_VALUE' | 'APPROX_COUNT_DISTINCT';
