/**
 * The doors of this folder for readers of pipeline files: text -> syntax, syntax -> typed tree.
 * All answer with a value or with problems and never throw at any input.
 */
export { parseExpressionText as parseExpression, parseExpressionText as parseAggregate } from './parser.ts';
export { parseTypeText as parseType } from './type-parser.ts';
