/** The text of an interval literal -> months or milliseconds; a sentence when it does not fit. */
import type { IntervalUnit } from './syntax.ts';

export interface IntervalShape {
  readonly from: IntervalUnit;
  readonly to: IntervalUnit | null;
  /** Digits that the leading field may have. */
  readonly leadingPrecision: number;
}

const DAY_TIME_UNITS: readonly IntervalUnit[] = ['DAY', 'HOUR', 'MINUTE', 'SECOND'];
const MILLIS: Readonly<Record<string, bigint>> = {
  WEEK: 604_800_000n,
  DAY: 86_400_000n,
  HOUR: 3_600_000n,
  MINUTE: 60_000n,
  SECOND: 1000n,
};
const MONTHS: Readonly<Record<string, number>> = { YEAR: 12, QUARTER: 3, MONTH: 1 };

/** `'2'` YEAR, `'1-2'` YEAR TO MONTH. Months. */
export function parseYearMonthInterval(text: string, shape: IntervalShape): number | string {
  const isPair = shape.from === 'YEAR' && shape.to === 'MONTH';
  const match = (isPair ? /^([+-]?)(\d+)-(\d+)$/ : /^([+-]?)(\d+)$/).exec(text.trim());
  if (match === null || (shape.to !== null && !isPair)) return misfit(text, shape);
  const [, sign = '', leading = '', months = '0'] = match;
  const tooLong = leadingProblem(leading, shape);
  if (tooLong !== undefined) return tooLong;
  if (Number(months) > 11) return misfit(text, shape);
  const size = Number(leading) * (MONTHS[shape.from] ?? 1) + Number(months);
  return sign === '-' ? 0 - size : size;
}

/** `'1'` DAY, `'1 02:03:04.005'` DAY TO SECOND. Milliseconds. */
export function parseDayTimeInterval(text: string, shape: IntervalShape): bigint | string {
  const first = shape.from === 'WEEK' ? -1 : DAY_TIME_UNITS.indexOf(shape.from);
  const last = shape.to === null ? first : DAY_TIME_UNITS.indexOf(shape.to);
  if (last < first || (first < 0 && shape.to !== null)) return misfit(text, shape);
  const units = first < 0 ? (['WEEK'] as const) : DAY_TIME_UNITS.slice(first, last + 1);
  const match = patternFor(units).exec(text.trim());
  if (match === null) return misfit(text, shape);
  const [, sign, ...fields] = match;
  const tooLong = leadingProblem(fields[0] ?? '', shape);
  if (tooLong !== undefined) return tooLong;
  let total = 0n;
  for (const [index, unit] of units.entries()) {
    const field = fields[index] ?? '0';
    const limit = unit === 'HOUR' ? 23 : 59;
    if (index > 0 && Number(field) > limit) return misfit(text, shape);
    total += BigInt(field) * (MILLIS[unit] ?? 0n);
  }
  const fraction = fields[units.length] ?? '';
  total += BigInt(fraction.padEnd(3, '0').slice(0, 3));
  return sign === '-' ? -total : total;
}

/** Fields are joined by a space after the day, else by a colon; seconds may have a fraction. */
function patternFor(units: readonly IntervalUnit[]): RegExp {
  let pattern = '^([+-]?)';
  for (const [index, unit] of units.entries()) {
    if (index > 0) pattern += units[index - 1] === 'DAY' ? ' +' : ':';
    pattern += '(\\d+)';
    if (unit === 'SECOND') pattern += '(?:\\.(\\d{1,9}))?';
  }
  return new RegExp(`${pattern}$`);
}

function leadingProblem(digits: string, shape: IntervalShape): string | undefined {
  const significant = digits.replace(/^0+(?=\d)/, '');
  if (significant.length <= shape.leadingPrecision) return undefined;
  return `The interval field ${digits} has more digits than ${shape.from}(${shape.leadingPrecision}) takes; write INTERVAL '${digits}' ${shape.from}(${significant.length}).`;
}

function misfit(text: string, shape: IntervalShape): string {
  const unit = shape.to === null ? shape.from : `${shape.from} TO ${shape.to}`;
  return `'${text}' does not fit INTERVAL ${unit}.`;
}
