/** One comparison over two columns: picks the loop for the operator and the kind of columns. */
import { assert } from '../../../errors/assert.ts';
import type { TypedExpression } from '../../../expression/tree.ts';
import { BATCH_ROWS, type Column } from '../column.ts';
import { ConstantBytes, equalBytes, equalConstant, orderBytes } from './compare-bytes.ts';
import {
  compareFloats,
  compareInts,
  orderBooleans,
  orderDecimals,
  orderLongs,
  orderTimestamps,
  type Relation,
} from './compare-numbers.ts';
import { bytesOfLiteral } from './constant.ts';
import { commonKind } from './kernel.ts';

export interface ComparisonOperator {
  readonly relation: Relation;
  /** The operands change sides: `a > b` is `b < a`. */
  readonly swapped: boolean;
  readonly negated: boolean;
}

/** Whether ComparisonLoop can compare these two operands. */
export function isComparable(operands: readonly TypedExpression[]): boolean {
  const kind = commonKind(operands);
  if (kind === null || kind === 'object') return false;
  const scales = operands.map(({ type }) => (type.root === 'DECIMAL' ? type.scale : 0));
  return new Set(scales).size === 1;
}

export class ComparisonLoop {
  private readonly operator: ComparisonOperator;
  /** Position and content of an operand that is a constant text. */
  private readonly constant: { readonly other: 0 | 1; readonly content: ConstantBytes } | null;
  private readonly order = new Int32Array(BATCH_ROWS);

  constructor(operator: ComparisonOperator, operands: readonly TypedExpression[]) {
    this.operator = operator;
    const left = bytesOfLiteral(operands[0]!);
    const right = bytesOfLiteral(operands[1]!);
    if (right !== null) this.constant = { other: 0, content: new ConstantBytes(right) };
    else if (left !== null) this.constant = { other: 1, content: new ConstantBytes(left) };
    else this.constant = null;
  }

  /** Writes 0 or 1 for each row; rows with a NULL get any of the two. */
  run(operands: readonly Column[], rowCount: number, values: Uint8Array): void {
    const { relation, swapped, negated } = this.operator;
    const target = rowCount === values.length ? values : values.subarray(0, rowCount);
    const left = operands[swapped ? 1 : 0]!;
    const right = operands[swapped ? 0 : 1]!;
    if (this.constant !== null && relation === 'equal') {
      const other = operands[this.constant.other]!;
      assert(other.kind === 'bytes', 'a text is compared with a text');
      equalConstant(other, this.constant.content, target);
    } else {
      this.compare(left, right, target);
    }
    if (negated) for (let row = 0; row < target.length; row++) target[row] = target[row]! ^ 1;
  }

  private compare(left: Column, right: Column, target: Uint8Array): void {
    const { relation } = this.operator;
    const order = this.order.subarray(0, target.length);
    if (left.kind === 'int' && right.kind === 'int') {
      compareInts(left.values, right.values, relation, target);
    } else if (left.kind === 'double' && right.kind === 'double') {
      compareFloats(left.values, right.values, relation, target);
    } else if (left.kind === 'long' && right.kind === 'long') {
      if (left.wide === null && right.wide === null) {
        compareFloats(left.values, right.values, relation, target);
        return;
      }
      orderLongs(left, right, order);
      testOrder(order, relation, target);
    } else if (left.kind === 'timestamp' && right.kind === 'timestamp') {
      if (left.nanos === null && right.nanos === null) {
        compareFloats(left.millis, right.millis, relation, target);
        return;
      }
      orderTimestamps(left, right, order);
      testOrder(order, relation, target);
    } else if (left.kind === 'bytes' && right.kind === 'bytes') {
      if (relation === 'equal') {
        equalBytes(left, right, target);
        return;
      }
      orderBytes(left, right, order);
      testOrder(order, relation, target);
    } else if (left.kind === 'decimal' && right.kind === 'decimal') {
      orderDecimals(left, right, order);
      testOrder(order, relation, target);
    } else {
      assert(left.kind === 'boolean' && right.kind === 'boolean', 'operands are of one kind');
      orderBooleans(left.values, right.values, order);
      testOrder(order, relation, target);
    }
  }
}

function testOrder(order: Int32Array, relation: Relation, target: Uint8Array): void {
  const rowCount = order.length;
  switch (relation) {
    case 'equal':
      for (let row = 0; row < rowCount; row++) target[row] = Number(order[row] === 0);
      return;
    case 'less':
      for (let row = 0; row < rowCount; row++) target[row] = Number(order[row]! < 0);
      return;
    case 'not-above':
      for (let row = 0; row < rowCount; row++) target[row] = Number(order[row]! <= 0);
      return;
  }
}
