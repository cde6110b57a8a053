/** TRIM, LTRIM, RTRIM and BTRIM of spaces: a range of the operand's own bytes. */
import { BytesColumn, type Column } from '../column.ts';
import { asBytes } from './column-of-kind.ts';
import { textOfLiteral } from './constant.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { isTextType } from './text-type.ts';

const SPACE = 0x20;

interface TrimmedSides {
  readonly leading: boolean;
  readonly trailing: boolean;
}

/** Operands of TRIM: the side, the characters, the text. */
export function trimKernel(request: KernelRequest): Kernel | null {
  const [side, characters] = request.operands;
  if (textOfLiteral(characters) !== ' ') return null;
  switch (textOfLiteral(side)) {
    case 'BOTH':
      return kernelFor(request, 2, { leading: true, trailing: true });
    case 'LEADING':
      return kernelFor(request, 2, { leading: true, trailing: false });
    case 'TRAILING':
      return kernelFor(request, 2, { leading: false, trailing: true });
    default:
      return null;
  }
}

/** Operands of the others: the text and, not always, the characters. */
export function sideTrimKernel(request: KernelRequest): Kernel | null {
  const { name } = request.function;
  const characters = request.operands[1];
  if (characters !== undefined && textOfLiteral(characters) !== ' ') return null;
  return kernelFor(request, 0, { leading: name !== 'RTRIM', trailing: name !== 'LTRIM' });
}

function kernelFor(request: KernelRequest, index: number, sides: TrimmedSides): Kernel | null {
  const text = request.operands[index];
  if (text === undefined || !isTextType(text.type) || !isTextType(request.type)) return null;
  return new TrimKernel(request, index, sides);
}

class TrimKernel implements Kernel {
  readonly result: BytesColumn;
  private readonly textIndex: number;
  private readonly sides: TrimmedSides;

  constructor(request: KernelRequest, textIndex: number, sides: TrimmedSides) {
    this.result = new BytesColumn(request.type);
    this.textIndex = textIndex;
    this.sides = sides;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result } = this;
    const { leading, trailing } = this.sides;
    copyOperandNulls(operands, rowCount, result);
    const text = asBytes(operands[this.textIndex]!);
    const { bytes } = text.block;
    result.block = text.block;
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      let start = text.start[row]!;
      let end = start + text.length[row]!;
      if (leading) while (start < end && bytes[start] === SPACE) start++;
      if (trailing) while (end > start && bytes[end - 1] === SPACE) end--;
      result.start[row] = start;
      result.length[row] = end - start;
    }
  }
}
