/** Values in the notation of the recorded tables: as Java writes them, times as ISO 8601. */
import { asBigint, asEntry, asList, asNumber } from '../../src/expression/function/operand.ts';
import { decimalText } from '../../src/expression/decimal.ts';
import { doubleText, floatText } from '../../src/expression/number-text.ts';
import { dateText, timestampText, timeText } from '../../src/expression/temporal-text.ts';
import type { LogicalType } from '../../src/expression/type.ts';
import type { Value } from '../../src/expression/value.ts';

export function javaText(value: Value, type: LogicalType): string {
  if (value === null) return 'NULL';
  switch (type.root) {
    case 'DECIMAL':
      return decimalText(asBigint(value), type.scale);
    case 'FLOAT':
      return floatText(asNumber(value));
    case 'DOUBLE':
      return doubleText(asNumber(value));
    case 'DATE':
      return dateText(asNumber(value));
    case 'TIME':
      return timeText(asNumber(value), 3);
    case 'TIMESTAMP':
      return timestamp(asBigint(value), type.precision);
    case 'TIMESTAMP_LTZ':
      return `${timestamp(asBigint(value), type.precision)}Z`;
    case 'BINARY':
    case 'VARBINARY':
      return `x'${Buffer.from(value instanceof Uint8Array ? value : []).toString('hex')}'`;
    case 'ARRAY':
      return `[${asList(value)
        .map((item) => javaText(item, type.element))
        .join(', ')}]`;
    case 'MAP':
      return `{${asList(value)
        .map((entry) => {
          const [key, item] = asEntry(entry);
          return `${javaText(key, type.key)}=${javaText(item, type.value)}`;
        })
        .join(', ')}}`;
    case 'ROW':
      return `ROW(${type.fields
        .map((field, index) => javaText(asList(value)[index] ?? null, field.type))
        .join(', ')})`;
    default:
      return oneLine(String(value));
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A text on one line of a table, without a tab: control characters are escaped. */
export function oneLine(text: string): string {
  return text.replaceAll(
    // eslint-disable-next-line no-control-regex -- they are what is looked for.
    /[\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (sign) => ESCAPES[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `2020-01-02T03:04:05`, and a fraction without zeros at its end. */
function timestamp(nanos: bigint, precision: number): string {
  const [date = '', clock = ''] = timestampText(nanos, precision).split(' ');
  const [time = '', fraction = ''] = clock.split('.');
  const significant = fraction.replace(/0+$/, '');
  return significant === '' ? `${date}T${time}` : `${date}T${time}.${significant}`;
}
