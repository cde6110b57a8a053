/** The top level of a pipeline file and its `pipeline` section. */
import { anyField, listField, mapField, recordField } from './composite-fields.ts';
import { optional, required } from './field.ts';
import { integerField, sourceField, textField } from './scalar-fields.ts';
import { NODE_NAME, PARALLELISM_MAX } from './source-spec.ts';
import { testField } from './test-spec.ts';

export const pipelineSectionField = recordField(
  {
    name: required(textField({ pattern: /^[^\p{Cc}]{1,255}$/u, expected: 'a name on one line' }), {
      description: 'Name of the job.',
      example: 'exposure-uv',
    }),
    parallelism: optional(integerField(1, PARALLELISM_MAX), {
      description:
        'Parallel subtasks of every node that sets none; else parallelism.default, else 1.',
      example: '2',
    }),
    'max-parallelism': optional(integerField(1, PARALLELISM_MAX), {
      description: 'Number of key groups; the most that parallelism can be raised to later.',
      example: '128',
    }),
    config: optional(
      mapField(sourceField('configuration value'), { keyName: 'configuration key' }),
      {
        description: 'Flink configuration keys.',
        example: '{ table.local-time-zone: UTC }',
      },
    ),
  } as const,
  'pipeline',
);

const nodes = { keyName: 'node', keyPattern: NODE_NAME } as const;

/** The nodes themselves are read by what their connector or operation says. */
export const topLevelOptions = {
  pipeline: required(pipelineSectionField, { description: 'The job as a whole.' }),
  sources: required(mapField(anyField, { ...nodes, mayBeEmpty: false }), {
    description: 'Where rows come from.',
  }),
  transforms: optional(mapField(anyField, nodes), {
    description: 'What happens to them; one operation a node.',
  }),
  sinks: required(mapField(anyField, { ...nodes, mayBeEmpty: false }), {
    description: 'Where rows go.',
  }),
  tests: optional(listField(testField), {
    description: 'Tests that `drey pipeline test` runs.',
  }),
} as const;
