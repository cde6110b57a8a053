/** Fields of `async`: calls to the outside for each row. */
import { mapField, recordField } from './composite-fields.ts';
import { defaulted, optional, required } from './field.ts';
import { choiceField, durationField, integerField, sourceField } from './scalar-fields.ts';
import { sqlField } from './sql-field.ts';

/** Rows in flight are held in memory and written to each snapshot. */
const CAPACITY_MAX = 100_000;
const ATTEMPTS_MAX = 1_000;
/** Longest timeout and pause, in milliseconds: a day. */
const WAIT_MAX_MS = 86_400_000;

export const retryField = recordField(
  {
    attempts: required(integerField(1, ATTEMPTS_MAX), {
      description: 'Calls after the first one, at most. When they are used up the job fails.',
      example: '3',
    }),
    delay: required(durationField(1, WAIT_MAX_MS), {
      description: 'Pause before a retry.',
      example: '1s',
    }),
    backoff: defaulted(choiceField(['fixed', 'exponential']), 'fixed', {
      description: '`exponential`: each pause is twice the one before.',
    }),
    'max-delay': defaulted(durationField(1, WAIT_MAX_MS), '1min', {
      description: 'Longest pause of `exponential`.',
    }),
  } as const,
  'retry',
);

export const asyncField = recordField(
  {
    module: required(sourceField('path'), {
      description:
        'JavaScript module whose default export is a function `async (row) => result`, or an object with it as `invoke`. Rows are plain objects; the result is an object with the `columns`, an array of such objects, or null for no row.',
      example: './risk.js',
    }),
    columns: required(mapField(sqlField('column type'), { keyName: 'column', mayBeEmpty: false }), {
      description: 'What the module gives, with types; the columns of the input stand before.',
      example: '{ risk: DOUBLE }',
    }),
    capacity: defaulted(integerField(1, CAPACITY_MAX), '100', {
      description: 'Rows in flight, at most; more wait.',
    }),
    timeout: defaulted(durationField(1, WAIT_MAX_MS), '5s', {
      description:
        'Time from the first call for a row to its last answer, retries included. Then the job fails, unless the module has a `timeout`, which gives the result instead.',
    }),
    order: defaulted(choiceField(['ordered', 'unordered']), 'ordered', {
      description:
        '`ordered`: results in the order of the rows. `unordered`: as answers come, but never across a watermark.',
    }),
    retry: optional(retryField, {
      description: 'Calls again after a call that failed. Without it the job fails at once.',
      example: '{ attempts: 3, delay: 1s }',
    }),
  } as const,
  'async',
);
