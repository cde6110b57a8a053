/**
 * Offsets of IANA time zones, from Intl. Asking Intl costs microseconds, so the offsets are kept
 * per zone and quarter of an hour: no zone changes its offset more finely since 1900.
 */
import { dayNumber, NANOS_PER_MILLI } from './civil-date.ts';

const MILLIS_PER_SLOT = 900_000;
/** Slots kept per zone before the memory is emptied. */
const SLOTS_MAX = 65_536;
const FIXED_OFFSET = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/;
/** Zones whose abbreviation Java knows. Source: java.time.ZoneId.SHORT_IDS. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  Z: 'UTC',
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

interface Zone {
  readonly fixedOffsetMs: number | null;
  readonly format: Intl.DateTimeFormat | null;
  readonly slots: Map<number, number>;
}

const zones = new Map<string, Zone>();

/** Offset of local time from UTC at an instant, in milliseconds. Throws RangeError for no zone. */
export function offsetAtInstant(zoneName: string, epochMs: number): number {
  const zone = findZone(zoneName);
  if (zone.fixedOffsetMs !== null) return zone.fixedOffsetMs;
  const slot = Math.floor(epochMs / MILLIS_PER_SLOT);
  const known = zone.slots.get(slot);
  if (known !== undefined) return known;
  const offset = computeOffset(zone, slot * MILLIS_PER_SLOT);
  if (zone.slots.size >= SLOTS_MAX) zone.slots.clear();
  zone.slots.set(slot, offset);
  return offset;
}

/**
 * Offset of a local time. As java.time: a time that occurs twice takes the earlier offset's, one
 * that is skipped counts on from before the gap.
 */
export function offsetAtLocal(zoneName: string, localMs: number): number {
  const before = offsetAtInstant(
    zoneName,
    localMs - offsetAtInstant(zoneName, localMs - 86_400_000),
  );
  const first = offsetAtInstant(zoneName, localMs - before);
  if (first === before) return before;
  const second = offsetAtInstant(zoneName, localMs - first);
  return second === first ? first : Math.min(before, first, second);
}

/** True for names and offsets that can be used as `table.local-time-zone`. */
export function isTimeZone(zoneName: string): boolean {
  try {
    findZone(zoneName);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Wall-clock nanoseconds of an instant. */
export function toLocal(zoneName: string, instantNanos: bigint): bigint {
  if (zoneName === 'UTC') return instantNanos;
  const offset = offsetAtInstant(zoneName, Number(instantNanos / NANOS_PER_MILLI));
  return instantNanos + BigInt(offset) * NANOS_PER_MILLI;
}

/** The instant of wall-clock nanoseconds. */
export function toInstant(zoneName: string, localNanos: bigint): bigint {
  if (zoneName === 'UTC') return localNanos;
  const offset = offsetAtLocal(zoneName, Number(localNanos / NANOS_PER_MILLI));
  return localNanos - BigInt(offset) * NANOS_PER_MILLI;
}

function findZone(zoneName: string): Zone {
  const known = zones.get(zoneName);
  if (known !== undefined) return known;
  const zone = createZone(zoneName);
  zones.set(zoneName, zone);
  return zone;
}

function createZone(zoneName: string): Zone {
  const name = SHORT_NAMES[zoneName] ?? zoneName;
  const fixed = FIXED_OFFSET.exec(name);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
    const sign = fixed[1] === '-' ? -1 : 1;
    return { fixedOffsetMs: sign * minutes * 60_000, format: null, slots: new Map() };
  }
  if (name === 'UTC' || name === 'GMT' || name === 'UT') {
    return { fixedOffsetMs: 0, format: null, slots: new Map() };
  }
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return { fixedOffsetMs: null, format, slots: new Map() };
}

/** Formats the instant in the zone and compares the wall clock with UTC. */
function computeOffset(zone: Zone, epochMs: number): number {
  if (zone.format === null) return 0;
  const fields = new Map<string, string>();
  for (const { type, value } of zone.format.formatToParts(epochMs)) fields.set(type, value);
  const field = (name: string): number => Number(fields.get(name));
  const year = fields.get('era') === 'BC' ? 1 - field('year') : field('year');
  const days = dayNumber({ year, month: field('month'), day: field('day') });
  const seconds = (field('hour') * 60 + field('minute')) * 60 + field('second');
  return days * 86_400_000 + seconds * 1000 - epochMs;
}
