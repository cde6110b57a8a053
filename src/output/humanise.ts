/**
 * Sizes, durations, counts and times as people read them. For tables, progress and summaries only;
 * JSON has the raw numbers.
 */

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const COUNT_UNITS = ['', 'k', 'M', 'G'] as const;

/** `1.5 KiB`; whole bytes below 1 KiB. */
export function formatBytes(bytes: number): string {
  const { value, unit } = scale(bytes, 1024, BYTE_UNITS);
  return `${unit === 'B' ? value : threeDigits(value)} ${unit}`;
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1.23 M`, without a unit below 1000. */
export function formatShortCount(count: number): string {
  const { value, unit } = scale(count, 1000, COUNT_UNITS);
  return unit === '' ? String(Math.round(value)) : `${threeDigits(value)} ${unit}`;
}

/** `850 ms`, `1.2 s`, `3 min 5 s`, `2 h 3 min`, `4 d 1 h`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 10_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's');
  if (seconds < 86_400) return twoUnits(Math.floor(seconds / 60), 60, 'h', 'min');
  return twoUnits(Math.floor(seconds / 3600), 24, 'd', 'h');
}

/** Epoch milliseconds as `2023-11-14 22:13:00`, in UTC, without the fraction. */
export function formatTime(epochMs: number): string {
  const seconds = Math.floor(epochMs / 1000);
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
  return `${civilDate(days)} ${clock.map((part) => String(part).padStart(2, '0')).join(':')}`;
}

/**
 * Days since 1970-01-01 as a date of the proleptic Gregorian calendar. Years begin in March here,
 * so that the leap day is the last day of a year; 719,468 days lie before 1970-01-01 from
 * 0000-03-01, and 400 years have 146,097 days.
 */
function civilDate(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const sign = year < 0 ? '-' : '';
  return `${sign}${String(Math.abs(year)).padStart(4, '0')}-${pad(month)}-${pad(day)}`;
}

const pad = (part: number): string => String(part).padStart(2, '0');

function twoUnits(total: number, perUnit: number, unit: string, rest: string): string {
  const whole = Math.floor(total / perUnit);
  const part = total % perUnit;
  return part === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${part} ${rest}`;
}

function scale<Unit extends string>(
  amount: number,
  base: number,
  units: readonly [Unit, ...Unit[]],
): { readonly value: number; readonly unit: Unit } {
  let value = amount;
  let unit: Unit = units[0];
  for (const next of units.slice(1)) {
    // Rounding must not print 1000 of the smaller unit.
    if (Math.abs(value) < base - 0.5) break;
    value /= base;
    unit = next;
  }
  return { value, unit };
}

function threeDigits(value: number): string {
  if (Math.abs(value) >= 99.95) return value.toFixed(0);
  return Math.abs(value) >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
