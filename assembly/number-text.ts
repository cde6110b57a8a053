/** Integers as decimal text. */
const MINUS: u32 = 0x2d;
const ZERO: u32 = 0x30;

/** Writes an integer; returns the address behind it. */
export function writeInteger(value: i64, target: usize): usize {
  let magnitude = <u64>value;
  if (value < 0) {
    store<u8>(target, MINUS);
    target++;
    magnitude = <u64>(0 - value);
  }
  if (magnitude <= u32.MAX_VALUE) return writeWord(<u32>magnitude, target);
  let digits: u32 = 10;
  for (let limit: u64 = 10_000_000_000; digits < 19 && magnitude >= limit; limit *= 10) digits++;
  for (let at = target + digits - 1; at >= target; at--) {
    const tenth = magnitude / 10;
    store<u8>(at, ZERO + <u32>(magnitude - tenth * 10));
    magnitude = tenth;
  }
  return target + digits;
}

function writeWord(value: u32, target: usize): usize {
  let digits: u32 = 1;
  for (let limit: u32 = 10; digits < 10 && value >= limit; limit *= 10) digits++;
  for (let at = target + digits - 1; at >= target; at--) {
    const tenth = value / 10;
    store<u8>(at, ZERO + value - tenth * 10);
    value = tenth;
  }
  return target + digits;
}

/** Writes a number below 100 in two digits. */
// @ts-ignore: decorator
@inline
export function writeTwo(value: u32, target: usize): void {
  const tens = value / 10;
  store<u8>(target, ZERO + tens);
  store<u8>(target, ZERO + value - tens * 10, 1);
}
