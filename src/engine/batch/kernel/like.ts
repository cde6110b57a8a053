/** [NOT] LIKE with a constant pattern. */
import { BooleanColumn, type Column } from '../column.ts';
import { asBytes } from './column-of-kind.ts';
import { textOfLiteral } from './constant.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { compileLikePattern, matchesLike, type LikePattern } from './like-pattern.ts';
import { copyOperandNulls } from './nulls.ts';
import { isTextType } from './text-type.ts';

/** None where the pattern is not constant or its escapes are wrong: that fails row by row. */
export function likeKernel(request: KernelRequest): Kernel | null {
  const [text, pattern, escape] = request.operands;
  const constant = textOfLiteral(pattern);
  const escapeCharacter = textOfLiteral(escape);
  if (text === undefined || !isTextType(text.type) || constant === null) return null;
  if (escape !== undefined && (escapeCharacter === null || escapeCharacter.length !== 1))
    return null;
  const compiled = compileLikePattern(constant, escapeCharacter);
  return compiled === null ? null : new LikeKernel(request, compiled);
}

class LikeKernel implements Kernel {
  readonly result: BooleanColumn;
  private readonly pattern: LikePattern;
  /** What a match gives. */
  private readonly match: 0 | 1;

  constructor(request: KernelRequest, pattern: LikePattern) {
    this.result = new BooleanColumn(request.type);
    this.pattern = pattern;
    this.match = request.function.name === 'LIKE' ? 1 : 0;
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, pattern, match } = this;
    const text = asBytes(operands[0]!);
    copyOperandNulls(operands, rowCount, result);
    const { block, start, length } = text;
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      const isMatch = matchesLike(pattern, block, start[row]!, length[row]!);
      result.values[row] = isMatch ? match : 1 - match;
    }
  }
}
