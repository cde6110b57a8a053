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
      return String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  }
}

/** `2020-01-02T03:04:05`, and a fraction as far as it is not zero. */
function timestamp(nanos: bigint, precision: number): string {
  const [date = '', clock = ''] = timestampText(nanos, precision).split(' ');
  const [time = '', fraction = ''] = clock.split('.');
  const significant = fraction.replace(/0+$/, '');
  if (significant !== '') {
    const digits = Math.ceil(significant.length / 3) * 3;
    return `${date}T${time}.${significant.padEnd(digits, '0')}`;
  }
  return `${date}T${time}`;
}
