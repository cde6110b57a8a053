/** The key groups of values, found as an exchange by their column finds them. */
import { Batch } from '../../src/engine/batch/batch.ts';
import { writeValue } from '../../src/engine/batch/write-value.ts';
import { KeyEncoder } from '../../src/engine/state/key-encoder.ts';
import { keyGroupOf, MAX_PARALLELISM_DEFAULT } from '../../src/engine/state/key-groups.ts';
import type { LogicalType } from '../../src/expression/type.ts';
import type { Value } from '../../src/expression/value.ts';
import { testMemory } from './test-memory.ts';

const encoder = new KeyEncoder(testMemory);

export function keyGroupOfValue(
  type: LogicalType,
  value: Value,
  maxParallelism = MAX_PARALLELISM_DEFAULT,
): number {
  const batch = new Batch([{ name: 'key', type }]);
  writeValue(batch.columns[0]!, 0, value);
  const { block, start, length } = encoder.encode(batch.columns, 1);
  return keyGroupOf(block.bytes, start[0]!, length[0]!, maxParallelism);
}

/**
 * Numbers as a dictionary gives them: the nth value of a key group, from 0 on, has the number
 * n * maxParallelism + group.
 */
export class NaiveNumbers {
  private readonly type: LogicalType;
  private readonly maxParallelism: number;
  private readonly given = new Map<number, number>();

  constructor(type: LogicalType, maxParallelism = MAX_PARALLELISM_DEFAULT) {
    this.type = type;
    this.maxParallelism = maxParallelism;
  }

  next(value: Value): number {
    const group = keyGroupOfValue(this.type, value, this.maxParallelism);
    const count = this.given.get(group) ?? 0;
    this.given.set(group, count + 1);
    return count * this.maxParallelism + group;
  }
}
