/**
 * [NOT] IN with a list of constants. A short list is walked for each row, a long one is a hash
 * set. Without a match the answer is NULL when the list holds a NULL.
 */
import type { Value } from '../../../expression/value.ts';
import { BooleanColumn, type Column, type LongColumn } from '../column.ts';
import { asBytes, asInt, asLong } from './column-of-kind.ts';
import { ByteSet } from './byte-set.ts';
import { bytesOfLiteral, literalValues } from './constant.ts';
import { commonKind, type Kernel, type KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';

export function inListKernel(request: KernelRequest): Kernel | null {
  const [tested, ...items] = request.operands;
  const values = literalValues(items);
  if (tested === undefined || values === null || commonKind(request.operands) === null) return null;
  const membership = membershipOf(commonKind(request.operands), request, values);
  return membership === null ? null : new InListKernel(request, values.includes(null), membership);
}

/** Writes 1 for each row that is in the list, else 0; rows with a NULL get any of the two. */
type Membership = (column: Column, target: Uint8Array) => void;

function membershipOf(
  kind: string | null,
  request: KernelRequest,
  values: readonly Value[],
): Membership | null {
  switch (kind) {
    case 'int':
      return intMembership(
        new Set(values.flatMap((value) => (typeof value === 'number' ? [value] : []))),
      );
    case 'long':
      return longMembership(values.flatMap((value) => (typeof value === 'bigint' ? [value] : [])));
    case 'bytes': {
      const contents = request.operands.slice(1).flatMap((item) => bytesOfLiteral(item) ?? []);
      const set = new ByteSet(contents);
      return (column, target) => set.test(asBytes(column), target);
    }
    default:
      return null;
  }
}

class InListKernel implements Kernel {
  readonly result: BooleanColumn;
  private readonly isNegated: boolean;
  private readonly hasNullItem: boolean;
  private readonly membership: Membership;

  constructor(request: KernelRequest, hasNullItem: boolean, membership: Membership) {
    this.result = new BooleanColumn(request.type);
    this.isNegated = request.function.name === 'NOT IN';
    this.hasNullItem = hasNullItem;
    this.membership = membership;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result } = this;
    const column = operands[0]!;
    copyOperandNulls([column], rowCount, result);
    const { values } = result;
    const target = rowCount === values.length ? values : values.subarray(0, rowCount);
    this.membership(column, target);
    if (this.hasNullItem) {
      for (let row = 0; row < rowCount; row++) if (target[row] === 0) result.setNull(row);
    }
    if (this.isNegated) {
      for (let row = 0; row < rowCount; row++) target[row] = target[row]! ^ 1;
    }
  }
}

/** Up to this many numbers one pass for each is faster than a set, measured on Node 20. */
const PASSES_MAX = 8;

function intMembership(items: ReadonlySet<number>): Membership {
  const list = [...items];
  return (column, target) => {
    const { values } = asInt(column);
    if (list.length > PASSES_MAX) {
      for (let row = 0; row < target.length; row++) target[row] = items.has(values[row]!) ? 1 : 0;
      return;
    }
    target.fill(0);
    for (const item of list) {
      for (let row = 0; row < target.length; row++) if (values[row] === item) target[row] = 1;
    }
  };
}

function longMembership(items: readonly bigint[]): Membership {
  const wideItems = new Set(items);
  const narrow = items.map(Number).filter(Number.isSafeInteger);
  const narrowItems = new Set(narrow);
  return (column, target) => {
    const long = asLong(column);
    if (long.wide !== null) {
      testWide(long, wideItems, target);
      return;
    }
    const { values } = long;
    if (narrow.length > PASSES_MAX) {
      for (let row = 0; row < target.length; row++) {
        target[row] = narrowItems.has(values[row]!) ? 1 : 0;
      }
      return;
    }
    target.fill(0);
    for (const item of narrow) {
      for (let row = 0; row < target.length; row++) if (values[row] === item) target[row] = 1;
    }
  };
}

function testWide(column: LongColumn, items: ReadonlySet<bigint>, target: Uint8Array): void {
  const { wide, nulls } = column;
  if (wide === null) return;
  for (let row = 0; row < target.length; row++) {
    target[row] = nulls[row] === 0 && items.has(wide[row]!) ? 1 : 0;
  }
}
