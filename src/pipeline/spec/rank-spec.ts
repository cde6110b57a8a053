/** Fields of the operations that keep the first or last row of a key, or the first n rows. */
import type { DocumentNode } from '../../document/document-node.ts';
import { listField, recordField, reportKind, variantField } from './composite-fields.ts';
import { optional, required, type FieldReader, type FieldText } from './field.ts';
import { choiceField, integerField } from './scalar-fields.ts';
import { columnNameField } from './source-spec.ts';
import { readSql } from './sql-field.ts';

/** Rows of a partition that a top-n gives at most: each change of one goes through all of them. */
export const TOP_N_MAX = 10_000;

export interface OrderItem {
  /** What rows are ordered by, without the direction. */
  readonly expression: FieldText;
  readonly isDescending: boolean;
}

/** `count DESC`, `count` or `count: desc`. */
const orderItemField = variantField<OrderItem>(
  [
    { kind: 'scalar', type: 'column, with ASC or DESC behind it' },
    {
      kind: 'map',
      keyName: 'column',
      keyPattern: null,
      value: { kind: 'scalar', type: 'choice', values: ['asc', 'desc'] },
    },
  ],
  readOrderItem,
);

const DIRECTION = /\s+(ASC|DESC)\s*$/i;

function readOrderItem(node: DocumentNode, reader: FieldReader): OrderItem | null {
  if (node.kind === 'map') return readOrderEntry(node, reader);
  if (node.kind !== 'scalar') return reportKind(node, 'a column with ASC or DESC', reader);
  const text = readSql(node, reader);
  if (text === null) return null;
  const direction = DIRECTION.exec(text.text);
  const end = direction?.index ?? text.text.length;
  return {
    expression: { ...text, text: text.text.slice(0, end) },
    isDescending: direction?.[1]?.toUpperCase() === 'DESC',
  };
}

function readOrderEntry(
  node: Extract<DocumentNode, { kind: 'map' }>,
  reader: FieldReader,
): OrderItem | null {
  const [entry, another] = node.entries;
  if (entry === undefined || another !== undefined) {
    reader.report(another?.key ?? node, {
      code: 'DREY_PIPELINE_VALUE',
      message: 'An entry of order-by is one column with its direction.',
      hint: 'Write - column: desc, each column as an entry of its own.',
    });
    return null;
  }
  const expression = readSql(entry.key, reader);
  const direction = directionField.read(entry.value, reader);
  if (expression === null || direction === null) return null;
  return { expression, isDescending: direction === 'desc' || direction === 'DESC' };
}

const directionField = choiceField(['asc', 'desc', 'ASC', 'DESC']);

export const dedupField = recordField(
  {
    keys: required(listField(columnNameField, 1), {
      description: 'Columns of which each combination of values keeps one row.',
      example: '[userId]',
    }),
    keep: required(choiceField(['first', 'last']), {
      description:
        'The `first` row of a key, which only appends, or the `last` one, whose output is a changelog.',
      example: 'first',
    }),
    'order-by': optional(columnNameField, {
      description:
        'The time attribute. `first` then waits for the watermark and drops late rows. Left out, rows count in the order in which they arrive.',
      example: 'event_time',
    }),
  } as const,
  'dedup',
);

export const topNField = recordField(
  {
    n: required(integerField(1, TOP_N_MAX), {
      description: 'Rows of each partition.',
      example: '10',
    }),
    'partition-by': optional(listField(columnNameField, 1), {
      description:
        'Columns of which each combination of values has its own rows. Behind a window the window is one of them, named or not.',
      example: '[province]',
    }),
    'order-by': required(listField(orderItemField, 1), {
      description:
        'Columns, each with ASC (NULLs first) or DESC (NULLs last). Of rows that are equal in all of them the earlier comes first.',
      example: '[clicks DESC, tag ASC]',
    }),
    rank: optional(columnNameField, {
      description: 'Name of a BIGINT column with the number of the row in its partition.',
      example: 'place',
    }),
  } as const,
  'top-n',
);
