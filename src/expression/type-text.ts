/** LogicalType -> the text that Flink SQL writes for it; what the type reader reads back. */
import { LENGTH_MAX, type LogicalType } from './type.ts';

/** `BIGINT`, `DECIMAL(10, 2) NOT NULL`, `ROW<`a` INT>`; NULL has no text in SQL and gives `NULL`. */
export function typeText(type: LogicalType): string {
  return type.nullable || type.root === 'NULL'
    ? bareTypeText(type)
    : `${bareTypeText(type)} NOT NULL`;
}

/** The same without NOT NULL at the outside, for messages. */
export function bareTypeText(type: LogicalType): string {
  switch (type.root) {
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'VARCHAR':
      return type.length === LENGTH_MAX ? 'STRING' : `VARCHAR(${type.length})`;
    case 'VARBINARY':
      return type.length === LENGTH_MAX ? 'BYTES' : `VARBINARY(${type.length})`;
    case 'CHAR':
    case 'BINARY':
      return `${type.root}(${type.length})`;
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return `${type.root}(${type.precision})`;
    case 'INTERVAL_YEAR_MONTH':
      return 'INTERVAL MONTH';
    case 'INTERVAL_DAY_TIME':
      return 'INTERVAL SECOND(3)';
    case 'ARRAY':
      return `ARRAY<${typeText(type.element)}>`;
    case 'MAP':
      return `MAP<${typeText(type.key)}, ${typeText(type.value)}>`;
    case 'ROW':
      return `ROW<${type.fields.map((field) => `\`${field.name.replaceAll('`', '``')}\` ${typeText(field.type)}`).join(', ')}>`;
    default:
      return type.root;
  }
}
