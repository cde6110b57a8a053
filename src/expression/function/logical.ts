/** NOT, IS TRUE and the like. AND and OR are nodes of the tree, because they evaluate lazily. */
import { simple } from '../type-relations.ts';
import type { ScalarFunction } from './contract.ts';
import { booleanAt, valueAt } from './operand.ts';
import { parameters, results, signature } from './signature.ts';

function truthTest(name: string, wanted: boolean | null, isNegated: boolean): ScalarFunction {
  const word = wanted === null ? 'UNKNOWN' : String(wanted).toUpperCase();
  return {
    name,
    category: 'logical',
    syntax: [`boolean ${name}`],
    summary: `TRUE if boolean is ${isNegated ? 'not ' : ''}${word}, else FALSE.`,
    deterministic: true,
    strict: false,
    resolve: signature([parameters.boolean], () => simple('BOOLEAN', false)),
    evaluate: (operands) => (valueAt(operands, 0) === wanted) !== isNegated,
  };
}

export const logicalFunctions: readonly ScalarFunction[] = [
  {
    name: 'NOT',
    category: 'logical',
    syntax: ['NOT boolean'],
    summary: 'TRUE if boolean is FALSE, FALSE if it is TRUE, UNKNOWN if it is UNKNOWN.',
    deterministic: true,
    strict: true,
    resolve: signature([parameters.boolean], results.boolean),
    evaluate: (operands) => !booleanAt(operands, 0),
  },
  truthTest('IS TRUE', true, false),
  truthTest('IS NOT TRUE', true, true),
  truthTest('IS FALSE', false, false),
  truthTest('IS NOT FALSE', false, true),
  truthTest('IS UNKNOWN', null, false),
  truthTest('IS NOT UNKNOWN', null, true),
];
