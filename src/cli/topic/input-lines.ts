/**
 * Lines of standard input or a file, as bytes, as they come: what is held is one chunk and one
 * line. A line ends with \n or \r\n; the last one may end with the input.
 */
import { InputError } from '../../errors/drey-error.ts';

export interface InputLine {
  /** From 1. */
  readonly number: number;
  /** Without its end; valid until the next call. */
  readonly bytes: Uint8Array;
}

/** Reads up to `length` bytes into `target` at `offset`; 0 at the end. */
export type ReadChunk = (target: Uint8Array, offset: number, length: number) => Promise<number>;

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export class InputLines {
  private readonly read: ReadChunk;
  private readonly lineBytesMax: number;
  private bytes = new Uint8Array(2 * CHUNK_BYTES);
  /** What was read and is no whole line yet lies from 0 to here. */
  private heldBytes = 0;
  private lineCount = 0;
  private isOver = false;
  /** Told after the lines before it. */
  private failure: InputError | null = null;

  /** A longer line is an error with its number. */
  constructor(read: ReadChunk, lineBytesMax: number) {
    this.read = read;
    this.lineBytesMax = lineBytesMax;
  }

  /** The lines that one read completes, perhaps none; null: the input is over. */
  async next(): Promise<readonly InputLine[] | null> {
    if (this.failure !== null) throw this.failure;
    if (this.isOver) return null;
    this.reserve();
    const count = await this.read(this.bytes, this.heldBytes, CHUNK_BYTES);
    if (count === 0) {
      this.isOver = true;
      const rest = this.bytes.subarray(0, this.heldBytes);
      if (rest.length === 0) return null;
      const last = this.lineOf(rest);
      if (last === null) throw this.tooLong();
      return [last];
    }
    const end = this.heldBytes + count;
    const lines: InputLine[] = [];
    let start = 0;
    let lineFeed = this.bytes.subarray(0, end).indexOf(LINE_FEED, this.heldBytes);
    for (; lineFeed !== -1; lineFeed = this.bytes.subarray(0, end).indexOf(LINE_FEED, start)) {
      const line = this.lineOf(this.bytes.subarray(start, lineFeed));
      if (line === null) return this.failBehind(lines);
      lines.push(line);
      start = lineFeed + 1;
    }
    this.keep(start, end, lines.length > 0);
    return this.heldBytes > this.lineBytesMax ? this.failBehind(lines) : lines;
  }

  /** Moves the beginning of the next line to the front, but not under lines that are in use. */
  private keep(start: number, end: number, areLinesInUse: boolean): void {
    this.heldBytes = end - start;
    if (start === 0) return;
    if (!areLinesInUse) {
      this.bytes.copyWithin(0, start, end);
      return;
    }
    const next = new Uint8Array(this.bytes.length);
    next.set(this.bytes.subarray(start, end));
    this.bytes = next;
  }

  private reserve(): void {
    if (this.heldBytes + CHUNK_BYTES <= this.bytes.length) return;
    const grown = new Uint8Array(2 * this.bytes.length);
    grown.set(this.bytes.subarray(0, this.heldBytes));
    this.bytes = grown;
  }

  private failBehind(lines: readonly InputLine[]): readonly InputLine[] {
    this.failure = this.tooLong();
    if (lines.length === 0) throw this.failure;
    return lines;
  }

  /** Null: too long. */
  private lineOf(bytes: Uint8Array): InputLine | null {
    const isCrLf = bytes.at(-1) === CARRIAGE_RETURN;
    const line = isCrLf ? bytes.subarray(0, -1) : bytes;
    if (line.length > this.lineBytesMax) return null;
    this.lineCount++;
    return { number: this.lineCount, bytes: line };
  }

  private tooLong(): InputError {
    const line = this.lineCount + 1;
    return new InputError(
      'DREY_PRODUCE_LINE',
      `line ${line} is longer than ${this.lineBytesMax} bytes, which is what the topic takes`,
      { details: { line, limitBytes: this.lineBytesMax } },
    );
  }
}
