/** Codes of SQL expressions and types inside pipeline files. */
export const expressionCodes = {
  DREY_EXPRESSION_SYNTAX: {
    exit: 3,
    meaning: 'An expression does not follow the grammar of Flink SQL.',
    next: 'Correct the expression at the marked place.',
  },
} as const;
