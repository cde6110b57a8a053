/** Takes one JSON string, number or literal out of the block as the text that conversions work on. */
import { QUOTE } from './ascii.ts';
import { FAILED, type JsonScanner } from './json-scanner.ts';
import type { TextValue } from './text-value.ts';

/**
 * Loads the scalar at `at` into `text`: a string's content, decoded when it has escapes, or the
 * characters of a number or literal. Position behind it, or FAILED with a reason.
 */
export function loadScalar(scanner: JsonScanner, text: TextValue, at: number): number {
  const { bytes } = scanner;
  text.bytes = bytes;
  if (bytes[at] === QUOTE) {
    text.kind = 'string';
    let end = scanner.plainStringEnd(at + 1);
    if (end >= 0) {
      text.start = at + 1;
      text.end = end;
    } else {
      end = scanner.decodeString(at + 1, ~end);
      if (end < 0) return FAILED;
      text.start = scanner.textStart;
      text.end = scanner.textEnd;
    }
    return end + 1;
  }
  const end = scanner.oddScalarEnd(at);
  if (end < 0) return FAILED;
  text.kind = scanner.isNumberStart(at) ? 'number' : 'literal';
  text.start = at;
  text.end = end;
  return end;
}
