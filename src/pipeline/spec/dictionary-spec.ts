/** Fields of `dictionary`: dense integers for the values of a column. */
import { recordField } from './composite-fields.ts';
import { defaulted, optional, required } from './field.ts';
import { redisUrlField, redisLoginOptions } from './redis-spec.ts';
import { choiceField, textField } from './scalar-fields.ts';
import { columnNameField } from './source-spec.ts';

/** Of `store: redis`. */
const sharedStoreOptions = {
  url: optional(redisUrlField, {
    description: 'With `store: redis`: the server.',
    example: 'redis://localhost:6379/0',
  }),
  ...redisLoginOptions,
  key: optional(textField(), {
    description:
      'With `store: redis`: the key of the hash; its counter and its name lie beside it. Jobs with the same key share numbers.',
    example: 'devices',
  }),
} as const;

export const dictionaryField = recordField(
  {
    column: required(columnNameField, {
      description: 'The column whose values get numbers; NULL gets none.',
      example: 'deviceId',
    }),
    as: required(columnNameField, {
      description: 'Name of the column of numbers, INT, behind the columns of the input.',
      example: 'device',
    }),
    store: defaulted(choiceField(['state', 'redis']), 'state', {
      description:
        'Where values and numbers are kept. `state`: in the state of the job; `redis`: in a hash that jobs share.',
    }),
    ...sharedStoreOptions,
  } as const,
  'dictionary',
);
