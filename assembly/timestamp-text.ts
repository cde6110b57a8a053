/** Timestamps as text between quotes, as Flink's json format renders them. */
import { writeInteger, writeTwo } from './number-text';

const QUOTE: u32 = 0x22;
const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const COLON: u32 = 0x3a;
const DOT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const LETTER_Z: u32 = 0x5a;
const MILLIS_PER_DAY: i64 = 86_400_000;
/** Longest text of a day: `+292278994-08-17`. */
const DAY_BYTES_MAX: u32 = 32;

/** The last day written and its text, which is most often that of the next value, too. */
let knownDay: i64 = i64.MIN_VALUE;
const dayText = memory.data(DAY_BYTES_MAX, 16);
let dayBytes: u32 = 0;

/** `"2023-11-14 22:13:00.5"`: a fraction without trailing zeros, none when it is 0. */
export function writeTimestamp(millis: i64, separator: u32, endsWithZ: u32, target: usize): usize {
  const rest = millis % MILLIS_PER_DAY;
  const ofDay = <u32>(rest < 0 ? rest + MILLIS_PER_DAY : rest);
  const day = (millis - <i64>ofDay) / MILLIS_PER_DAY;
  if (day != knownDay) formatDay(day);
  store<u8>(target, QUOTE);
  memory.copy(target + 1, dayText, dayBytes);
  target += 1 + dayBytes;
  store<u8>(target, separator);
  const seconds = ofDay / 1000;
  const minutes = seconds / 60;
  const hours = minutes / 60;
  writeTwo(hours, target + 1);
  store<u8>(target, COLON, 3);
  writeTwo(minutes - hours * 60, target + 4);
  store<u8>(target, COLON, 6);
  writeTwo(seconds - minutes * 60, target + 7);
  target += 9;
  const fraction = ofDay - seconds * 1000;
  if (fraction != 0) {
    store<u8>(target, DOT);
    const tenths = fraction / 100;
    store<u8>(target, ZERO + tenths, 1);
    writeTwo(fraction - tenths * 100, target + 2);
    target += fraction % 100 == 0 ? 2 : fraction % 10 == 0 ? 3 : 4;
  }
  if (endsWithZ != 0) {
    store<u8>(target, LETTER_Z);
    target++;
  }
  store<u8>(target, QUOTE);
  return target + 1;
}

/** Source: H. Hinnant, chrono-compatible low-level date algorithms. */
function formatDay(day: i64): void {
  const shifted = day + 719_468;
  const era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097;
  const dayOfEra = <u32>(shifted - era * 146_097);
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shiftedMonth = (5 * dayOfYear + 2) / 153;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = <i64>yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  let target = dayText;
  if (year > 9999 || year < 0) {
    store<u8>(target, year < 0 ? MINUS : PLUS);
    target++;
  }
  const magnitude = year < 0 ? 0 - year : year;
  for (let limit: i64 = 1000; limit > 1 && magnitude < limit; limit /= 10) {
    store<u8>(target, ZERO);
    target++;
  }
  target = writeInteger(magnitude, target);
  store<u8>(target, MINUS);
  writeTwo(month, target + 1);
  store<u8>(target, MINUS, 3);
  writeTwo(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, target + 4);
  dayBytes = <u32>(target + 6 - dayText);
  knownDay = day;
}
