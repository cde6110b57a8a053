/**
 * A finding for people: what is wrong, where, the line with the place underlined, what to write
 * instead. Plain text without colour. Characters that would move the cursor are shown as dots.
 */
import type { Finding } from '../errors/finding.ts';

/** Columns of a line that are shown; the rest is cut around the marked place. */
const FRAME_WIDTH = 100;
const TAB_WIDTH = 4;

export function renderFinding(finding: Finding, text: string): string {
  const place = `${finding.file}:${finding.line}:${finding.column}`;
  const head = `${finding.severity}: ${finding.message} [${finding.code}]`;
  const lines = [head, `  --> ${place}`, ...codeFrame(finding, text)];
  if (finding.hint !== undefined) lines.push(`  hint: ${finding.hint}`);
  return lines.map(visible).join('\n');
}

/** The marked line with the one before it; empty when the text has no such line. */
export function codeFrame(
  place: Pick<Finding, 'line' | 'column' | 'length'>,
  text: string,
): readonly string[] {
  const source = lineOf(text, place.line);
  if (source === null || source.length === 0) return [];
  const numberWidth = String(place.line).length;
  const frame: string[] = [];
  const before = place.line > 1 ? lineOf(text, place.line - 1) : null;
  if (before !== null && before.trim().length > 0) {
    frame.push(`  ${String(place.line - 1).padStart(numberWidth)} | ${cut(cells(before), 0).text}`);
  }
  const shown = cells(source);
  const from = Math.min(place.column - 1, source.length);
  const to = Math.min(from + Math.max(1, place.length), Math.max(source.length, from + 1));
  const window = cut(shown, from);
  const markFrom = window.shift + widthBetween(shown, window.first, from);
  const markTo = window.shift + widthBetween(shown, window.first, to);
  const marks = Math.max(1, Math.min(markTo, FRAME_WIDTH + window.shift) - markFrom);
  frame.push(`  ${place.line} | ${window.text}`);
  frame.push(`  ${' '.repeat(numberWidth)} | ${' '.repeat(markFrom)}${'^'.repeat(marks)}`);
  return frame;
}

/** One code unit of a line as it is shown; the second half of a surrogate pair has width 0. */
interface Cell {
  readonly shown: string;
  readonly width: number;
}

function lineOf(text: string, line: number): string | null {
  let start = 0;
  for (let number = 1; number < line; number++) {
    const lineEnd = text.indexOf('\n', start);
    if (lineEnd < 0) return null;
    start = lineEnd + 1;
  }
  const end = text.indexOf('\n', start);
  const content = text.slice(start, end < 0 ? text.length : end);
  return content.endsWith('\r') ? content.slice(0, -1) : content;
}

/** Longest part of a line that is looked at, in code units. */
const LINE_LENGTH_MAX = 100_000;

function cells(line: string): readonly Cell[] {
  const result: Cell[] = [];
  for (const character of line.slice(0, LINE_LENGTH_MAX)) {
    const width = character === '\t' ? TAB_WIDTH : characterWidth(character.codePointAt(0) ?? 0);
    result.push({ shown: character === '\t' ? ' '.repeat(TAB_WIDTH) : visible(character), width });
    if (character.length === 2) result.push({ shown: '', width: 0 });
  }
  return result;
}

/** The part of a line around one of its code units, at most FRAME_WIDTH wide. */
function cut(
  line: readonly Cell[],
  around: number,
): { readonly text: string; readonly first: number; readonly shift: number } {
  let first = 0;
  if (widthBetween(line, 0, around) > FRAME_WIDTH - 20) {
    first = around;
    let width = 0;
    while (first > 0 && width < FRAME_WIDTH / 2) width += line[--first]?.width ?? 0;
  }
  let text = first > 0 ? '…' : '';
  let width = 0;
  for (let index = first; index < line.length; index++) {
    const cell = line[index];
    if (cell === undefined) break;
    if (width + cell.width > FRAME_WIDTH)
      return { text: `${text}…`, first, shift: first > 0 ? 1 : 0 };
    text += cell.shown;
    width += cell.width;
  }
  return { text, first, shift: first > 0 ? 1 : 0 };
}

function widthBetween(line: readonly Cell[], from: number, to: number): number {
  let width = 0;
  for (let index = from; index < to; index++) width += line[index]?.width ?? 1;
  return width;
}

const ZERO_WIDTH = /^(?:\p{Mn}|\p{Me}|[\u200b-\u200f])$/u;
// Scripts and symbols that terminals draw two columns wide.
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}])$/u;

function characterWidth(code: number): number {
  if (code < 0x300) return 1;
  const character = String.fromCodePoint(code);
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

// Control characters, and marks that reverse the direction of what follows.
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

const visible = (text: string): string => text.replace(INVISIBLE, '·');
