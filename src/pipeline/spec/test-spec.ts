/** Fields of `tests`: cases with steps that run in order. */
import { anyField, listField, mapField, recordField } from './composite-fields.ts';
import { optional, required } from './field.ts';
import { booleanField, integerField, sourceField, textField } from './scalar-fields.ts';

/** Rows as they are written; cells are typed by their columns. */
const rowsField = listField(anyField);

export const testStepField = recordField(
  {
    input: optional(mapField(rowsField, { keyName: 'source', mayBeEmpty: false }), {
      description: 'Rows that arrive, by source.',
      example: '{ events: [ { ts: 1700000000000, deviceId: d1 } ] }',
    }),
    watermark: optional(
      mapField(sourceField('timestamp'), { keyName: 'source', mayBeEmpty: false }),
      {
        description: 'Sets the watermark of a source; without it watermarks follow the rows.',
        example: '{ events: "2023-11-14 22:14:00" }',
      },
    ),
    'processing-time': optional(sourceField('duration'), {
      description:
        'Moves the clock forward; in the first step it may be a time, at which the clock then starts.',
      example: '+60s',
    }),
    'snapshot-and-restore': optional(booleanField(), {
      description: 'Takes a snapshot and goes on from it in a new job.',
      example: 'true',
    }),
    expect: optional(mapField(rowsField, { keyName: 'node', mayBeEmpty: false }), {
      description:
        'Rows that came out of a node since the last expect, in any order, on the columns that are named.',
      example: '{ result: [ { city: Beijing, uv: 1 } ] }',
    }),
    exact: optional(booleanField(), {
      description: 'With `expect`: compare all columns and `op`.',
      example: 'true',
    }),
    late: optional(mapField(integerField(0), { keyName: 'node', mayBeEmpty: false }), {
      description: 'Late rows of a node so far.',
      example: '{ per_minute: 1 }',
    }),
    dead: optional(mapField(integerField(0), { keyName: 'source', mayBeEmpty: false }), {
      description: 'Unreadable rows of a source so far.',
      example: '{ events: 1 }',
    }),
    end: optional(booleanField(), {
      description: 'Ends the input; implied after the last step.',
      example: 'true',
    }),
  } as const,
  'a test step',
);

export const testField = recordField(
  {
    name: required(textField(), {
      description: 'What the test shows, as a sentence.',
      example: 'a device counts once per minute',
    }),
    steps: required(listField(testStepField, 1), {
      description: 'What happens, in order.',
    }),
  } as const,
  'a test',
);

export type TestValues = NonNullable<ReturnType<typeof testField.read>>;
