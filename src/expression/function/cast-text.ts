/** CAST to CHAR and VARCHAR: the text of every type, as Flink writes it. */
import { decimalText } from '../decimal.ts';
import { doubleText, floatText } from '../number-text.ts';
import {
  dateText,
  millisIntervalText,
  monthsIntervalText,
  timestampText,
  timeText,
} from '../temporal-text.ts';
import { codePointLength, codePointPrefix } from '../text-units.ts';
import { toLocal } from '../time-zone.ts';
import { LENGTH_MAX, type LengthType, type LogicalType } from '../type.ts';
import type { Value } from '../value.ts';
import { decodeUtf8 } from './cast-bytes.ts';
import { asBigint, asEntry, asList, asNumber, asText, breach } from './operand.ts';

/** Too long is cut; CHAR is filled with spaces. */
export function castToText(
  value: Value,
  from: LogicalType,
  to: LengthType,
  timeZone: string,
): string {
  const text = valueText(value, from, timeZone);
  if (to.length === LENGTH_MAX) return text;
  const length = codePointLength(text);
  if (length > to.length) return codePointPrefix(text, to.length);
  return to.root === 'CHAR' ? text + ' '.repeat(to.length - length) : text;
}

/** The text of a value; NULL inside a row, array or map is `NULL`. */
export function valueText(value: Value, type: LogicalType, timeZone: string): string {
  if (value === null) return 'NULL';
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return asText(value);
    case 'BOOLEAN':
      return value === true ? 'TRUE' : 'FALSE';
    case 'DECIMAL':
      return decimalText(asBigint(value), type.scale);
    case 'FLOAT':
      return floatText(asNumber(value));
    case 'DOUBLE':
      return doubleText(asNumber(value));
    case 'BINARY':
    case 'VARBINARY':
      return value instanceof Uint8Array ? decodeUtf8(value) : breach('bytes', value);
    case 'DATE':
      return dateText(asNumber(value));
    case 'TIME':
      return timeText(asNumber(value), type.precision);
    case 'TIMESTAMP':
      return timestampText(asBigint(value), type.precision);
    case 'TIMESTAMP_LTZ':
      return timestampText(toLocal(timeZone, asBigint(value)), type.precision);
    case 'INTERVAL_YEAR_MONTH':
      return monthsIntervalText(asNumber(value));
    case 'INTERVAL_DAY_TIME':
      return millisIntervalText(asBigint(value));
    default:
      return typeof value === 'object' ? nestedText(value, type, timeZone) : String(value);
  }
}

function nestedText(value: Value, type: LogicalType, timeZone: string): string {
  const items = asList(value);
  switch (type.root) {
    case 'ARRAY':
      return `[${items.map((item) => valueText(item, type.element, timeZone)).join(', ')}]`;
    case 'ROW': {
      const texts = type.fields.map((field, index) =>
        valueText(items[index] ?? null, field.type, timeZone),
      );
      return `(${texts.join(', ')})`;
    }
    case 'MAP': {
      const texts = items.map((entry) => {
        const [key, item] = asEntry(entry);
        return `${valueText(key, type.key, timeZone)}=${valueText(item, type.value, timeZone)}`;
      });
      return `{${texts.join(', ')}}`;
    }
    default:
      return breach(type.root, value);
  }
}
