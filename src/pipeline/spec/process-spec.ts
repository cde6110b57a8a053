/** Fields of a process function: its module, its key, and the columns of what it emits. */
import { listField, mapField, recordField } from './composite-fields.ts';
import { optional, required } from './field.ts';
import { sourceField } from './scalar-fields.ts';
import { columnNameField, NODE_NAME } from './source-spec.ts';
import { sqlField } from './sql-field.ts';

const columnsField = mapField(sqlField('column type'), { keyName: 'column', mayBeEmpty: false });

export const processField = recordField(
  {
    module: required(sourceField('path'), {
      description:
        "JavaScript module whose default export is the function. A relative path starts at the pipeline file's folder. Running or testing the pipeline runs its code; checking it does not.",
      example: './profile.js',
    }),
    'key-by': required(listField(columnNameField, 1), {
      description: 'Columns whose values tell apart the keys that have state and timers.',
      example: '[userId]',
    }),
    columns: required(columnsField, {
      description:
        "Columns of the rows that the function emits, with their types. One with the name and type of the input's time attribute is the time attribute of the output; the function may leave it out.",
      example: '{ userId: STRING, visits: BIGINT }',
    }),
    sides: optional(mapField(columnsField, { keyName: 'side output', keyPattern: NODE_NAME }), {
      description: 'Side outputs with their columns; read as NODE.NAME.',
      example: '{ refused: { userId: STRING, reason: STRING } }',
    }),
  } as const,
  'process',
);
