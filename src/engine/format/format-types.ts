/** Which types the formats have at all; what Flink refuses when the table is created. */
import { errorCodes } from '../../errors/codes.ts';
import { InputError } from '../../errors/drey-error.ts';
import type { LogicalType } from '../../expression/type.ts';
import type { RowSchema } from '../batch/batch.ts';

/** Throws InputError for a MAP and for nested types inside others. */
export function checkCsvSchema(schema: RowSchema): void {
  for (const { name, type } of schema) {
    const inner =
      type.root === 'ARRAY'
        ? [type.element]
        : type.root === 'ROW'
          ? type.fields.map((field) => field.type)
          : [];
    if (type.root === 'MAP' || inner.some(isNested)) {
      throw new InputError(
        'DREY_FORMAT_TYPE',
        `the csv format has no type like that of column "${name}", ${type.root}`,
        { hint: errorCodes.DREY_FORMAT_TYPE.next },
      );
    }
  }
}

/** Throws InputError for a MAP whose keys are no text. */
export function checkJsonSchema(schema: RowSchema): void {
  for (const { name, type } of schema) {
    if (hasOddMapKey(type)) {
      throw new InputError(
        'DREY_FORMAT_TYPE',
        `the json format has only text as MAP keys, unlike column "${name}"`,
        { hint: errorCodes.DREY_FORMAT_TYPE.next },
      );
    }
  }
}

/** What the raw format can hold, as Flink's. */
export const RAW_TYPES: ReadonlySet<LogicalType['root']> = new Set<LogicalType['root']>([
  'CHAR',
  'VARCHAR',
  'BINARY',
  'VARBINARY',
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
]);

/** Throws InputError unless there is one column, of a simple type. */
export function checkRawSchema(schema: RowSchema): void {
  const [field, second] = schema;
  if (field !== undefined && second === undefined && RAW_TYPES.has(field.type.root)) return;
  const reason =
    field === undefined || second !== undefined
      ? `one column, and there are ${schema.length}`
      : `no type like that of column "${field.name}", ${field.type.root}`;
  throw new InputError('DREY_FORMAT_TYPE', `the raw format has ${reason}`, {
    hint: errorCodes.DREY_FORMAT_TYPE.next,
  });
}

function hasOddMapKey(type: LogicalType): boolean {
  switch (type.root) {
    case 'ARRAY':
      return hasOddMapKey(type.element);
    case 'MAP':
      return (type.key.root !== 'CHAR' && type.key.root !== 'VARCHAR') || hasOddMapKey(type.value);
    case 'ROW':
      return type.fields.some((field) => hasOddMapKey(field.type));
    default:
      return false;
  }
}

function isNested(type: LogicalType): boolean {
  return type.root === 'ARRAY' || type.root === 'MAP' || type.root === 'ROW';
}

/** True for DECIMAL and for what has one inside. */
export function holdsDecimal(type: LogicalType): boolean {
  switch (type.root) {
    case 'DECIMAL':
      return true;
    case 'ARRAY':
      return holdsDecimal(type.element);
    case 'MAP':
      return holdsDecimal(type.key) || holdsDecimal(type.value);
    case 'ROW':
      return type.fields.some((field) => holdsDecimal(field.type));
    default:
      return false;
  }
}
