/** Which functions have kernels. A factory may still decline a call by its operand types. */
import { arithmeticKernel } from './arithmetic.ts';
import { charLengthKernel } from './char-length.ts';
import { betweenKernel, comparisonKernel, distinctKernel } from './comparison.ts';
import { concatKernel } from './concat.ts';
import { inListKernel } from './in-list.ts';
import type { Kernel, KernelFactory, KernelRequest } from './kernel.ts';
import { letterCaseKernel } from './letter-case.ts';
import { likeKernel } from './like.ts';
import { ScalarRows } from './scalar-rows.ts';
import { resolutionOf } from './scalar-row.ts';
import { substringKernel } from './substring.ts';
import { extractKernel, floorKernel, shiftKernel, toTimestampKernel } from './timestamp.ts';
import { sideTrimKernel, trimKernel } from './trim.ts';
import { notKernel, nullTestKernel, truthTestKernel } from './truth.ts';

const FACTORIES: ReadonlyMap<string, KernelFactory> = new Map([
  ['=', comparisonKernel],
  ['<>', comparisonKernel],
  ['<', comparisonKernel],
  ['<=', comparisonKernel],
  ['>', comparisonKernel],
  ['>=', comparisonKernel],
  ['IS DISTINCT FROM', distinctKernel],
  ['IS NOT DISTINCT FROM', distinctKernel],
  ['BETWEEN', betweenKernel],
  ['NOT BETWEEN', betweenKernel],
  ['IN', inListKernel],
  ['NOT IN', inListKernel],
  ['NOT', notKernel],
  ['IS NULL', nullTestKernel],
  ['IS NOT NULL', nullTestKernel],
  ['IS TRUE', truthTestKernel],
  ['IS NOT TRUE', truthTestKernel],
  ['IS FALSE', truthTestKernel],
  ['IS NOT FALSE', truthTestKernel],
  ['IS UNKNOWN', truthTestKernel],
  ['IS NOT UNKNOWN', truthTestKernel],
  ['+', sumKernel],
  ['-', sumKernel],
  ['*', arithmeticKernel],
  ['/', arithmeticKernel],
  ['%', arithmeticKernel],
  ['MOD', arithmeticKernel],
  ['TO_TIMESTAMP_LTZ', toTimestampKernel],
  ['FLOOR', floorKernel],
  ['EXTRACT', extractKernel],
  ['SUBSTRING', substringKernel],
  ['SUBSTR', substringKernel],
  ['LEFT', substringKernel],
  ['RIGHT', substringKernel],
  ['TRIM', trimKernel],
  ['BTRIM', sideTrimKernel],
  ['LTRIM', sideTrimKernel],
  ['RTRIM', sideTrimKernel],
  ['CHAR_LENGTH', charLengthKernel],
  ['CHARACTER_LENGTH', charLengthKernel],
  ['UPPER', letterCaseKernel],
  ['LOWER', letterCaseKernel],
  ['CONCAT', concatKernel],
  ['||', concatKernel],
  ['LIKE', likeKernel],
  ['NOT LIKE', likeKernel],
]);

/** `+` and `-` are for numbers, and for times with durations. */
function sumKernel(request: KernelRequest): Kernel | null {
  return arithmeticKernel(request) ?? shiftKernel(request);
}

/** The kernel for a call; without one, the scalar definition row by row. */
export function kernelOf(request: KernelRequest): Kernel {
  return FACTORIES.get(request.function.name)?.(request) ?? scalarKernel(request);
}

function scalarKernel(request: KernelRequest): Kernel {
  const types = resolutionOf(request);
  const { context, type } = request;
  return new ScalarRows({
    evaluate: (values) => request.function.evaluate(values, types, context),
    strict: request.function.strict,
    type,
  });
}
