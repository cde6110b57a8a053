/**
 * The untyped tree that the parser makes of an expression's text. Names are as written; which
 * columns and functions exist, and whether types fit, is for the checker to say.
 */
import type { TextRange } from './problem.ts';
import type { LogicalType } from './type.ts';

export type Syntax =
  | NumberSyntax
  | TextSyntax
  | BytesSyntax
  | BooleanSyntax
  | NullSyntax
  | TemporalSyntax
  | IntervalSyntax
  | ColumnSyntax
  | FieldSyntax
  | CallSyntax
  | CaseSyntax
  | CastSyntax
  | SymbolSyntax;

/** Without sign, as written: `12`, `1.50`, `1e3`. */
export interface NumberSyntax extends TextRange {
  readonly kind: 'number';
  readonly text: string;
}
export interface TextSyntax extends TextRange {
  readonly kind: 'text';
  readonly value: string;
}
export interface BytesSyntax extends TextRange {
  readonly kind: 'bytes';
  /** Hexadecimal digits, an even number. */
  readonly digits: string;
}
/** TRUE, FALSE and UNKNOWN (null). */
export interface BooleanSyntax extends TextRange {
  readonly kind: 'boolean';
  readonly value: boolean | null;
}
export interface NullSyntax extends TextRange {
  readonly kind: 'null';
}
/** DATE '2020-01-01' and the like. */
export interface TemporalSyntax extends TextRange {
  readonly kind: 'temporal';
  readonly type: 'DATE' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ';
  readonly text: string;
  /** Place of the text literal. */
  readonly textRange: TextRange;
}
export type IntervalUnit =
  'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND';
/** INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL x HOUR. */
export interface IntervalSyntax extends TextRange {
  readonly kind: 'interval';
  readonly value: Syntax;
  /** True for INTERVAL -'1' DAY. */
  readonly negative: boolean;
  readonly from: IntervalUnit;
  readonly to: IntervalUnit | null;
  /** Digits of the leading field; 2 when not written. */
  readonly leadingPrecision: number;
}
export interface NamePart extends TextRange {
  readonly name: string;
  /** Written between backticks, and so never a function without brackets. */
  readonly quoted: boolean;
}
/** `a`, or `r.f`: a column and fields of it. */
export interface ColumnSyntax extends TextRange {
  readonly kind: 'column';
  readonly path: readonly [NamePart, ...NamePart[]];
}
/** `(expression).f`, `a[1].f`. */
export interface FieldSyntax extends TextRange {
  readonly kind: 'field';
  readonly operand: Syntax;
  readonly field: NamePart;
}
/**
 * A function or operator. Operators have their symbol as name: `+`, `IS NULL`, `BETWEEN`, `IN`,
 * `ITEM` (element access), `ARRAY`, `MAP`, `ROW`; `AND` and `OR` have two or more operands; unary
 * `-` has one.
 */
export interface CallSyntax extends TextRange {
  readonly kind: 'call';
  /** Upper case. */
  readonly name: string;
  /** Where the name or operator stands. */
  readonly nameRange: TextRange;
  readonly operands: readonly Syntax[];
  /** DISTINCT in the brackets. */
  readonly distinct: boolean;
  /** `COUNT(*)`. */
  readonly star: boolean;
  /** FILTER (WHERE ...). */
  readonly filter: Syntax | null;
}
export interface CaseSyntax extends TextRange {
  readonly kind: 'case';
  /** Present in a simple CASE. */
  readonly operand: Syntax | null;
  readonly branches: readonly CaseBranchSyntax[];
  readonly otherwise: Syntax | null;
}
export interface CaseBranchSyntax {
  /** One condition; a simple CASE may list several values. */
  readonly when: readonly [Syntax, ...Syntax[]];
  readonly result: Syntax;
}
export interface CastSyntax extends TextRange {
  readonly kind: 'cast';
  readonly operand: Syntax;
  readonly type: LogicalType;
  readonly typeRange: TextRange;
  /** TRY_CAST. */
  readonly safe: boolean;
}
/** A keyword as an operand: the unit of EXTRACT, BOTH of TRIM. Upper case. */
export interface SymbolSyntax extends TextRange {
  readonly kind: 'symbol';
  readonly name: string;
}

/** A call node without the parts that only aggregates have. */
export function callSyntax(
  name: string,
  operands: readonly Syntax[],
  nameRange: TextRange,
  range: TextRange,
): CallSyntax {
  return {
    kind: 'call',
    name,
    nameRange: { start: nameRange.start, end: nameRange.end },
    operands,
    distinct: false,
    star: false,
    filter: null,
    start: range.start,
    end: range.end,
  };
}
