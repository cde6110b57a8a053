/** Base64 with padding (RFC 4648, the alphabet with + and /), on bytes. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const letters = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
/** Value of a letter; 255 where it is none. */
const values = new Uint8Array(256).fill(255);
for (const [value, letter] of letters.entries()) values[letter] = value;

const PADDING = 0x3d;
const SPACE = 0x20;

/** Length of what `byteCount` bytes become. */
export function base64Length(byteCount: number): number {
  return Math.ceil(byteCount / 3) * 4;
}

/** Writes [start, end) of `source` as base64 at `at` of `target`; returns the position behind. */
export function writeBase64(
  source: Uint8Array,
  range: { readonly start: number; readonly end: number },
  target: Uint8Array,
  at: number,
): number {
  let out = at;
  for (let from = range.start; from < range.end; from += 3) {
    const count = Math.min(3, range.end - from);
    const second = count > 1 ? source[from + 1]! : 0;
    const third = count > 2 ? source[from + 2]! : 0;
    const bits = (source[from]! << 16) | (second << 8) | third;
    target[out] = letters[bits >> 18]!;
    target[out + 1] = letters[(bits >> 12) & 63]!;
    target[out + 2] = count > 1 ? letters[(bits >> 6) & 63]! : PADDING;
    target[out + 3] = count > 2 ? letters[bits & 63]! : PADDING;
    out += 4;
  }
  return out;
}

/**
 * Decodes the base64 text [start, end) of `bytes` to `at` of the same array, which may be `start`;
 * returns the position behind, -1 when the text is not base64. As Jackson: white space may stand
 * between groups of four, padding must be there.
 */
export function readBase64(
  bytes: Uint8Array,
  range: { readonly start: number; readonly end: number },
  at: number,
): number {
  const { end } = range;
  let from = range.start;
  let out = at;
  for (;;) {
    while (from < end && bytes[from]! <= SPACE) from++;
    if (from === end) return out;
    if (end - from < 4) return -1;
    const first = values[bytes[from]!]!;
    const second = values[bytes[from + 1]!]!;
    const third = values[bytes[from + 2]!]!;
    const fourth = values[bytes[from + 3]!]!;
    if (first > 63 || second > 63) return -1;
    const hasThird = third <= 63;
    const hasFourth = fourth <= 63;
    if (!hasThird && bytes[from + 2] !== PADDING) return -1;
    if (!hasFourth && bytes[from + 3] !== PADDING) return -1;
    if (hasFourth && !hasThird) return -1;
    bytes[out++] = (first << 2) | (second >> 4);
    if (hasThird) bytes[out++] = ((second << 4) & 0xff) | (third >> 2);
    if (hasFourth) bytes[out++] = ((third << 6) & 0xff) | fourth;
    from += 4;
    if (!hasFourth) {
      while (from < end && bytes[from]! <= SPACE) from++;
      return from === end ? out : -1;
    }
  }
}
