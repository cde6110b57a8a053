/**
 * A log as blocks of whole lines, each with the bytes it took, so that one who reads the same file
 * again knows where to go on. What is held is one block, however long the log is.
 */
import { visibleLines } from '../../output/visible-text.ts';

export interface LogBlock {
  /** Ends with a line break, unless it is the last one or a line is too long. */
  readonly text: string;
  readonly byteCount: number;
  /** False: what follows the last line break of the file. */
  readonly isWhole: boolean;
}

const LINE_BREAK = 0x0a;
/** A line without end comes in several blocks. */
const BLOCK_BYTES_MAX = 1024 * 1024;

/** `skipBytes`: what is known of the file already. */
export async function* logBlocks(
  chunks: AsyncIterable<Uint8Array>,
  skipBytes = 0,
): AsyncGenerator<LogBlock> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let left = skipBytes;
  for await (const whole of chunks) {
    const chunk = whole.subarray(Math.min(left, whole.length));
    left -= whole.length - chunk.length;
    const end = chunk.lastIndexOf(LINE_BREAK) + 1;
    const isTooLong = waitingBytes + chunk.length > BLOCK_BYTES_MAX;
    const cut = end === 0 && isTooLong ? chunk.length : end;
    if (cut > 0) {
      yield blockOf([...waiting, chunk.subarray(0, cut)], true);
      waiting = [];
      waitingBytes = 0;
    }
    if (cut === chunk.length) continue;
    waiting.push(chunk.subarray(cut));
    waitingBytes += chunk.length - cut;
  }
  if (waitingBytes > 0) yield blockOf(waiting, false);
}

/** The last lines of all blocks, without their line breaks. */
export class LogEnd {
  private readonly linesMax: number;
  private lines: string[] = [];

  constructor(linesMax: number) {
    this.linesMax = linesMax;
  }

  add({ text }: LogBlock): void {
    const added = text.endsWith('\n') ? text.slice(0, -1) : text;
    for (const line of added.split('\n')) this.lines.push(line);
    if (this.lines.length > this.linesMax) this.lines = this.lines.slice(-this.linesMax);
  }

  /** Empty when there was nothing. */
  text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }
}

/** As `visibleText`, but line breaks and tabs stay, and \r\n is a line break. */
export function visibleLog(text: string): string {
  return text.replaceAll('\r\n', '\n').split('\t').map(visibleLines).join('\t');
}

function blockOf(pieces: readonly Uint8Array[], isWhole: boolean): LogBlock {
  const [only] = pieces;
  const bytes = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
  return { text: new TextDecoder().decode(bytes), byteCount: bytes.length, isWhole };
}
