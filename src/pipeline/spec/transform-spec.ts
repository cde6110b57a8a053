/** Fields of a transform. One operation a node: lookup, window, or where and select alone. */
import { asyncField } from './async-spec.ts';
import {
  listField,
  mapField,
  recordField,
  variantField,
  type NamedValue,
} from './composite-fields.ts';
import { defaulted, later, optional, required, type FieldText } from './field.ts';
import { dictionaryField } from './dictionary-spec.ts';
import { readGroupBy, type GroupBy } from './group-by.ts';
import {
  booleanField,
  choiceField,
  durationField,
  signedDurationField,
  textField,
} from './scalar-fields.ts';
import { sqlField } from './sql-field.ts';
import { processField } from './process-spec.ts';
import { columnNameField, parallelismOption } from './source-spec.ts';

export const expressionField = sqlField('expression');
export const aggregateField = sqlField('aggregate');

export type NamedTexts = readonly NamedValue<FieldText>[];

export const lookupField = recordField(
  {
    table: required(textField({ type: 'node' }), {
      description: 'The source that is held as a table; it must be bounded.',
      example: 'localities',
    }),
    on: required(mapField(columnNameField, { keyName: 'column', mayBeEmpty: false }), {
      description: 'Columns that must be equal: input column to table column.',
      example: '{ localId: localId }',
    }),
    select: optional(listField(columnNameField, 1), {
      description:
        'Columns of the table that are appended; all but those under `on` when left out.',
      example: '[province, city]',
    }),
    missing: defaulted(choiceField(['keep', 'drop', 'fail']), 'keep', {
      description: 'A row without a match: `keep` it with NULLs, `drop` it, or `fail` the job.',
    }),
    refresh: later('Reload the table this often.'),
  } as const,
  'lookup',
);

/** Longest window, in milliseconds: ten years. */
const WINDOW_MAX_MS = 3_650 * 86_400_000;

export const windowField = recordField(
  {
    type: required(choiceField(['tumble', 'hop', 'cumulate', 'session']), {
      description:
        'Kind of window. `tumble`: fixed size, one after the other; `hop`: fixed size, a new one each `slide`; `cumulate`: fixed size, with a result each `step` of all so far; `session`: rows of a group that follow each other within the `gap`.',
      example: 'tumble',
    }),
    size: optional(durationField(1, WINDOW_MAX_MS), {
      description: 'Length of a window.',
      example: '1min',
    }),
    offset: defaulted(signedDurationField(), '0s', {
      description: 'Moves all windows by this much; less than the size.',
      example: '8h',
    }),
    slide: optional(durationField(1, WINDOW_MAX_MS), {
      description:
        'Distance between two windows of kind `hop`; the size is a whole multiple of it.',
      example: '30s',
    }),
    step: optional(durationField(1, WINDOW_MAX_MS), {
      description: 'Step of windows of kind `cumulate`; the size is a whole multiple of it.',
      example: '1min',
    }),
    gap: optional(durationField(1, WINDOW_MAX_MS), {
      description: 'Silence that ends a window of kind `session`.',
      example: '30min',
    }),
    time: later('The time attribute, where a join leaves two.'),
  } as const,
  'window',
);

export const emitField = recordField(
  {
    late: optional(choiceField(['keep']), {
      description:
        '`keep` opens the side stream NODE.late for late rows; they are counted in any case.',
      example: 'keep',
    }),
    early: optional(durationField(1, WINDOW_MAX_MS), {
      description:
        'Results before the window ends, refreshed this often (processing time) for the groups that changed. The output is a changelog.',
      example: '60s',
    }),
    'allowed-lateness': optional(durationField(0, WINDOW_MAX_MS), {
      description:
        'How long behind the end of its window a row still corrects it. The output is a changelog.',
      example: '1h',
    }),
    'suppress-unchanged': defaulted(booleanField(), 'false', {
      description:
        'Windows of type `cumulate`: no row for a group whose results are those of the step before. Not on Flink.',
    }),
  } as const,
  'emit',
);

export const groupByField = variantField<GroupBy>(
  [
    { kind: 'list', itemsMin: 1, item: { kind: 'scalar', type: 'column' } },
    {
      kind: 'map',
      keyName: 'column',
      keyPattern: null,
      value: { kind: 'scalar', type: 'expression' },
    },
  ],
  readGroupBy,
);

export const transformOptions = {
  from: optional(textField({ type: 'node' }), {
    description:
      'The input: a node, or a side stream NODE.late, NODE.dead or NODE.NAME. Left out, it is the node written just above; in the first transform the only source that is no lookup table.',
    example: 'events',
  }),
  where: optional(expressionField, {
    description: 'Keep input rows for which this is TRUE.',
    example: 'amount > 0',
  }),
  select: optional(mapField(expressionField, { keyName: 'column', mayBeEmpty: false }), {
    description: 'Output columns as expressions, after the operation; all columns when left out.',
    example: '{ id: id, total: price * amount }',
  }),
  lookup: optional(lookupField, {
    description: 'Appends columns of a table, which every subtask holds whole.',
    example: '{ table: localities, on: { localId: localId } }',
  }),
  window: optional(windowField, {
    description:
      'Groups rows by event time; with `group-by` and `aggregate`, or with `process`, whose function then takes all rows of a window at once.',
    example: '{ type: tumble, size: 1min }',
  }),
  'group-by': optional(groupByField, {
    description:
      'Columns, or `name: expression`. `{ rollup: [a, b] }` and `{ grouping-sets: [[a], [a, b]] }` count several levels at once.',
    example: '[province, city]',
  }),
  aggregate: optional(mapField(aggregateField, { keyName: 'column', mayBeEmpty: false }), {
    description:
      'Output columns: COUNT, SUM, AVG, MIN, MAX, FIRST_VALUE, LAST_VALUE, APPROX_COUNT_DISTINCT, with DISTINCT and FILTER; GROUPING(column) with rollup.',
    example: '{ pv: COUNT(*), uv: COUNT(DISTINCT deviceId) }',
  }),
  emit: optional(emitField, {
    description:
      'When and what a window emits. Without it: one row per window and key, at its end.',
    example: '{ late: keep }',
  }),
  parallelism: parallelismOption,
  'state-ttl': optional(durationField(0, WINDOW_MAX_MS), {
    description:
      'In a dictionary: how long a value is kept that does not occur (processing time); after that it gets a new number. `0s`, and left out: for ever.',
    example: '1h',
  }),
  union: optional(listField(textField({ type: 'node' }), 2), {
    description:
      'In place of `from`: several nodes or side streams with the same columns, by name and type, as one stream.',
    example: '[web, app]',
  }),
  dedup: later('Keeps the first or last row of a key.'),
  'top-n': later('Keeps the n greatest or least rows of a key.'),
  join: later('Joins two streams within a time interval.'),
  process: optional(processField, {
    description:
      'A keyed process function in JavaScript, with state, timers and side outputs. docs/guide/process-functions.md describes it.',
    example:
      '{ module: ./profile.js, key-by: [userId], columns: { userId: STRING, visits: BIGINT } }',
  }),
  async: optional(asyncField, {
    description:
      'Calls to the outside for each row, many at a time, in JavaScript. Rows in flight are in the snapshot and are called for again after a restore: a call may be made twice. docs/guide/async-calls.md describes it.',
    example: '{ module: ./risk.js, columns: { risk: DOUBLE }, capacity: 50 }',
  }),
  dictionary: optional(dictionaryField, {
    description:
      'Appends a dense integer for the value of a column: 0, 1, 2, in the order in which values arrive first.',
    example: '{ column: deviceId, as: device }',
  }),
} as const;
