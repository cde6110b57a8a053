/**
 * The parts of JSON text (RFC 8259) as bytes: where strings, numbers and nested values end, and
 * whether they are right. All functions return 0 for what is not right, or not worth the room here;
 * the decoder in JavaScript then reads the row again and says why.
 * A line feed stands at or before the end of the text, and it is no white space here, so nothing
 * reads past its line, except that words of 16 bytes may be loaded from its last byte on.
 */

export const QUOTE: u32 = 0x22;
export const BACKSLASH: u32 = 0x5c;
export const OPEN_BRACE: u32 = 0x7b;
export const CLOSE_BRACE: u32 = 0x7d;
export const COMMA: u32 = 0x2c;
export const COLON: u32 = 0x3a;
export const LINE_FEED: u32 = 0x0a;
const OPEN_BRACKET: u32 = 0x5b;
const CLOSE_BRACKET: u32 = 0x5d;
const SPACE: u32 = 0x20;
const TAB: u32 = 0x09;
const CARRIAGE_RETURN: u32 = 0x0d;
const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const DOT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const LETTER_E: u32 = 0x65;
const LETTER_U: u32 = 0x75;

/** Words of the literals, little-endian. */
export const TRUE: u32 = 0x65757274;
export const NULL: u32 = 0x6c6c756e;
export const FALS: u32 = 0x736c6166;

/** Nesting that is read, the row's own object included; as JSON_DEPTH_MAX of the decoder. */
const DEPTH_MAX: u32 = 1000;
/** For each open container: 1 for an array, 0 for an object. */
const arrays = memory.data(DEPTH_MAX + 1, 16);

/** What a simple escape stands for, by the letter behind the backslash; 0: it is none. */
const simpleEscapes = memory.data(256, 16);

export function fillEscapes(): void {
  store<u8>(simpleEscapes + QUOTE, QUOTE);
  store<u8>(simpleEscapes + BACKSLASH, BACKSLASH);
  store<u8>(simpleEscapes + 0x2f, 0x2f);
  store<u8>(simpleEscapes + 0x62, 0x08);
  store<u8>(simpleEscapes + 0x66, 0x0c);
  store<u8>(simpleEscapes + 0x6e, LINE_FEED);
  store<u8>(simpleEscapes + 0x72, CARRIAGE_RETURN);
  store<u8>(simpleEscapes + 0x74, TAB);
}

/** First address from `at` that holds no space, tab or carriage return. */
// @ts-ignore: decorator
@inline
export function skipSpace(at: usize): usize {
  return load<u8>(at) > SPACE ? at : spaceEnd(at);
}

function spaceEnd(at: usize): usize {
  for (;;) {
    const byte = load<u8>(at);
    if (byte != SPACE && byte != TAB && byte != CARRIAGE_RETURN) return at;
    at++;
  }
  return 0;
}

/** A bit for each of the 16 bytes at `at` that is a quote, a backslash, a control or not ASCII. */
// @ts-ignore: decorator
@inline
function stopsAt(at: usize): u32 {
  const bytes = v128.load(at);
  return i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH))),
      // As signed bytes, what is not ASCII is below 0 and controls are below a space.
      i8x16.lt_s(bytes, i8x16.splat(<i8>SPACE)),
    ),
  );
}

/**
 * First address from `at`, inside a string, with a byte that is a quote, a backslash, a control or
 * not ASCII.
 */
// @ts-ignore: decorator
@inline
export function plainEnd(at: usize): usize {
  let stops = stopsAt(at);
  while (stops == 0) {
    at += 16;
    stops = stopsAt(at);
  }
  return at + <u32>ctz(stops);
}

/** `at` is behind an opening quote. Address of the closing quote. */
export function stringEnd(at: usize): usize {
  let stops = stopsAt(at);
  for (;;) {
    while (stops == 0) {
      at += 16;
      stops = stopsAt(at);
    }
    const offset = <u32>ctz(stops);
    const stop = at + offset;
    const byte = <u32>load<u8>(stop);
    if (byte == QUOTE) return stop;
    const length = byte == BACKSLASH ? escapeLength(stop) : characterLength(stop);
    if (length == 0) return 0;
    // Most escapes end within the 16 bytes at hand.
    const next = offset + length;
    if (next < 16) {
      stops &= 0xffff << next;
    } else {
      at += next;
      stops = stopsAt(at);
    }
  }
  return 0;
}

/** Length of the escape whose backslash is at `at`; of both when they are a pair of surrogates. */
// @ts-ignore: decorator
@inline
export function escapeLength(at: usize): u32 {
  return load<u8>(simpleEscapes + load<u8>(at, 1)) != 0 ? 2 : codedLength(at);
}

function codedLength(at: usize): u32 {
  const unit = load<u8>(at, 1) == LETTER_U ? hexUnit(at + 2) : -1;
  if (unit < 0) return 0;
  return unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(at + 6) ? 12 : 6;
}

