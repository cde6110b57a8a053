/**
 * CAST: which types can be cast to which, and the value. A value that does not fit throws
 * EvaluationError; TRY_CAST turns that into NULL. Rules as measured on Flink 2.3.
 */
import { EvaluationError } from '../evaluation-error.ts';
import {
  isBytes,
  isDatetime,
  isInteger,
  isInterval,
  isNumeric,
  isSameType,
  isText,
  isTimestamp,
} from '../type-relations.ts';
import { bareTypeText } from '../type-text.ts';
import type { LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import { castToBytes } from './cast-bytes.ts';
import { castToDatetime } from './cast-datetime.ts';
import { castToBoolean, castToNumber } from './cast-number.ts';
import { castToText } from './cast-text.ts';
import { asEntry, asList } from './operand.ts';

/** Null when CAST may be written, else why not. */
export function castProblem(from: LogicalType, to: LogicalType): string | null {
  if (from.root === 'NULL' || isText(to)) return null;
  if (from.root === 'ARRAY' && to.root === 'ARRAY') return castProblem(from.element, to.element);
  if (from.root === 'MAP' && to.root === 'MAP') {
    return castProblem(from.key, to.key) ?? castProblem(from.value, to.value);
  }
  if (from.root === 'ROW' && to.root === 'ROW') {
    if (from.fields.length !== to.fields.length) {
      return `a row of ${from.fields.length} fields cannot become one of ${to.fields.length}`;
    }
    for (const [index, field] of from.fields.entries()) {
      const target = to.fields[index];
      const problem = target === undefined ? null : castProblem(field.type, target.type);
      if (problem !== null) return problem;
    }
    return null;
  }
  if (isCastable(from, to)) return null;
  return `${bareTypeText(from)} cannot be cast to ${bareTypeText(to)}`;
}

function isCastable(from: LogicalType, to: LogicalType): boolean {
  if (isText(from)) {
    return isNumeric(to) || to.root === 'BOOLEAN' || isDatetime(to) || isBytes(to);
  }
  if (isNumeric(from)) return isNumeric(to) || to.root === 'BOOLEAN';
  if (from.root === 'BOOLEAN') return isNumeric(to) || to.root === 'BOOLEAN';
  if (isBytes(from)) return isBytes(to);
  if (from.root === 'DATE') return to.root === 'DATE' || isTimestamp(to);
  if (from.root === 'TIME') return to.root === 'TIME' || isTimestamp(to);
  if (isTimestamp(from)) return isDatetime(to);
  if (isInterval(from)) return from.root === to.root;
  return false;
}

/**
 * The value of `value`, which is of type `from`, as type `to`. `timeZone` is the session's IANA
 * name. Throws EvaluationError.
 */
export function castValue(
  value: Value,
  from: LogicalType,
  to: LogicalType,
  timeZone: string,
): Value {
  if (value === null || isSameType(from, to)) return value;
  if (isText(to)) return castToText(value, from, to, timeZone);
  if (isInteger(to) || isNumeric(to)) return castToNumber(value, from, to);
  if (to.root === 'BOOLEAN') return castToBoolean(value, from);
  if (isDatetime(to)) return castToDatetime(value, from, to, timeZone);
  if (isBytes(to)) return castToBytes(value, to);
  if (to.root === 'ARRAY' && from.root === 'ARRAY') {
    return asList(value).map((item) => castValue(item, from.element, to.element, timeZone));
  }
  if (to.root === 'MAP' && from.root === 'MAP') {
    return asList(value).map((entry) => {
      const [key, item] = asEntry(entry);
      return [
        castValue(key, from.key, to.key, timeZone),
        castValue(item, from.value, to.value, timeZone),
      ];
    });
  }
  if (to.root === 'ROW' && from.root === 'ROW') {
    return asList(value).map((item, index) => {
      const source = from.fields[index];
      const target = to.fields[index];
      return source && target ? castValue(item, source.type, target.type, timeZone) : null;
    });
  }
  return value;
}

/** TRY_CAST. */
export function tryCastValue(
  value: Value,
  from: LogicalType,
  to: LogicalType,
  timeZone: string,
): Value {
  try {
    return castValue(value, from, to, timeZone);
  } catch (error) {
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}
