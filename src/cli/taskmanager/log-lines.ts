/**
 * A log that arrives in pieces, line by line and entry by entry, in bounded memory: a log may be
 * gigabytes long, and one line of it may be as well.
 */

/** Longer lines are cut; what is cut off is counted. */
const LINE_CHARACTERS_MAX = 16 * 1024;
/** More lines of one entry begin another: a stack trace is shorter. */
const ENTRY_LINES_MAX = 500;

/** A line with the lines that belong to it, such as a stack trace. */
export type LogEntry = readonly string[];

export async function* logLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let line = '';
  let cut = 0;
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) {
        yield ended(line, cut);
        line = '';
        cut = 0;
      }
      const room = LINE_CHARACTERS_MAX - line.length;
      line += piece.slice(0, room);
      cut += Math.max(0, piece.length - room);
    }
  }
  line += decoder.decode();
  if (line !== '') yield ended(line, cut);
}

export async function* logEntries(lines: AsyncIterable<string>): AsyncGenerator<LogEntry> {
  let entry: string[] = [];
  for await (const line of lines) {
    if (entry.length > 0 && (!isContinuation(line) || entry.length >= ENTRY_LINES_MAX)) {
      yield entry;
      entry = [];
    }
    entry.push(line);
  }
  if (entry.length > 0) yield entry;
}

export interface LogTail {
  /** In the order of the log. */
  readonly lines: readonly string[];
  /** There are earlier ones that would have been wanted. */
  readonly isCut: boolean;
}

/**
 * The last lines; with a text, the last entries that hold it: whole ones, so that there may be more
 * lines than were asked for.
 */
export async function tailOfLog(
  chunks: AsyncIterable<Uint8Array>,
  { linesMax, grep }: { readonly linesMax: number; readonly grep: string | null },
): Promise<LogTail> {
  const kept: LogEntry[] = [];
  let count = 0;
  let isCut = false;
  for await (const entry of logEntries(logLines(chunks))) {
    if (grep !== null && !entry.some((line) => line.includes(grep))) continue;
    kept.push(entry);
    count += entry.length;
    for (let first = kept[0]; first !== undefined && count - first.length >= linesMax;) {
      kept.shift();
      count -= first.length;
      isCut = true;
      first = kept[0];
    }
  }
  const lines = kept.flat();
  if (grep !== null) return { lines, isCut };
  return { lines: lines.slice(-linesMax), isCut: isCut || lines.length > linesMax };
}

function ended(line: string, cut: number): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return cut === 0 ? text : `${text}... (${cut} characters more)`;
}

/** What Java prints below the line of an exception, and its class above that. */
const CONTINUATION =
  /^(?:\s|Caused by: |Suppressed: |\.\.\. \d+ more|<\d+ more lines|[\w$]+(?:\.[\w$]+)+(?:Exception|Error|Throwable)\b)/;

function isContinuation(line: string): boolean {
  return line === '' || CONTINUATION.test(line);
}
