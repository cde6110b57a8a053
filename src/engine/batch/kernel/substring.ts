/**
 * SUBSTRING, SUBSTR, LEFT and RIGHT: ranges of the operand's own bytes, nothing is copied. As in
 * Flink, positions count code points from 1, a negative one from the end, and 0 means 1.
 */
import type { LinearMemory } from '../../memory/linear-memory.ts';
import { BytesColumn, type Column } from '../column.ts';
import { asBytes, asInt } from './column-of-kind.ts';
import { integerOfLiteral } from './constant.ts';
import { commonKind, type Kernel, type KernelRequest } from './kernel.ts';
import { copyOperandNulls } from './nulls.ts';
import { HIGH_BITS, isAscii, skipCharacters, skipCharactersBack } from './utf8.ts';
import { isTextType } from './text-type.ts';

const REST = 2_147_483_647;
/** Scratch areas of the linear memory, by what is copied there. */
const STARTS = 0;
const LENGTHS = 1;
const NULLS = 2;
const NEW_STARTS = 3;
const NEW_LENGTHS = 4;
const ODD_ROWS = 5;
/** Texts that end within so many bytes are tested for ASCII without a loop. */
const SHORT_BYTES = 8;
/** The high bits of the first 0 to 8 bytes of two words. */
const FIRST_BITS = Int32Array.of(0, 0x80, 0x8080, 0x808080, ...Array<number>(5).fill(HIGH_BITS));
const SECOND_BITS = Int32Array.of(0, 0, 0, 0, 0, 0x80, 0x8080, 0x808080, HIGH_BITS);

export function substringKernel(request: KernelRequest): Kernel | null {
  const [text, ...numbers] = request.operands;
  if (text === undefined || numbers.length === 0 || numbers.length > 2) return null;
  if (!isTextType(text.type) || !isTextType(request.type)) return null;
  return commonKind(numbers) === 'int' ? new SubstringKernel(request) : null;
}

class SubstringKernel implements Kernel {
  readonly result: BytesColumn;
  private readonly form: 'LEFT' | 'RIGHT' | 'SUBSTRING';
  /** The part, when it is constant and ends within SHORT_BYTES. */
  private readonly short: Part | null;

  constructor(request: KernelRequest) {
    this.result = new BytesColumn(request.type);
    const { name } = request.function;
    this.form = name === 'LEFT' || name === 'RIGHT' ? name : 'SUBSTRING';
    this.short = shortPart(request);
  }

  run(operands: readonly Column[], rowCount: number): void {
    const { result, short } = this;
    copyOperandNulls(operands, rowCount, result);
    const text = asBytes(operands[0]!);
    result.block = text.block;
    const { memory } = text.block;
    if (short === null) this.takeParts(text, operands, rowCount);
    else if (memory === null) takeShort(text, result, rowCount, short);
    else takeInMemory(text, result, { rowCount, part: short, memory });
  }

  private takeParts(text: BytesColumn, operands: readonly Column[], rowCount: number): void {
    const { result, form } = this;
    const numbers = asInt(operands[1]!).values;
    const lengths = operands.length > 2 ? asInt(operands[2]!).values : null;
    for (let row = 0; row < rowCount; row++) {
      if (result.nulls[row] === 1) continue;
      const number = numbers[row]!;
      if (form === 'SUBSTRING') {
        const length = lengths === null ? REST : lengths[row]!;
        if (length < 0) result.setNull(row);
        else if (number < 0) takeFromEnd(text, result, row, { counted: -number, length });
        else takeFrom(text, result, row, { skipped: number > 0 ? number - 1 : 0, length });
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

/** `length` characters behind the first `skipped` ones. */
interface Part {
  readonly skipped: number;
  readonly length: number;
}

function shortPart(request: KernelRequest): Part | null {
  const { name } = request.function;
  const number = integerOfLiteral(request.operands[1]);
  if (number === null || name === 'RIGHT') return null;
  const isLeft = name === 'LEFT';
  const length = isLeft ? number : integerOfLiteral(request.operands[2]);
  const skipped = isLeft ? 0 : Math.max(number, 1) - 1;
  if (length === null || length < 0 || (!isLeft && number < 0)) return null;
  return skipped + length <= SHORT_BYTES ? { skipped, length } : null;
}

/** Eight bytes can be read whatever the length, so ASCII text takes no loop and no branch. */
function takeShort(text: BytesColumn, result: BytesColumn, rowCount: number, part: Part): void {
  const { skipped, length } = part;
  const until = skipped + length;
  const { view } = text.block;
  const { nulls } = result;
  for (let row = 0; row < rowCount; row++) {
    if (nulls[row] === 1) continue;
    const start = text.start[row]!;
    const size = text.length[row]!;
    const looked = Math.min(size, until);
    const first = view.getInt32(start, true) & FIRST_BITS[looked]!;
    const second = view.getInt32(start + 4, true) & SECOND_BITS[looked]!;
    if ((first | second) !== 0) {
      takeFrom(text, result, row, part);
    } else {
      const taken = Math.min(size, skipped);
      result.start[row] = start + taken;
      result.length[row] = looked - taken;
    }
  }
}

/** takeShort for a block in linear memory, by a kernel. */
function takeInMemory(
  text: BytesColumn,
  result: BytesColumn,
  {
    rowCount,
    part,
    memory,
  }: { readonly rowCount: number; readonly part: Part; readonly memory: LinearMemory },
): void {
  const byteCount = rowCount * Int32Array.BYTES_PER_ELEMENT;
  const [starts, lengths, odd] = [
    memory.scratch(NEW_STARTS, byteCount),
    memory.scratch(NEW_LENGTHS, byteCount),
    memory.scratch(ODD_ROWS, byteCount + Int32Array.BYTES_PER_ELEMENT),
  ];
  const oddCount = memory.kernels.takeShortTexts(
    text.block.bytes.byteOffset,
    memory.addressOf(text.start, rowCount, STARTS),
    memory.addressOf(text.length, rowCount, LENGTHS),
    memory.addressOf(result.nulls, rowCount, NULLS),
    rowCount,
    part.skipped,
    part.skipped + part.length,
    starts,
    lengths,
    odd,
  );
  result.start.set(memory.int32ArrayAt(starts, rowCount));
  result.length.set(memory.int32ArrayAt(lengths, rowCount));
  for (const row of memory.int32ArrayAt(odd, oddCount)) takeFrom(text, result, row, part);
}

function setRange(result: BytesColumn, row: number, start: number, length: number): void {
  result.start[row] = start;
  result.length[row] = length;
}

function takeFrom(text: BytesColumn, result: BytesColumn, row: number, part: Part): void {
  const start = text.start[row]!;
  const size = text.length[row]!;
  const { skipped, length } = part;
  if (skipped >= size) {
    setRange(result, row, start, 0);
    return;
  }
  const looked = Math.min(size, skipped + length);
  // Where the text is ASCII up to the end of the part, or up to its start when that is the rest.
  if (isAscii(text.block.view, start, length === REST ? skipped : looked)) {
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
