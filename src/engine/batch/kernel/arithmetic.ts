/** Picks the kernel of `+ - * / %`, MOD and the sign for numeric operands of one kind. */
import type { TypeRoot } from '../../../expression/type.ts';
import { DoubleArithmetic } from './double-arithmetic.ts';
import { IntArithmetic } from './int-arithmetic.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { LongArithmetic, LongRemainder } from './long-arithmetic.ts';

const INT_ROOTS: ReadonlySet<TypeRoot> = new Set(['TINYINT', 'SMALLINT', 'INT']);
const DOUBLE_ROOTS: ReadonlySet<TypeRoot> = new Set(['FLOAT', 'DOUBLE']);

export function arithmeticKernel(request: KernelRequest): Kernel | null {
  const { operands, type } = request;
  const { name } = request.function;
  // The sign + does nothing; the scalar definition may do that.
  if (operands.length === 1 && name !== '-') return null;
  const areAll = (test: (root: TypeRoot) => boolean): boolean =>
    operands.every((operand) => test(operand.type.root));
  if (areAll((root) => INT_ROOTS.has(root))) {
    return INT_ROOTS.has(type.root) ? new IntArithmetic(request) : null;
  }
  if (areAll((root) => root === 'BIGINT')) {
    if (type.root === 'BIGINT') return new LongArithmetic(request);
    const isRemainder = name === '%' || name === 'MOD';
    return isRemainder && INT_ROOTS.has(type.root) ? new LongRemainder(request) : null;
  }
  const isDouble = areAll((root) => DOUBLE_ROOTS.has(root)) && DOUBLE_ROOTS.has(type.root);
  return isDouble ? new DoubleArithmetic(request) : null;
}
