/**
 * SUBSTRING, SUBSTR, LEFT and RIGHT: ranges of the operand's own bytes, nothing is copied. As in
 * Flink, positions count code points from 1, a negative one from the end, and 0 means 1.
 */
import { BytesColumn, type Column } from '../column.ts';
import { asBytes, asInt } from './column-of-kind.ts';
import type { Kernel, KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { isAscii, skipCharacters, skipCharactersBack } from './utf8.ts';
import { isTextType } from './text-type.ts';

const REST = 2_147_483_647;

export function substringKernel(request: KernelRequest): Kernel | null {
  const [text, ...numbers] = request.operands;
  if (text === undefined || numbers.length === 0 || numbers.length > 2) return null;
  if (!isTextType(text.type) || !isTextType(request.type)) return null;
  return numbers.every(({ type }) => type.root === 'INT') ? new SubstringKernel(request) : null;
}

class SubstringKernel implements Kernel {
  readonly result: BytesColumn;
  private readonly form: 'LEFT' | 'RIGHT' | 'SUBSTRING';

  constructor(request: KernelRequest) {
    this.result = new BytesColumn(request.type);
    const { name } = request.function;
    this.form = name === 'LEFT' || name === 'RIGHT' ? name : 'SUBSTRING';
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, form } = this;
    copyOperandNulls(operands, rowCount, result);
    const text = asBytes(operands[0]!);
    const numbers = asInt(operands[1]!).values;
    const lengths = operands.length > 2 ? asInt(operands[2]!).values : null;
    result.block = text.block;
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      const number = numbers[row]!;
      if (form === 'SUBSTRING') {
        const length = lengths === null ? REST : lengths[row]!;
        if (length < 0) result.setNull(row);
        else if (number >= 0)
          takeFrom(text, result, row, { skipped: number > 0 ? number - 1 : 0, length });
        else takeFromEnd(text, result, row, { counted: -number, length });
      } else if (number <= 0) {
        setRange(result, row, text.start[row]!, 0);
      } else if (form === 'LEFT') {
        takeFrom(text, result, row, { skipped: 0, length: number });
      } else {
        takeLast(text, result, row, number);
      }
    }
  }
}

function setRange(result: BytesColumn, row: number, start: number, length: number): void {
  result.start[row] = start;
  result.length[row] = length;
}

/** `length` characters behind the first `skipped` ones. */
function takeFrom(
  text: BytesColumn,
  result: BytesColumn,
  row: number,
  part: { readonly skipped: number; readonly length: number },
): void {
  const start = text.start[row]!;
  const size = text.length[row]!;
  const { skipped, length } = part;
  if (skipped >= size) {
    setRange(result, row, start, 0);
    return;
  }
  const looked = Math.min(size, skipped + length);
  if (
    length === REST
      ? isAscii(text.block.view, start, skipped)
      : isAscii(text.block.view, start, looked)
  ) {
    setRange(result, row, start + skipped, looked - skipped);
    return;
  }
  const { bytes } = text.block;
  const end = start + size;
  const from = skipCharacters(bytes, start, end, skipped);
  setRange(result, row, from, skipCharacters(bytes, from, end, length) - from);
}

/** `length` characters of the last `counted` ones; empty when the text is shorter than that. */
function takeFromEnd(
  text: BytesColumn,
  result: BytesColumn,
  row: number,
  part: { readonly counted: number; readonly length: number },
): void {
  const start = text.start[row]!;
  const end = start + text.length[row]!;
  const { bytes } = text.block;
  const from = skipCharactersBack(bytes, start, end, part.counted);
  if (from < 0) setRange(result, row, start, 0);
  else setRange(result, row, from, skipCharacters(bytes, from, end, part.length) - from);
}

/** The last `count` characters, or all. */
function takeLast(text: BytesColumn, result: BytesColumn, row: number, count: number): void {
  const start = text.start[row]!;
  const end = start + text.length[row]!;
  const from = skipCharactersBack(text.block.bytes, start, end, count);
  if (from < 0) setRange(result, row, start, end - start);
  else setRange(result, row, from, end - from);
}
