/** UPPER and LOWER: ASCII text four bytes at a time, other text by the scalar definition. */
import { BytesColumn, type Column } from '../column.ts';
import { asBytes } from './column-of-kind.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { computeRow } from './scalar-row.ts';
import { isTextType } from './text-type.ts';
import { HIGH_BITS, isAscii } from './utf8.ts';

const LETTERS = 26;

export function letterCaseKernel(request: KernelRequest): Kernel | null {
  const [text] = request.operands;
  if (text === undefined || !isTextType(text.type) || !isTextType(request.type)) return null;
  return new LetterCaseKernel(request);
}

class LetterCaseKernel implements Kernel {
  readonly result: BytesColumn;
  private readonly request: KernelRequest;
  /** Added to each byte, they set its high bit from the first and behind the last letter on. */
  private readonly fromFirst: number;
  private readonly behindLast: number;

  constructor(request: KernelRequest) {
    this.request = request;
    this.result = new BytesColumn(request.type);
    const first = (request.function.name === 'UPPER' ? 'a' : 'A').charCodeAt(0);
    this.fromFirst = 0x01010101 * (0x80 - first);
    this.behindLast = 0x01010101 * (0x80 - first - LETTERS);
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result } = this;
    copyOperandNulls(operands, rowCount, result);
    const text = asBytes(operands[0]!);
    const { view } = text.block;
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      const start = text.start[row]!;
      const length = text.length[row]!;
      if (isAscii(view, start, length)) this.convert(view, start, length, row);
      else computeRow(this.request, operands, row, result);
    }
  }

  /** Writes whole words: the last one may reach into the slack or the place of the next text. */
  private convert(source: DataView, start: number, length: number, row: number): void {
    const { result, fromFirst, behindLast } = this;
    const arena = result.reserve(length);
    const { view } = arena.block;
    for (let offset = 0; offset < length; offset += 4) {
      const word = source.getInt32(start + offset, true);
      const isLetter = (word + fromFirst) & ~(word + behindLast) & HIGH_BITS;
      view.setInt32(arena.end + offset, word ^ (isLetter >>> 2), true);
    }
    result.start[row] = arena.end;
    result.length[row] = length;
    arena.end += length;
  }
}
