/**
 * The type of a column as the SQL Gateway describes it -> the type as SQL writes it. Types of
 * later versions come out under the name they were sent with.
 */
import { mismatch, type Fields } from './fields.ts';

/** No table has types nested as deep as this. */
const DEPTH_MAX = 64;
/** Where STRING and BYTES begin: Integer.MAX_VALUE. */
const LENGTH_MAX = 2_147_483_647;

/** `DECIMAL(38, 18) NOT NULL`, `ROW<id BIGINT, tags ARRAY<STRING>>`. */
export function sqlTypeText(type: Fields, depth = 0): string {
  if (depth > DEPTH_MAX) throw mismatch(`${type.place} is nested too deeply`);
  const name = typeName(type, type.requiredText('type'), depth);
  return type.flag('nullable') === false ? `${name} NOT NULL` : name;
}

function typeName(type: Fields, root: string, depth: number): string {
  const inner = (field: string): string => sqlTypeText(type.requiredObject(field), depth + 1);
  switch (root) {
    case 'INTEGER':
      return 'INT';
    case 'VARCHAR':
      return withLength(type, 'VARCHAR', 'STRING');
    case 'VARBINARY':
      return withLength(type, 'VARBINARY', 'BYTES');
    case 'CHAR':
    case 'BINARY':
      return withNumbers(root, [type.number('length')]);
    case 'DECIMAL':
      return withNumbers(root, [type.number('precision'), type.number('scale')]);
    case 'TIME_WITHOUT_TIME_ZONE':
      return withNumbers('TIME', [type.number('precision')]);
    case 'TIMESTAMP_WITHOUT_TIME_ZONE':
      return withNumbers('TIMESTAMP', [type.number('precision')]);
    case 'TIMESTAMP_WITH_LOCAL_TIME_ZONE':
      return withNumbers('TIMESTAMP_LTZ', [type.number('precision')]);
    case 'TIMESTAMP_WITH_TIME_ZONE':
      return `${withNumbers('TIMESTAMP', [type.number('precision')])} WITH TIME ZONE`;
    case 'INTERVAL_DAY_TIME':
    case 'INTERVAL_YEAR_MONTH':
      return `INTERVAL ${type.text('resolution')?.replaceAll('_', ' ') ?? root}`;
    case 'ARRAY':
    case 'MULTISET':
      return `${root}<${inner('elementType')}>`;
    case 'MAP':
      return `MAP<${inner('keyType')}, ${inner('valueType')}>`;
    case 'ROW':
      return `ROW<${rowFields(type, depth)}>`;
    default:
      return root;
  }
}

function rowFields(type: Fields, depth: number): string {
  return type
    .objects('fields')
    .map((field) => {
      const name = field.requiredText('name');
      const shown = /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
      return `${shown} ${sqlTypeText(field.requiredObject('fieldType'), depth + 1)}`;
    })
    .join(', ');
}

function withLength(type: Fields, name: string, longest: string): string {
  const length = type.number('length');
  return length === LENGTH_MAX ? longest : withNumbers(name, [length]);
}

function withNumbers(name: string, numbers: readonly (number | null)[]): string {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? name : `${name}(${known.join(', ')})`;
}
