/** Codes of SQL expressions and types inside pipeline files. */
export const expressionCodes = {
  DREY_EXPRESSION_SYNTAX: {
    exit: 3,
    meaning: 'An expression does not follow the grammar of Flink SQL.',
    next: 'Correct the expression at the marked place.',
  },
  DREY_EXPRESSION_RESERVED_WORD: {
    exit: 3,
    meaning: 'A word that Flink SQL reserves is used as a column name without backticks.',
    next: 'Write the name between backticks.',
  },
  DREY_EXPRESSION_LIMIT: {
    exit: 3,
    meaning: 'An expression is longer, deeper or larger than drey reads.',
    next: 'Split it into several computed columns.',
  },
  DREY_EXPRESSION_UNKNOWN_COLUMN: {
    exit: 3,
    meaning: 'An expression names a column or row field that its input does not have.',
    next: 'Use one of the columns of the input; names are case-sensitive.',
  },
  DREY_EXPRESSION_UNKNOWN_FUNCTION: {
    exit: 3,
    meaning: 'An expression calls a function that drey does not have.',
    next: 'Run `drey pipeline functions` for the list.',
  },
  DREY_EXPRESSION_TYPE: {
    exit: 3,
    meaning: 'The types in an expression do not fit together, and Flink SQL refuses it too.',
    next: 'Add a CAST, or use operands of the types that are named.',
  },
  DREY_EXPRESSION_AGGREGATE: {
    exit: 3,
    meaning: 'An aggregate stands where a scalar expression is wanted, or the other way round.',
    next: 'Use aggregates only under `aggregate`, one per output column, not nested.',
  },
  DREY_EXPRESSION_UNSUPPORTED: {
    exit: 3,
    meaning: 'A construct of Flink SQL that drey does not have.',
    next: 'Write it another way; `drey pipeline functions` lists what there is.',
  },
  DREY_TYPE_INVALID: {
    exit: 3,
    meaning: 'A column type is not one of the types of Flink SQL that drey knows.',
    next: 'Write a type such as BIGINT, STRING, DECIMAL(10, 2), TIMESTAMP(3) or ARRAY<INT>.',
  },
} as const;
