/** CAST and TRY_CAST: kernels among numbers and for what changes nothing, else value by value. */
import type { EvaluationContext } from '../../../expression/function/contract.ts';
import type { CastExpression } from '../../../expression/tree.ts';
import { BugError } from '../../../errors/drey-error.ts';
import type { Kernel } from './kernel.ts';
import { ScalarRows } from './scalar-rows.ts';

export function castKernel(expression: CastExpression, context: EvaluationContext): Kernel {
  return new ScalarRows({
    evaluate: () => {
      throw new BugError('DREY_BUG', `no cast ${expression.type.root} ${context.timeZone}`);
    },
    operandCount: 1,
    strict: true,
    type: expression.type,
  });
}
