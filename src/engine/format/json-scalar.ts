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
  const end = scanner.oddScalarEnd(at);
  if (end < 0) return FAILED;
  text.bytes = bytes;
  text.start = at;
  text.end = end;
  if (bytes[at] !== QUOTE) {
    text.kind = scanner.isNumberStart(at) ? 'number' : 'literal';
    return end;
  }
  text.kind = 'string';
  text.start = at + 1;
  text.end = end - 1;
  if (scanner.hasEscapes) {
    text.start = scanner.unescape(at + 1, end - 1);
    if (text.start < 0) return FAILED;
    text.end = scanner.scratchAt;
  }
  return end;
}
