/** CAST of text to VARCHAR(n): a longer text ends after n characters, in its own bytes. */
import type { LengthType } from '../../../expression/type.ts';
import { BytesColumn, type Column } from '../column.ts';
import { asBytes } from './column-of-kind.ts';
import type { Kernel } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { skipCharacters } from './utf8.ts';

export class CutText implements Kernel {
  readonly result: BytesColumn;
  private readonly charactersMax: number;

  constructor(type: LengthType) {
    this.result = new BytesColumn(type);
    this.charactersMax = type.length;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, charactersMax } = this;
    copyOperandNulls(operands, rowCount, result);
    const { block, start, length } = asBytes(operands[0]!);
    result.block = block;
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      const from = start[row]!;
      const size = length[row]!;
      result.start[row] = from;
      // A character has at least one byte.
      result.length[row] =
        size <= charactersMax
          ? size
          : skipCharacters(block.bytes, from, from + size, charactersMax) - from;
    }
  }
}