/**
 * Writes what the escape at `at` stands for to `target`; returns the address behind it. A surrogate
 * without its partner becomes a question mark, as where Flink turns Java strings into UTF-8.
 */
export function writeEscape(at: usize, target: usize): usize {
  const letter = load<u8>(at, 1);
  const simple = load<u8>(simpleEscapes + letter);
  if (simple != 0) {
    store<u8>(target, simple);
    return target + 1;
  }
  const unit = <u32>hexUnit(at + 2);
  if (unit < 0xd800 || unit > 0xdfff) return writeCodePoint(unit, target);
  if (unit >= 0xdc00 || !isLowSurrogate(at + 6)) {
    store<u8>(target, 0x3f);
    return target + 1;
  }
  const low = <u32>hexUnit(at + 8);
  return writeCodePoint(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), target);
}

function isLowSurrogate(at: usize): bool {
  if (load<u8>(at) != BACKSLASH || load<u8>(at, 1) != LETTER_U) return false;
  const unit = hexUnit(at + 2);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The value of four hexadecimal digits; negative when they are not. */
function hexUnit(at: usize): i32 {
  let unit = 0;
  for (let end = at + 4; at < end; at++) {
    const byte = <u32>load<u8>(at);
    const letter = (byte | 0x20) - 0x61;
    const digit = byte - ZERO;
    if (digit < 10) unit = (unit << 4) | digit;
    else if (letter < 6) unit = (unit << 4) | (letter + 10);
    else return -1;
  }
  return unit;
}

function writeCodePoint(codePoint: u32, target: usize): usize {
  if (codePoint < 0x80) {
    store<u8>(target, codePoint);
    return target + 1;
  }
  if (codePoint < 0x800) {
    store<u8>(target, 0xc0 | (codePoint >> 6));
    store<u8>(target, 0x80 | (codePoint & 0x3f), 1);
    return target + 2;
  }
  if (codePoint < 0x10000) {
    store<u8>(target, 0xe0 | (codePoint >> 12));
    store<u8>(target, 0x80 | ((codePoint >> 6) & 0x3f), 1);
    store<u8>(target, 0x80 | (codePoint & 0x3f), 2);
    return target + 3;
  }
  store<u8>(target, 0xf0 | (codePoint >> 18));
  store<u8>(target, 0x80 | ((codePoint >> 12) & 0x3f), 1);
  store<u8>(target, 0x80 | ((codePoint >> 6) & 0x3f), 2);
  store<u8>(target, 0x80 | (codePoint & 0x3f), 3);
  return target + 4;
}

/** First address from `at` with a quote or a backslash, other characters being well-formed. */
export function plainUtf8End(at: usize): usize {
  for (;;) {
    const byte = <u32>load<u8>(at);
    if (byte == QUOTE || byte == BACKSLASH) return at;
    const length = characterLength(at);
    if (length == 0) return 0;
    at = plainEnd(at + length);
  }
  return 0;
}

/** Length of the well-formed UTF-8 character at `at`, which is not ASCII; 0 when it is none. */
export function characterLength(at: usize): u32 {
  const lead = load<u8>(at);
  const second = load<u8>(at, 1);
  if (lead < 0xc2 || lead > 0xf4 || (second & 0xc0) != 0x80) return 0;
  if (lead < 0xe0) return 2;
  if ((load<u8>(at, 2) & 0xc0) != 0x80) return 0;
  if (lead < 0xf0) {
    if (lead == 0xe0 && second < 0xa0) return 0;
    return lead == 0xed && second > 0x9f ? 0 : 3;
  }
  if ((load<u8>(at, 3) & 0xc0) != 0x80) return 0;
  if (lead == 0xf0 && second < 0x90) return 0;
  return lead == 0xf4 && second > 0x8f ? 0 : 4;
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u32): bool {
  return byte - ZERO < 10;
}

/** Address behind the number that starts at `at`. */
export function numberEnd(at: usize): usize {
  if (load<u8>(at) == MINUS) at++;
  const whole = at;
  while (isDigit(load<u8>(at))) at++;
  if (at == whole || (at - whole > 1 && load<u8>(whole) == ZERO)) return 0;
  if (load<u8>(at) == DOT) {
    const fraction = ++at;
    while (isDigit(load<u8>(at))) at++;
    if (at == fraction) return 0;
  }
  if ((load<u8>(at) | 0x20) == LETTER_E) {
    at++;
    const sign = <u32>load<u8>(at);
    if (sign == PLUS || sign == MINUS) at++;
    const exponent = at;
    while (isDigit(load<u8>(at))) at++;
    if (at == exponent) return 0;
  }
  return at;
}

/** Address behind a string, number or literal that starts at `at`. */
export function scalarEnd(at: usize): usize {
  const byte = <u32>load<u8>(at);
  if (byte == QUOTE) {
    const end = stringEnd(at + 1);
    return end == 0 ? 0 : end + 1;
  }
  if (byte == MINUS || isDigit(byte)) return numberEnd(at);
  const word = load<u32>(at);
  if (word == TRUE || word == NULL) return at + 4;
  return word == FALS && load<u8>(at, 4) == LETTER_E ? at + 5 : 0;
}

/** Address behind the value of any kind that starts at `at`, a field of the row's object. */
export function valueEnd(at: usize): usize {
  const byte = <u32>load<u8>(at);
  if (isDigit(byte)) {
    const end = readInteger(at);
    if (end != 0) return end;
  }
  return byte == OPEN_BRACE || byte == OPEN_BRACKET ? nestedEnd(at) : scalarEnd(at);
}

/** Address behind the object or array that starts at `at`. */
function nestedEnd(at: usize): usize {
  let depth: u32 = 1;
  let inArray: u32 = 0;
  for (;;) {
    let byte = <u32>load<u8>(at);
    if (byte == OPEN_BRACE || byte == OPEN_BRACKET) {
      store<u8>(arrays + depth, inArray);
      if (++depth > DEPTH_MAX) return 0;
      inArray = byte == OPEN_BRACKET ? 1 : 0;
      at = skipSpace(at + 1);
      if (<u32>load<u8>(at) != (inArray ? CLOSE_BRACKET : CLOSE_BRACE)) {
        if (!inArray) at = keyEnd(at);
        if (at == 0) return 0;
        continue;
      }
    } else {
      at = scalarEnd(at);
      if (at == 0) return 0;
      at = skipSpace(at);
    }
    byte = load<u8>(at);
    while (byte == (inArray ? CLOSE_BRACKET : CLOSE_BRACE)) {
      at++;
      if (--depth == 1) return at;
      inArray = load<u8>(arrays + depth);
      at = skipSpace(at);
      byte = load<u8>(at);
    }
    if (byte != COMMA) return 0;
    at = skipSpace(at + 1);
    if (!inArray) at = keyEnd(at);
    if (at == 0) return 0;
  }
  return 0;
}

/** From a key's opening quote to the first byte of its value. */
function keyEnd(at: usize): usize {
  if (load<u8>(at) != QUOTE) return 0;
  const end = stringEnd(at + 1);
  return end == 0 ? 0 : colonEnd(end + 1);
}

/** From behind a key to the first byte of its value. */
export function colonEnd(at: usize): usize {
  at = skipSpace(at);
  return load<u8>(at) == COLON ? skipSpace(at + 1) : 0;
}

/** True for the byte that may stand behind an integer: it does not make it another number. */
// @ts-ignore: decorator
@inline
export function endsInteger(byte: u32): bool {
  return byte != DOT && (byte | 0x20) != LETTER_E;
}

/** The value of the last integer that `readInteger` read. */
export let integer: i64 = 0;

/**
 * Reads an integer of at most 18 digits into `integer`; returns the address behind it, 0 for
 * anything else, also a number with fraction or exponent.
 */
// @ts-ignore: decorator
@inline
export function readInteger(start: usize): usize {
  const isNegative = load<u8>(start) == MINUS;
  const digits = isNegative ? start + 1 : start;
  let at = digits;
  let value: u64 = 0;
  for (;;) {
    const word = load<u64>(at) ^ 0x3030303030303030;
    // The high bit of each byte that is no digit; bits above the first one may be wrong.
    const stops = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
    if (stops != 0) {
      const count = <u32>(ctz(stops) >> 3);
      if (count != 0) {
        value = value * powerOfTen(count) + eightDigits(word << (64 - (count << 3)));
        at += count;
      }
      break;
    }
    value = value * 100_000_000 + eightDigits(word);
    at += 8;
    if (at - digits > 16) return 0;
  }
  const count = at - digits;
  if (count == 0 || count > 18 || (count > 1 && load<u8>(digits) == ZERO)) return 0;
  if (!endsInteger(load<u8>(at))) return 0;
  integer = isNegative ? -(<i64>value) : <i64>value;
  return at;
}

/** The number of eight digits; the first is in the lowest byte. */
// @ts-ignore: decorator
@inline
function eightDigits(word: u64): u64 {
  // Neighbours are joined, to pairs, then fours, then all: one multiplication each.
  const pairs = (word * (10 * 0x100 + 1)) >> 8;
  const fours = ((pairs & 0x00ff00ff00ff00ff) * (100 * 0x10000 + 1)) >> 16;
  return ((fours & 0x0000ffff0000ffff) * (10_000 * 0x100000000 + 1)) >> 32;
}

const powers = memory.data<u64>([1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000]);

// @ts-ignore: decorator
@inline
function powerOfTen(exponent: u32): u64 {
  return load<u64>(powers + (exponent << 3));
}
