/** CHAR_LENGTH: characters (code points) of a text. */
import { IntColumn, type Column } from '../column.ts';
import { asBytes } from './column-of-kind.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { isTextType } from './text-type.ts';
import { countCharacters } from './utf8.ts';

export function charLengthKernel(request: KernelRequest): Kernel | null {
  const [text] = request.operands;
  if (text === undefined || !isTextType(text.type) || request.type.root !== 'INT') return null;
  return new CharLengthKernel(request);
}

class CharLengthKernel implements Kernel {
  readonly result: IntColumn;

  constructor(request: KernelRequest) {
    this.result = new IntColumn(request.type);
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result } = this;
    copyOperandNulls(operands, rowCount, result);
    const { block, start, length } = asBytes(operands[0]!);
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      result.values[row] = countCharacters(block, start[row]!, length[row]!);
    }
  }
}
