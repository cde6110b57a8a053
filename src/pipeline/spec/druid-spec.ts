/** Fields of the `druid` sink beside those of `kafka`: how Druid is to take the rows in. */
import { listField } from './composite-fields.ts';
import { defaulted, optional, required, type ValuesOf } from './field.ts';
import {
  booleanField,
  choiceField,
  durationField,
  integerField,
  textField,
} from './scalar-fields.ts';
import { columnNameField } from './watermark-spec.ts';

/** Druid forbids what cannot be part of a path or of a task's name. */
const DATASOURCE = /^(?!\.)[^/\s\\]{1,200}$/;
const GRANULARITIES = [
  'second',
  'minute',
  'five_minute',
  'ten_minute',
  'fifteen_minute',
  'thirty_minute',
  'hour',
  'six_hour',
  'eight_hour',
  'day',
  'week',
  'month',
  'year',
] as const;
const SEGMENT_GRANULARITIES = GRANULARITIES.filter((name) => name !== 'second');
const TASKS_MAX = 1_000;

export const druidOptions = {
  datasource: required(
    textField({ pattern: DATASOURCE, expected: 'a name without / and blanks' }),
    { description: 'The datasource that Druid takes the topic into.', example: 'exposures' },
  ),
  overlord: optional(
    textField({ type: 'URL', pattern: /^https?:\/\/[^\s/]+/, expected: 'an http or https URL' }),
    {
      description:
        'The Overlord, or the Router, to which `drey pipeline druid-spec --submit` posts the supervisor.',
      example: 'http://localhost:8081',
    },
  ),
  'segment-granularity': defaulted(choiceField(SEGMENT_GRANULARITIES), 'hour', {
    description: 'Time that one segment of the datasource covers.',
    example: 'day',
  }),
  'query-granularity': defaulted(choiceField(['none', ...GRANULARITIES]), 'minute', {
    description: 'Times are cut down to it; rows of one time and equal dimensions are rolled up.',
  }),
  'late-message-period': optional(durationField(1), {
    description:
      'Druid drops rows that are older than so long before their task began; without it, none.',
    example: '1h',
  }),
  'early-message-period': optional(durationField(1), {
    description:
      'Druid drops rows that are newer than so long after their task ends; without it, none.',
    example: '1h',
  }),
  rollup: optional(booleanField(), {
    description:
      'Rows of one time and equal dimensions become one, with their count, the sums of their numbers and a sketch. By default true for events and false for results of windows, which must not be added up.',
    example: 'false',
  }),
  'timestamp-column': optional(columnNameField, {
    description:
      'The time of a row: a timestamp, or a BIGINT of epoch milliseconds. By default the event time, of results of windows `window_start`.',
    example: 'event_time',
  }),
  dimensions: optional(listField(columnNameField, 1), {
    description:
      'Columns that rows are told apart by. By default all but the time, the numbers that are summed and the column of the sketch.',
    example: '[province, city, event]',
  }),
  'sketch-column': optional(columnNameField, {
    description:
      'With rollup, the column whose distinct values a sketch counts; by default `deviceId`, where there is such a column.',
    example: 'userId',
  }),
  'sketch-type': defaulted(choiceField(['theta', 'hll', 'hyper-unique']), 'theta', {
    description:
      '`theta` and `hll` need the extension druid-datasketches on the cluster, `hyper-unique` needs none. The metric is called as the column, with `_sketch` behind it.',
    example: 'hll',
  }),
  'task-count': defaulted(integerField(1, TASKS_MAX), '1', {
    description: 'Tasks of the supervisor that read the topic side by side.',
  }),
  'task-duration': defaulted(durationField(60_000), '1h', {
    description: 'How long a task reads before it hands its segments over.',
  }),
} as const;

export type DruidDraft = ValuesOf<typeof druidOptions>;
