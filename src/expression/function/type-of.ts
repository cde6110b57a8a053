/** TYPEOF: the type of an expression as text; its value does not matter. */
import { stringType } from '../type-relations.ts';
import { typeText } from '../type-text.ts';
import type { ScalarFunction } from './contract.ts';

export const typeOf: ScalarFunction = {
  name: 'TYPEOF',
  category: 'type conversion',
  syntax: ['TYPEOF(value)'],
  summary: 'The type of a value as text, such as INT NOT NULL.',
  deterministic: true,
  strict: false,
  resolve: (operands) =>
    operands.length === 1
      ? { operands, result: stringType(true) }
      : { mismatch: `it takes 1 operand, not ${operands.length}` },
  evaluate: (_operands, { operands: [type] }) => (type === undefined ? null : typeText(type)),
};
