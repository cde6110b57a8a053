/** A value of the gateway's JSON as Java's toString would show what the query gave. */
import { ExactNumber } from '../../../src/flink/model/exact-json.ts';
import { doubleText, floatText } from '../../../src/expression/number-text.ts';
import { oneLine } from '../../expression/java-text.ts';
import type { GatewayType } from './gateway-session.ts';
import { plainNumber } from './golden-rows.ts';

export function valueText(value: unknown, type: GatewayType): string {
  if (value === null || value === undefined) return 'NULL';
  switch (type.type) {
    case 'FLOAT':
      return typeof value === 'string' ? value : floatText(Number(numberText(value)));
    case 'DOUBLE':
      return typeof value === 'string' ? value : doubleText(Number(numberText(value)));
    case 'DECIMAL':
      return decimalText(plainNumber(numberText(value)), type.scale ?? 0);
    case 'BINARY':
    case 'VARBINARY':
    case 'BYTES':
      return `x'${Buffer.from(value as string, 'base64').toString('hex')}'`;
    case 'ARRAY':
      return `[${(value as readonly unknown[]).map((item) => valueText(item, type.elementType!)).join(', ')}]`;
    case 'MAP':
      return `{${Object.entries(value as object)
        .map(
          ([key, item]) => `${valueText(key, type.keyType!)}=${valueText(item, type.valueType!)}`,
        )
        .join(', ')}}`;
    case 'ROW':
      return `ROW(${type
        .fields!.map(({ name, fieldType }) =>
          valueText((value as Readonly<Record<string, unknown>>)[name], fieldType),
        )
        .join(', ')})`;
    default:
      return oneLine(plainText(value));
  }
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : numberText(value);
}

function numberText(value: unknown): string {
  return value instanceof ExactNumber ? value.text : String(value);
}

/** With all digits of its scale, which the JSON of the gateway leaves out. */
function decimalText(plain: string, scale: number): string {
  const [whole = '', fraction = ''] = plain.split('.');
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`;
}
