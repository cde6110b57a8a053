/** What a JSON text of several lines needs to become one line. */
import { BACKSLASH, CR, LF, QUOTE, SPACE, TAB } from '../../../format/ascii.ts';

/**
 * Puts blanks in the place of line feeds between the tokens of [start, end). False: there is one
 * inside a string, where JSON does not allow it.
 */
export function joinLines(bytes: Uint8Array, start: number, end: number): boolean {
  let isInString = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === LF) {
      if (isInString) return false;
      bytes[at] = SPACE;
    } else if (byte === QUOTE) {
      isInString = !isInString;
    } else if (byte === BACKSLASH && isInString) {
      at++;
      if (bytes[at] === LF) return false;
    }
  }
  return true;
}

/** Whether [start, end) holds no token. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== LF && byte !== CR) return false;
  }
  return true;
}
