/** Fields of a source's watermark. */
import { recordField } from './composite-fields.ts';
import { defaulted, optional, required } from './field.ts';
import {
  choiceField,
  durationField,
  integerField,
  numberField,
  textField,
} from './scalar-fields.ts';

/** Delays kept for each file or partition; a bound of what a source may hold. */
const SAMPLES_MAX = 100_000;
const FACTOR_MAX = 1000;

/** Name of a column, as the input or the table has it. */
export const columnNameField = textField({ type: 'column' });

export const alignmentField = recordField(
  {
    group: required(textField(), {
      description: 'Name of the group; sources that name the same one wait for each other.',
      example: 'clicks',
    }),
    'max-drift': required(durationField(), {
      description: "How far a watermark may be ahead of the group's lowest.",
      example: '5min',
    }),
    'update-interval': defaulted(durationField(1), '1s', {
      description:
        'How often a Flink cluster compares the sources; the embedded engine compares them with each batch.',
    }),
  } as const,
  'alignment',
);

export const watermarkField = recordField(
  {
    column: required(columnNameField, {
      description: 'Event-time column: TIMESTAMP(p) or TIMESTAMP_LTZ(p) with p of at most 3.',
      example: 'event_time',
    }),
    strategy: defaulted(choiceField(['bounded', 'ascending', 'dynamic']), 'bounded', {
      description:
        'How far the watermark stays behind the rows: `bounded` by `delay`; `ascending` not at all, the times of rows rise strictly (with equal ones, use a delay of 1ms); `dynamic` by a delay that follows those observed.',
      example: 'dynamic',
    }),
    delay: defaulted(durationField(), '0s', {
      description: 'How far rows may be out of order: the watermark is max(column) minus this.',
      example: '25s',
    }),
    samples: defaulted(integerField(1, SAMPLES_MAX), '100', {
      description:
        'Dynamic strategy: how many of the last delays are averaged. A delay is the time from the event to its arrival, on the clock of the engine.',
      example: '500',
    }),
    factor: defaulted(numberField(0, FACTOR_MAX), '1.5', {
      description: 'Dynamic strategy: the watermark allows for the mean delay times this.',
      example: '2',
    }),
    'min-delay': defaulted(durationField(), '5s', {
      description: 'Dynamic strategy: the least delay to allow for.',
      example: '10s',
    }),
    'idle-timeout': optional(durationField(1), {
      description:
        'A file or partition that is silent for so long no longer holds the watermark back.',
      example: '30s',
    }),
    emit: defaulted(choiceField(['on-event', 'on-periodic']), 'on-event', {
      description:
        'When watermarks are emitted: with the rows, or at most once in each `pipeline.auto-watermark-interval` (200ms). Which rows are late is the same.',
    }),
    alignment: optional(alignmentField, {
      description:
        'Holds back files, partitions and sources of a group that run ahead of the slowest of it.',
      example: '{ group: clicks, max-drift: 5min }',
    }),
  } as const,
  'watermark',
);
