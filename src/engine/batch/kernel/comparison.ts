/** `=`, `<>`, `<`, `<=`, `>`, `>=`, IS [NOT] DISTINCT FROM and [NOT] BETWEEN as kernels. */
import { BATCH_ROWS, BooleanColumn, type Column } from '../column.ts';
import { ComparisonLoop, isComparable, type ComparisonOperator } from './comparison-loop.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';

const NOT_ABOVE: ComparisonOperator = { relation: 'not-above', swapped: false, negated: false };

const OPERATORS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['=', { relation: 'equal', swapped: false, negated: false }],
  ['<>', { relation: 'equal', swapped: false, negated: true }],
  ['<', { relation: 'less', swapped: false, negated: false }],
  ['<=', NOT_ABOVE],
  ['>', { relation: 'less', swapped: true, negated: false }],
  ['>=', { relation: 'not-above', swapped: true, negated: false }],
]);

const DISTINCT: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['IS DISTINCT FROM', { relation: 'equal', swapped: false, negated: true }],
  ['IS NOT DISTINCT FROM', { relation: 'equal', swapped: false, negated: false }],
]);

export function comparisonKernel(request: KernelRequest): Kernel | null {
  const operator = OPERATORS.get(request.function.name);
  if (operator === undefined || !isComparable(request.operands)) return null;
  const comparison = new ComparisonLoop(operator, request.operands);
  return new ComparisonKernel(new BooleanColumn(request.type), comparison);
}

export function distinctKernel(request: KernelRequest): Kernel | null {
  const operator = DISTINCT.get(request.function.name);
  if (operator === undefined || !isComparable(request.operands)) return null;
  const comparison = new ComparisonLoop(operator, request.operands);
  return new DistinctKernel(new BooleanColumn(request.type), comparison, operator.negated);
}

export function betweenKernel(request: KernelRequest): Kernel | null {
  const [tested, low, high] = request.operands;
  if (tested === undefined || low === undefined || high === undefined) return null;
  if (!isComparable(request.operands)) return null;
  const lower = new ComparisonLoop(NOT_ABOVE, [low, tested]);
  const upper = new ComparisonLoop(NOT_ABOVE, [tested, high]);
  const isNegated = request.function.name === 'NOT BETWEEN';
  return new BetweenKernel(new BooleanColumn(request.type), { lower, upper, isNegated });
}

class ComparisonKernel implements Kernel {
  readonly result: BooleanColumn;
  private readonly comparison: ComparisonLoop;

  constructor(result: BooleanColumn, comparison: ComparisonLoop) {
    this.result = result;
    this.comparison = comparison;
  }

  run(operands: readonly Column[], rowCount: number): void {
    copyOperandNulls(operands, rowCount, this.result);
    this.comparison.run(operands, rowCount, this.result.values);
  }
}

/** NULL is a value like any other here; the result is never NULL. */
class DistinctKernel implements Kernel {
  readonly result: BooleanColumn;
  private readonly comparison: ComparisonLoop;
  /** What two NULLs give. */
  private readonly bothNull: 0 | 1;

  constructor(result: BooleanColumn, comparison: ComparisonLoop, negated: boolean) {
    this.result = result;
    this.comparison = comparison;
    this.bothNull = negated ? 0 : 1;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { values } = this.result;
    this.comparison.run(operands, rowCount, values);
    const left = operands[0]!;
    const right = operands[1]!;
    if (!left.hasNulls && !right.hasNulls) return;
    for (let row = 0; row < rowCount; row++) {
      const nullCount = left.nulls[row]! + right.nulls[row]!;
      if (nullCount === 2) values[row] = this.bothNull;
      else if (nullCount === 1) values[row] = 1 - this.bothNull;
    }
  }
}

/** `low <= x AND x <= high`: one bound that is missed decides, even if the other is NULL. */
class BetweenKernel implements Kernel {
  readonly result: BooleanColumn;
  private readonly lower: ComparisonLoop;
  private readonly upper: ComparisonLoop;
  private readonly isNegated: boolean;
  private readonly isBelowHigh = new Uint8Array(BATCH_ROWS);

  constructor(
    result: BooleanColumn,
    parts: {
      readonly lower: ComparisonLoop;
      readonly upper: ComparisonLoop;
      readonly isNegated: boolean;
    },
  ) {
    this.result = result;
    this.lower = parts.lower;
    this.upper = parts.upper;
    this.isNegated = parts.isNegated;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, isBelowHigh } = this;
    const { values } = result;
    const tested = operands[0]!;
    const low = operands[1]!;
    const high = operands[2]!;
    this.lower.run([low, tested], rowCount, values);
    this.upper.run([tested, high], rowCount, isBelowHigh);
    const flip = this.isNegated ? 1 : 0;
    if (!tested.hasNulls && !low.hasNulls && !high.hasNulls) {
      for (let row = 0; row < rowCount; row++) {
        values[row] = (values[row]! & isBelowHigh[row]!) ^ flip;
      }
      return;
    }
    for (let row = 0; row < rowCount; row++) {
      const isLowNull = tested.nulls[row]! | low.nulls[row]!;
      const isHighNull = tested.nulls[row]! | high.nulls[row]!;
      const isMet = (isLowNull | values[row]!) & (isHighNull | isBelowHigh[row]!);
      values[row] = isMet ^ flip;
      result.nulls[row] = isMet & (isLowNull | isHighNull);
    }
    result.hasNulls = true;
  }
}
