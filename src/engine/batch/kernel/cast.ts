/**
 * CAST and TRY_CAST: nothing at all where the bytes stay the same, kernels among numbers, from
 * integers to text and for cutting text, and the scalar definition for the rest.
 */
import { castValue, tryCastValue } from '../../../expression/function/cast.ts';
import type { EvaluationContext } from '../../../expression/function/contract.ts';
import type { CastExpression } from '../../../expression/tree.ts';
import { LENGTH_MAX, type LogicalType } from '../../../expression/type.ts';
import { CallEvaluator } from './call.ts';
import { integerToTextKernel } from './cast-integer-text.ts';
import { numberCastKernel } from './cast-number.ts';
import { textToIntegerKernel } from './cast-text-integer.ts';
import { CutText } from './cut-text.ts';
import type { CastRequest } from './cast-request.ts';
import type { ColumnEvaluator } from './column-evaluator.ts';
import type { Kernel } from './kernel.ts';
import { ScalarRows } from './scalar-rows.ts';

export function castEvaluator(
  expression: CastExpression,
  operand: ColumnEvaluator,
  context: EvaluationContext,
): ColumnEvaluator {
  const { type: to, safe } = expression;
  const { type: from } = expression.operand;
  if (keepsEntries(from, to)) return operand;
  const cast = safe ? tryCastValue : castValue;
  const request: CastRequest = {
    from,
    to,
    evaluate: ([value = null]) => cast(value, from, to, context.timeZone),
  };
  return new CallEvaluator(to, [operand], castKernel(request));
}

function castKernel(request: CastRequest): Kernel {
  const { to } = request;
  const kernel =
    numberCastKernel(request) ??
    integerToTextKernel(request) ??
    textToIntegerKernel(request) ??
    cutTextKernel(request);
  if (kernel !== null) return kernel;
  return new ScalarRows({ evaluate: request.evaluate, strict: true, type: to });
}

function cutTextKernel({ from, to }: CastRequest): Kernel | null {
  const isText = from.root === 'CHAR' || from.root === 'VARCHAR';
  return isText && to.root === 'VARCHAR' ? new CutText(to) : null;
}

const INT_WIDTHS: ReadonlyMap<string, number> = new Map([
  ['TINYINT', 8],
  ['SMALLINT', 16],
  ['INT', 32],
]);

/** Whether a column of the one type is a column of the other as it stands. */
function keepsEntries(from: LogicalType, to: LogicalType): boolean {
  const fromWidth = INT_WIDTHS.get(from.root);
  const toWidth = INT_WIDTHS.get(to.root);
  if (fromWidth !== undefined && toWidth !== undefined) return fromWidth <= toWidth;
  switch (to.root) {
    case 'VARCHAR':
      if (from.root !== 'CHAR' && from.root !== 'VARCHAR') return false;
      return to.length === LENGTH_MAX || from.length <= to.length;
    case 'VARBINARY':
      if (from.root !== 'BINARY' && from.root !== 'VARBINARY') return false;
      return to.length === LENGTH_MAX || from.length <= to.length;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return from.root === to.root && from.precision <= to.precision;
    case 'DECIMAL':
      return from.root === 'DECIMAL' && isSameDecimal(from, to);
    case 'BOOLEAN':
    case 'BIGINT':
    case 'FLOAT':
    case 'DOUBLE':
    case 'DATE':
      return from.root === to.root;
    default:
      return false;
  }
}

interface Digits {
  readonly precision: number;
  readonly scale: number;
}

function isSameDecimal(from: Digits, to: Digits): boolean {
  return from.scale === to.scale && from.precision <= to.precision;
}
