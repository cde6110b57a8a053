/** Fields of `dictionary`: dense integers for the values of a column. */
import { recordField } from './composite-fields.ts';
import { defaulted, required } from './field.ts';
import { choiceField } from './scalar-fields.ts';
import { columnNameField } from './source-spec.ts';

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
    store: defaulted(choiceField(['state'], ['redis']), 'state', {
      description: 'Where values and numbers are kept. `state`: in the state of the job.',
    }),
  } as const,
  'dictionary',
);
