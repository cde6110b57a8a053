/** `||` and CONCAT of texts or of bytes: NULL as soon as one operand is. */
import { appendRange } from '../byte-arena.ts';
import { BytesColumn, type Column } from '../column.ts';
import { asBytes } from './column-of-kind.ts';
import { commonKind, type Kernel, type KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';

export function concatKernel(request: KernelRequest): Kernel | null {
  const { root } = request.type;
  if (!request.function.strict || commonKind(request.operands) !== 'bytes') return null;
  // CHAR and BINARY have a fixed length; the scalar definition sees to it.
  return root === 'VARCHAR' || root === 'VARBINARY' ? new ConcatKernel(request) : null;
}

class ConcatKernel implements Kernel {
  readonly result: BytesColumn;
  private readonly parts: BytesColumn[] = [];

  constructor(request: KernelRequest) {
    this.result = new BytesColumn(request.type);
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, parts } = this;
    const { nulls, start, length } = result;
    copyOperandNulls(operands, rowCount, result);
    for (let index = 0; index < operands.length; index++) parts[index] = asBytes(operands[index]!);
    const arena = result.reserve(this.sizeBytes(rowCount));
    for (let row = 0; row < rowCount; row++) {
      if (nulls[row] === 1) continue;
      start[row] = arena.end;
      for (let index = 0; index < parts.length; index++) {
        const part = parts[index]!;
        appendRange(arena, part.block, part.start[row]!, part.length[row]!);
      }
      length[row] = arena.end - start[row]!;
    }
  }

  private sizeBytes(rowCount: number): number {
    const { nulls } = this.result;
    let size = 0;
    for (const part of this.parts) {
      for (let row = 0; row < rowCount; row++) if (nulls[row] === 0) size += part.length[row]!;
    }
    return size;
  }
}
