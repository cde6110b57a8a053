/** NOT and the tests that never answer NULL: IS [NOT] NULL, TRUE, FALSE, UNKNOWN. */
import { BooleanColumn, type Column } from '../column.ts';
import { asBoolean } from './column-of-kind.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';

export function notKernel(request: KernelRequest): Kernel | null {
  return request.operands[0]?.type.root === 'BOOLEAN' ? new NotKernel(request) : null;
}

export function nullTestKernel(request: KernelRequest): Kernel | null {
  const isNegated = request.function.name === 'IS NOT NULL';
  return new NullTestKernel(request, isNegated);
}

export function truthTestKernel(request: KernelRequest): Kernel | null {
  if (request.operands[0]?.type.root !== 'BOOLEAN') return null;
  switch (request.function.name) {
    case 'IS TRUE':
      return new TruthTestKernel(request, 1, false);
    case 'IS NOT TRUE':
      return new TruthTestKernel(request, 1, true);
    case 'IS FALSE':
      return new TruthTestKernel(request, 0, false);
    case 'IS NOT FALSE':
      return new TruthTestKernel(request, 0, true);
    case 'IS UNKNOWN':
      return new NullTestKernel(request, false);
    case 'IS NOT UNKNOWN':
      return new NullTestKernel(request, true);
    default:
      return null;
  }
}

class NotKernel implements Kernel {
  readonly result: BooleanColumn;

  constructor(request: KernelRequest) {
    this.result = new BooleanColumn(request.type);
  }

  run(operands: readonly Column[], rowCount: number): void {
    copyOperandNulls(operands, rowCount, this.result);
    const { values } = asBoolean(operands[0]!);
    const target = this.result.values;
    for (let row = 0; row < rowCount; row++) target[row] = values[row]! ^ 1;
  }
}

class NullTestKernel implements Kernel {
  readonly result: BooleanColumn;
  private readonly flip: 0 | 1;

  constructor(request: KernelRequest, isNegated: boolean) {
    this.result = new BooleanColumn(request.type);
    this.flip = isNegated ? 1 : 0;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { nulls } = operands[0]!;
    const { flip } = this;
    const target = this.result.values;
    for (let row = 0; row < rowCount; row++) target[row] = nulls[row]! ^ flip;
  }
}

class TruthTestKernel implements Kernel {
  readonly result: BooleanColumn;
  private readonly wanted: 0 | 1;
  private readonly flip: 0 | 1;

  constructor(request: KernelRequest, wanted: 0 | 1, isNegated: boolean) {
    this.result = new BooleanColumn(request.type);
    this.wanted = wanted;
    this.flip = isNegated ? 1 : 0;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { values, nulls } = asBoolean(operands[0]!);
    const { wanted, flip } = this;
    const target = this.result.values;
    for (let row = 0; row < rowCount; row++) {
      const isWanted = nulls[row] === 0 && values[row] === wanted ? 1 : 0;
      target[row] = isWanted ^ flip;
    }
  }
}
