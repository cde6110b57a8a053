/**
 * Local times and instants in nanoseconds. Zones are IANA names, the short names that Java knows,
 * and fixed offsets such as GMT+08:00.
 */
import { floorDivide, NANOS_PER_MILLI } from './civil-date.ts';
import { zoneClockOf } from './zone-clock.ts';

const FIXED_OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;
/** Source: java.time.ZoneId.SHORT_IDS. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  Z: '+00:00',
  GMT: '+00:00',
  UT: '+00:00',
  PST: 'America/Los_Angeles',
  CST: 'America/Chicago',
  EST: '-05:00',
  MST: '-07:00',
  HST: '-10:00',
  CTT: 'Asia/Shanghai',
  JST: 'Asia/Tokyo',
  IST: 'Asia/Kolkata',
  ECT: 'Europe/Paris',
};
const DAY_MS = 86_400_000;
/** What a Date holds, two days off its end; beyond, zones keep the offset they have there. */
const KNOWN_MS_MAX = 8_640_000_000_000_000 - 2 * DAY_MS;

/** Offset of local time from UTC at an instant, milliseconds. Throws RangeError for no zone. */
export function offsetAtInstant(zoneName: string, epochMs: number): number {
  const name = SHORT_NAMES[zoneName] ?? zoneName;
  const fixed = FIXED_OFFSET.exec(name);
  if (fixed === null) {
    const known = Math.max(-KNOWN_MS_MAX, Math.min(KNOWN_MS_MAX, epochMs));
    return zoneClockOf(name).offsetMsAt(known);
  }
  const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
  return (fixed[1] === '-' ? -1 : 1) * minutes * 60_000;
}

/**
 * Offset of a local time. As java.time: of a time that occurs twice the first; a time that is
 * skipped counts on from before the gap.
 */
export function offsetAtLocal(zoneName: string, localMs: number): number {
  const before = offsetAtInstant(zoneName, localMs - DAY_MS);
  const after = offsetAtInstant(zoneName, localMs + DAY_MS);
  if (before === after) return before;
  if (offsetAtInstant(zoneName, localMs - before) === before) return before;
  return offsetAtInstant(zoneName, localMs - after) === after ? after : before;
}

/** True for names that the functions above take. */
export function isTimeZone(zoneName: string): boolean {
  try {
    offsetAtInstant(zoneName, 0);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Wall-clock nanoseconds of an instant. */
export function toLocal(zoneName: string, instantNanos: bigint): bigint {
  if (zoneName === 'UTC') return instantNanos;
  const offset = offsetAtInstant(zoneName, Number(floorDivide(instantNanos, NANOS_PER_MILLI)));
  return instantNanos + BigInt(offset) * NANOS_PER_MILLI;
}

/** The instant of wall-clock nanoseconds. */
export function toInstant(zoneName: string, localNanos: bigint): bigint {
  if (zoneName === 'UTC') return localNanos;
  const offset = offsetAtLocal(zoneName, Number(floorDivide(localNanos, NANOS_PER_MILLI)));
  return localNanos - BigInt(offset) * NANOS_PER_MILLI;
}
