/** Decodes the text of a string that holds escapes. */
import {
  BACKSLASH,
  QUOTE,
  characterLength,
  escapeLength,
  plainEnd,
  writeEscape,
} from './json-text';

/** Behind what `decodeText` has written. */
export let decodedEnd: usize = 0;

/**
 * Decodes the text from `at`, whose first escape is at `escape`, to `target`; returns the address
 * of its closing quote.
 */
export function decodeText(at: usize, escape: usize, target: usize, targetEnd: usize): usize {
  // Room for a chunk and an escape is asked for before each of them.
  if (target + (escape - at) + 16 > targetEnd) return 0;
  memory.copy(target, at, escape - at);
  target += escape - at;
  at = escape;
  for (;;) {
    if (target + 16 > targetEnd) return 0;
    const byte = <u32>load<u8>(at);
    if (byte == QUOTE) break;
    if (byte == BACKSLASH) {
      const length = escapeLength(at);
      if (length == 0) return 0;
      target = writeEscape(at, target);
      at += length;
    } else {
      const length = characterLength(at);
      if (length == 0) return 0;
      store<u32>(target, load<u32>(at));
      target += length;
      at += length;
    }
    for (;;) {
      if (target + 16 > targetEnd) return 0;
      // Sixteen bytes are copied before it is known how many of them are plain.
      v128.store(target, v128.load(at));
      const plain = min(<u32>(plainEnd(at) - at), 16);
      at += plain;
      target += plain;
      if (plain < 16) break;
    }
  }
  decodedEnd = target;
  return at;
}
