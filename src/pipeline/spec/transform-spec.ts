/** Fields of a transform. One operation a node, with `where` before it and `select` after it. */
import { asyncField } from './async-spec.ts';
import {
  listField,
  mapField,
  recordField,
  variantField,
  type NamedValue,
} from './composite-fields.ts';
import { defaulted, optional, required, type FieldText } from './field.ts';
import { dictionaryField } from './dictionary-spec.ts';
import { readGroupBy, type GroupBy } from './group-by.ts';
import { joinField } from './join-spec.ts';
import { dedupField, topNField } from './rank-spec.ts';
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

/** Longest window, in milliseconds: ten years. */
const WINDOW_MAX_MS = 3_650 * 86_400_000;

/** Reading a table more often would leave no time for rows. */
const REFRESH_MIN_MS = 1000;

export const lookupField = recordField(
  {
    table: required(textField({ type: 'node' }), {
      description:
        'The source that is held as a table; it must be bounded. Or a transform that updates one row a key, such as a window with `emit`: a row meets the row that is current when it comes (processing time; not on Flink).',
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
    refresh: optional(durationField(REFRESH_MIN_MS, WINDOW_MAX_MS), {
      description:
        'Read the table again while the job runs, this long (processing time) after it was last read; rows meet the old table until the new one is whole. Without it the table is read once. Not on Flink.',
      example: '10min',
    }),
  } as const,
  'lookup',
);

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
    time: optional(columnNameField, {
      description: 'The time attribute, where a join leaves two; elsewhere it names the only one.',
      example: 'click_time',
    }),
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
      'Groups rows by event time; with `group-by` and `aggregate`, or with `process`, whose function then takes all rows of a window at once. Without it `group-by` and `aggregate` make a running aggregate, whose output is a changelog keyed by the group columns.',
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
      'Without a window: how long a group, a key of a dedup, a row of a top-n or a value of a dictionary is kept without news (processing time); its next row begins it anew. `0s`: for ever. Left out, it is `table.exec.state.ttl` of `pipeline.config`; in a dictionary, for ever.',
    example: '1h',
  }),
  union: optional(listField(textField({ type: 'node' }), 2), {
    description:
      'In place of `from`: several nodes or side streams with the same columns, by name and type, as one stream.',
    example: '[web, app]',
  }),
  dedup: optional(dedupField, {
    description: 'Keeps the first or last row of a key.',
    example: '{ keys: [orderId], keep: last, order-by: event_time }',
  }),
  'top-n': optional(topNField, {
    description:
      'Keeps the first n rows of a partition: when a window ends, behind a window; else as a changelog.',
    example: '{ n: 10, partition-by: [province], order-by: [clicks DESC], rank: place }',
  }),
  join: optional(joinField, {
    description:
      'In place of `from`: rows of two streams with equal keys within an interval of event time; the columns of the left, then those of the right.',
    example:
      '{ left: exposures, right: clicks, on: { id: exposureId }, between: [0s, 5min], kind: left }',
  }),
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
      'Appends an integer for the value of a column: from 0 on, nearly dense; a value keeps its number, whatever the parallelism becomes.',
    example: '{ column: deviceId, as: device }',
  }),
} as const;
