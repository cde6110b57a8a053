/** A field that names columns: a list, or as in Flink one text with `;` between the names. */
import type { DocumentNode } from '../../document/document-node.ts';
import { listField } from './composite-fields.ts';
import type { Field, FieldReader, Located } from './field.ts';
import { columnNameField } from './watermark-spec.ts';

const list = listField(columnNameField, 1);

export function columnListField(): Field<readonly Located<string>[]> {
  return {
    shape: { kind: 'variant', alternatives: [list.shape, columnNameField.shape] },
    read(node: DocumentNode, reader: FieldReader) {
      if (node.kind !== 'scalar') return list.read(node, reader);
      const text = columnNameField.read(node, reader);
      if (text === null) return null;
      return text.split(';').map((name) => ({ value: name.trim(), node }));
    },
  };
}
