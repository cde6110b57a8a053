/** Literals -> typed constants. Number types and limits as Flink's planner gives them. */
import { report, resolveCall, type CheckContext } from './check-context.ts';
import { parseDecimal } from './decimal.ts';
import { findFunction } from './function/registry.ts';

import { parseDayTimeInterval, parseYearMonthInterval } from './interval-text.ts';
import { parseDate, parseTime, parseTimestamp } from './temporal-text.ts';
import type { IntervalSyntax, NumberSyntax, Syntax, TemporalSyntax } from './syntax.ts';
import { toInstant } from './time-zone.ts';
import type { LiteralExpression, TypedExpression } from './tree.ts';
import { decimalType, isInteger, simple } from './type-relations.ts';
import { bareTypeText } from './type-text.ts';
import type { LogicalType } from './type.ts';
import type { Value } from './value.ts';

const INT_MAX = 2n ** 31n - 1n;
const BIGINT_MAX = 2n ** 63n - 1n;

export function literal(type: LogicalType, value: Value): LiteralExpression {
  return { kind: 'literal', type, value };
}

/** `sign` is -1n under a unary minus, so that -9223372036854775808 can be written. */
export function checkNumber(
  context: CheckContext,
  syntax: NumberSyntax,
  sign: 1n | -1n,
): TypedExpression | undefined {
  const { text } = syntax;
  const outOfRange = (): undefined =>
    report(context, 'DREY_EXPRESSION_TYPE', syntax, [
      `The number ${text} is out of range.`,
      "Numbers have at most 64 bits without their point; write CAST('...' AS DECIMAL(38, 0)) for more.",
    ]);
  if (/e/i.test(text)) {
    const value = Number(text);
    return Number.isFinite(value)
      ? literal(simple('DOUBLE', false), Number(sign) * value)
      : outOfRange();
  }
  const number = parseDecimal(text);
  if (number === undefined) return outOfRange();
  const unscaled = sign * number.unscaled;
  if (unscaled > BIGINT_MAX || unscaled < -BIGINT_MAX - 1n) return outOfRange();
  if (number.scale > 0) {
    const precision = text.replace('.', '').length;
    return literal(decimalType(precision, number.scale, false), unscaled);
  }
  return unscaled <= INT_MAX && unscaled >= -INT_MAX - 1n
    ? literal(simple('INT', false), Number(unscaled))
    : literal(simple('BIGINT', false), unscaled);
}

export function checkTemporal(
  context: CheckContext,
  syntax: TemporalSyntax,
): TypedExpression | undefined {
  const value = temporalLiteral(syntax, context.scope.timeZone);
  if (value !== undefined) return value;
  const example = {
    DATE: '2020-01-31',
    TIME: '23:59:59',
    TIMESTAMP: '2020-01-31 23:59:59.123',
    TIMESTAMP_LTZ: '2020-01-31 23:59:59.123',
  }[syntax.type];
  return report(context, 'DREY_EXPRESSION_TYPE', syntax.textRange, [
    `'${syntax.text}' is no ${syntax.type}.`,
    `Write it as '${example}'.`,
  ]);
}

function temporalLiteral(syntax: TemporalSyntax, timeZone: string): LiteralExpression | undefined {
  const { text, type } = syntax;
  const precision = /\.(\d{1,9})$/.exec(text)?.[1]?.length ?? 0;
  if (type === 'DATE') {
    const days = /^\d{1,4}-\d{1,2}-\d{1,2}$/.test(text) ? parseDate(text) : undefined;
    return days === undefined ? undefined : literal(simple('DATE', false), days);
  }
  if (type === 'TIME') {
    const isWhole = /^\d{1,2}:\d{1,2}:\d{1,2}(\.\d{1,9})?$/.test(text);
    const millis = isWhole ? parseTime(text) : undefined;
    if (millis === undefined) return undefined;
    return literal({ root: 'TIME', precision, nullable: false }, millis);
  }
  // As Flink: the end of a day is a time in a text, but not in a literal.
  const nanos = / 24:/.test(text) ? undefined : parseTimestamp(text.trim());
  const day = /^\d{1,4}-\d{1,2}-\d{1,2}/.exec(text)?.[0] ?? '';
  if (nanos === undefined || parseDate(day) === undefined) return undefined;
  return literal(
    { root: type, precision, nullable: false },
    type === 'TIMESTAMP' ? nanos : toInstant(timeZone, nanos),
  );
}

/** INTERVAL with a text is a constant; with an expression it is a multiple of one unit. */
export function checkInterval(
  context: CheckContext,
  syntax: IntervalSyntax,
): TypedExpression | undefined {
  const isMonths = ['YEAR', 'QUARTER', 'MONTH'].includes(syntax.from);
  const type = simple(isMonths ? 'INTERVAL_YEAR_MONTH' : 'INTERVAL_DAY_TIME', false);
  const text = intervalText(syntax.value);
  if (text === undefined) return checkIntervalOf(context, syntax, type);
  const value = isMonths
    ? parseYearMonthInterval(text, syntax)
    : parseDayTimeInterval(text, syntax);
  if (typeof value === 'string') {
    return report(context, 'DREY_EXPRESSION_TYPE', syntax.value, [value]);
  }
  const signed = syntax.negative ? (typeof value === 'bigint' ? -value : 0 - value) : value;
  return literal(type, signed);
}

function intervalText(syntax: Syntax): string | undefined {
  if (syntax.kind === 'text') return syntax.value;
  return syntax.kind === 'number' && /^\d+$/.test(syntax.text) ? syntax.text : undefined;
}

function checkIntervalOf(
  context: CheckContext,
  syntax: IntervalSyntax,
  type: LogicalType,
): TypedExpression | undefined {
  const value = context.check(syntax.value);
  if (value === undefined) return undefined;
  if (!isInteger(value.type) || syntax.to !== null) {
    return report(context, 'DREY_EXPRESSION_TYPE', syntax.value, [
      `INTERVAL needs a text or an integer before its unit, not ${bareTypeText(value.type)}.`,
    ]);
  }
  const unit = { ...syntax, leadingPrecision: 10, to: null };
  const one =
    type.root === 'INTERVAL_YEAR_MONTH'
      ? parseYearMonthInterval('1', unit)
      : parseDayTimeInterval('1', unit);
  const times = findFunction('*');
  if (times === undefined || typeof one === 'string') return undefined;
  const signed = syntax.negative ? (typeof one === 'bigint' ? -one : 0 - one) : one;
  const call = resolveCall(times, [value, literal(type, signed)]);
  return typeof call === 'string' ? undefined : call;
}
