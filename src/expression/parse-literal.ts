/** Literals with a keyword: DATE '...', TIMESTAMP '...', INTERVAL '1' DAY. */
import { powers } from './operators.ts';
import { failSyntax } from './problem.ts';
import type { IntervalUnit, Syntax } from './syntax.ts';
import { describeToken, rangeOf, type TokenReader } from './token-reader.ts';

const INTERVAL_UNITS: Readonly<Record<string, IntervalUnit>> = {
  YEAR: 'YEAR',
  YEARS: 'YEAR',
  QUARTER: 'QUARTER',
  QUARTERS: 'QUARTER',
  MONTH: 'MONTH',
  MONTHS: 'MONTH',
  WEEK: 'WEEK',
  WEEKS: 'WEEK',
  DAY: 'DAY',
  DAYS: 'DAY',
  HOUR: 'HOUR',
  HOURS: 'HOUR',
  MINUTE: 'MINUTE',
  MINUTES: 'MINUTE',
  SECOND: 'SECOND',
  SECONDS: 'SECOND',
};
/** Digits of an interval's leading field when none are written. Source: Calcite's type system. */
const LEADING_PRECISION = 2;
const LEADING_PRECISION_MAX = 10;

/** DATE '...', TIME '...', TIMESTAMP [WITH LOCAL TIME ZONE] '...'. */
export function readTemporal(reader: TokenReader): Syntax {
  const name = reader.next();
  let kind: 'DATE' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ' = 'TIMESTAMP';
  if (name.word === 'DATE' || name.word === 'TIME') kind = name.word;
  if (name.word === 'TIMESTAMP' && reader.accept('WITH', 'LOCAL', 'TIME', 'ZONE')) {
    kind = 'TIMESTAMP_LTZ';
  }
  const token = reader.peek();
  if (token.kind !== 'string') {
    failSyntax(
      token,
      `Expected a text literal after ${name.word}, but found ${describeToken(token)}.`,
    );
  }
  reader.next();
  return {
    kind: 'temporal',
    type: kind,
    text: token.text,
    textRange: rangeOf(token, token),
    ...rangeOf(name, token),
  };
}

/** INTERVAL [-] 'text' unit [TO unit], or INTERVAL expression unit. */
export function readInterval(reader: TokenReader): Syntax {
  const name = reader.next();
  const negative = reader.accept('-');
  if (!negative) reader.accept('+');
  const value = reader.expression(powers.sign);
  const from = readUnit(reader);
  const leadingPrecision = readUnitPrecision(reader);
  let to: IntervalUnit | null = null;
  if (reader.accept('TO')) {
    to = readUnit(reader);
    readUnitPrecision(reader);
  }
  const range = { start: name.start, end: reader.previousEnd };
  return { kind: 'interval', value, negative, from, to, leadingPrecision, ...range };
}

function readUnit(reader: TokenReader): IntervalUnit {
  const token = reader.next();
  const unit = token.kind === 'name' ? INTERVAL_UNITS[token.word] : undefined;
  if (unit === undefined) {
    failSyntax(
      token,
      `Expected a unit of time after INTERVAL, but found ${describeToken(token)}.`,
      "Write INTERVAL '1' DAY; the units are YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND.",
    );
  }
  return unit;
}

function readUnitPrecision(reader: TokenReader): number {
  if (!reader.accept('(')) return LEADING_PRECISION;
  const token = reader.next();
  const precision = token.kind === 'number' ? Number(token.text) : NaN;
  if (!Number.isInteger(precision) || precision < 1 || precision > LEADING_PRECISION_MAX) {
    failSyntax(
      token,
      `The precision of an interval's unit is a number from 1 to ${LEADING_PRECISION_MAX}.`,
    );
  }
  if (reader.accept(',')) reader.next();
  reader.expect(')', "after the unit's precision");
  return precision;
}
