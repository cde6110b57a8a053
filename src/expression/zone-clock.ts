/**
 * What the clocks of an IANA time zone show at an epoch millisecond, and back. Offsets come from
 * the runtime's time zone data and are remembered per quarter of an hour: no zone has changed its
 * offset at any other moment since 1972.
 */

export interface ZoneClock {
  /** Local time minus UTC, milliseconds. */
  offsetMsAt(epochMs: number): number;
  /** Local date and time, as milliseconds since 1970-01-01 00:00:00 on the zone's clocks. */
  toLocalMs(epochMs: number): number;
  /**
   * The last moment at which the clocks show `localMs`; where they skip it, the moment of the skip.
   * As Flink's TimeWindowUtil.toEpochMillsForTimer.
   */
  toEpochMs(localMs: number): number;
}

const QUARTER_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** Quarters remembered before the memory is emptied; about a year and a half. */
const REMEMBERED_MAX = 50_000;

const utc: ZoneClock = {
  offsetMsAt: () => 0,
  toLocalMs: (epochMs) => epochMs,
  toEpochMs: (localMs) => localMs,
};

const clocks = new Map<string, ZoneClock>([['UTC', utc]]);

/** The clock of a zone; throws a RangeError when the runtime does not know the zone. */
export function zoneClockOf(timeZone: string): ZoneClock {
  let clock = clocks.get(timeZone);
  if (clock === undefined) clocks.set(timeZone, (clock = new IntlZoneClock(timeZone)));
  return clock;
}

class IntlZoneClock implements ZoneClock {
  private readonly format: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();
  private lastQuarter = NaN;
  private lastOffset = 0;

  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  offsetMsAt(epochMs: number): number {
    const quarter = Math.floor(epochMs / QUARTER_MS);
    if (quarter === this.lastQuarter) return this.lastOffset;
    let offset = this.offsets.get(quarter);
    if (offset === undefined) {
      if (this.offsets.size >= REMEMBERED_MAX) this.offsets.clear();
      offset = this.readOffset(quarter * QUARTER_MS);
      this.offsets.set(quarter, offset);
    }
    this.lastQuarter = quarter;
    this.lastOffset = offset;
    return offset;
  }

  toLocalMs(epochMs: number): number {
    return epochMs + this.offsetMsAt(epochMs);
  }

  toEpochMs(localMs: number): number {
    const before = this.offsetMsAt(localMs - DAY_MS);
    const after = this.offsetMsAt(localMs + DAY_MS);
    const early = localMs - Math.max(before, after);
    const late = localMs - Math.min(before, after);
    if (this.toLocalMs(late) === localMs) return late;
    if (this.toLocalMs(early) === localMs) return early;
    return this.changeBetween(early, late);
  }

  /** The first moment of another offset within (from, to]. */
  private changeBetween(from: number, to: number): number {
    const offset = this.offsetMsAt(from);
    let quarter = Math.floor(from / QUARTER_MS) + 1;
    while (quarter * QUARTER_MS < to && this.offsetMsAt(quarter * QUARTER_MS) === offset) quarter++;
    return quarter * QUARTER_MS;
  }

  private readOffset(epochMs: number): number {
    const field: Record<string, string> = {};
    for (const { type, value } of this.format.formatToParts(epochMs)) field[type] = value;
    const year = Number(field['year']) * (field['era'] === 'BC' ? -1 : 1);
    const local = new Date(0);
    local.setUTCFullYear(year, Number(field['month']) - 1, Number(field['day']));
    local.setUTCHours(Number(field['hour']), Number(field['minute']), Number(field['second']));
    return local.getTime() - epochMs;
  }
}
