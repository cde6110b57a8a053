/** The field `join` of a transform: an interval join of two streams. */
import type { DocumentNode } from '../../document/document-node.ts';
import { listField, mapField, recordField } from './composite-fields.ts';
import { isMismatch, defaulted, required, type Field, type ValuesOf } from './field.ts';
import { choiceField, signedDurationField, textField } from './scalar-fields.ts';
import { columnNameField } from './source-spec.ts';

/** Farthest bound, in milliseconds: ten years. */
const BOUND_MAX_MS = 3_650 * 86_400_000;
const UNBOUNDED = 'An interval join without bounds would keep every row for ever.';
const HINT = 'Give both as durations, the lower first: between: [-5min, 5min].';

const joinOptions = {
  left: required(textField({ type: 'node' }), {
    description: 'The left stream: a node or a side stream. `from` is left out.',
    example: 'exposures',
  }),
  right: required(textField({ type: 'node' }), {
    description: 'The right stream.',
    example: 'clicks',
  }),
  on: required(mapField(columnNameField, { keyName: 'column', mayBeEmpty: false }), {
    description: 'Columns that must be equal: left column to right column. NULL equals nothing.',
    example: '{ exposureId: clickExposureId }',
  }),
  between: required(listField(boundField(), 2), {
    description:
      'Lower and upper bound, both included, of the event time of the right row minus that of the left one: with `[-5min, 5min]` the right row is from five minutes before to five minutes after the left one.',
    example: '[0s, 5min]',
  }),
  kind: defaulted(choiceField(['inner', 'left', 'right', 'full']), 'inner', {
    description:
      'Which rows without a match come out, with NULLs for the other side, once none can come any more: none, those of the left, of the right, or of both.',
  }),
} as const;

export type JoinValues = ValuesOf<typeof joinOptions>;

const record = recordField(joinOptions, 'join');

export const joinField: Field<JoinValues> = {
  shape: record.shape,
  read(node, reader) {
    const isUnbounded = node.kind === 'map' && !node.entries.some(({ key }) => isBetween(key.text));
    if (isUnbounded) {
      reader.report(node, { code: 'DREY_PIPELINE_MISSING_FIELD', message: UNBOUNDED, hint: HINT });
      return null;
    }
    return record.read(node, reader);
  },
};

/** A signed duration; what means none is refused in words. */
function boundField(): Field<number> {
  const duration = signedDurationField();
  return {
    shape: duration.shape,
    read(node: DocumentNode, reader) {
      const text = node.kind === 'scalar' ? reader.text(node)?.text : undefined;
      const value = text === undefined ? undefined : duration.parse(text);
      if (typeof value === 'number' && Math.abs(value) > BOUND_MAX_MS) {
        reader.report(node, {
          code: 'DREY_PIPELINE_VALUE',
          message: 'A bound of more than ten years is as good as none.',
          hint: HINT,
        });
        return null;
      }
      if (text === undefined || !isMismatch(value) || !/unbounded|inf|null|none|~/i.test(text)) {
        return duration.read(node, reader);
      }
      reader.report(node, { code: 'DREY_PIPELINE_VALUE', message: UNBOUNDED, hint: HINT });
      return null;
    },
  };
}

const isBetween = (name: string): boolean => name === 'between';
