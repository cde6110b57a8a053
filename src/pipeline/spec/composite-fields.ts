/** Fields that hold a list or a map of other fields. */
import type { DocumentNode, ScalarNode } from '../../document/document-node.ts';
import type { Field, FieldReader, FieldShape, Located, Options, ValuesOf } from './field.ts';
import { RecordReader } from './record-reader.ts';
import { SplitText } from './sql-field.ts';

export interface NamedValue<T> extends Located<T> {
  readonly name: string;
  readonly key: ScalarNode;
}

export function listField<T>(item: Field<T>, itemsMin = 0): Field<readonly Located<T>[]> {
  return {
    shape: { kind: 'list', item: item.shape, itemsMin },
    read(node, reader) {
      if (node.kind !== 'list') return reportKind(node, 'a list', reader);
      if (node.items.length < itemsMin) {
        const { length } = node.items;
        const message =
          length === 0
            ? 'The list is empty.'
            : `The list has ${length} of at least ${itemsMin} values.`;
        reader.report(node, { code: 'DREY_PIPELINE_VALUE', message });
        return null;
      }
      return node.items.flatMap((child) => {
        const value = item.read(child, reader);
        return value === null ? [] : [{ value, node: child }];
      });
    },
  };
}

/** Names that the file's author chooses, each with a value. */
export interface MapWords {
  /** What a key is: `column`, `node`. */
  readonly keyName: string;
  readonly keyPattern?: RegExp;
  /** False: an empty map is refused. */
  readonly mayBeEmpty?: boolean;
}

export function mapField<T>(value: Field<T>, words: MapWords): Field<readonly NamedValue<T>[]> {
  const { keyName, keyPattern = null, mayBeEmpty = true } = words;
  return {
    shape: { kind: 'map', keyName, keyPattern, value: value.shape },
    read(node, reader) {
      if (node.kind !== 'map') return reportKind(node, `a map of ${keyName}s`, reader);
      if (node.entries.length === 0 && !mayBeEmpty) {
        reader.report(node, { code: 'DREY_PIPELINE_VALUE', message: 'The map is empty.' });
        return null;
      }
      const split = new SplitText();
      return node.entries.flatMap((entry) => {
        if (split.continues(entry)) return [];
        if (!isUsableName(entry.key, words, reader)) return [];
        const read = value.read(entry.value, reader);
        return read === null
          ? []
          : [{ name: entry.key.text, key: entry.key, value: read, node: entry.value }];
      });
    },
  };
}

export function recordField<F extends Options>(options: F, where: string): Field<ValuesOf<F>> {
  return {
    shape: { kind: 'record', options },
    read(node, reader) {
      if (node.kind !== 'map') return reportKind(node, 'a map', reader);
      const record = new RecordReader(node, reader);
      const values = record.take(options);
      record.finish(where);
      return values;
    },
  };
}

/** A node that is read later, when more is known about it. */
export const anyField: Field<DocumentNode> = { shape: { kind: 'any' }, read: (node) => node };

/** A field whose own reader decides; `alternatives` is what the schema and the page show. */
export function variantField<T>(
  alternatives: readonly FieldShape[],
  read: (node: DocumentNode, reader: FieldReader) => T | null,
): Field<T> {
  return { shape: { kind: 'variant', alternatives }, read };
}

export function reportKind(node: DocumentNode, expected: string, reader: FieldReader): null {
  const isAbsent = node.kind === 'scalar' && node.style === 'absent';
  reader.report(node, {
    code: 'DREY_PIPELINE_VALUE',
    message: isAbsent
      ? `Expected ${expected}, found nothing.`
      : `Expected ${expected}, found a ${node.kind === 'scalar' ? 'single value' : node.kind}.`,
  });
  return null;
}

function isUsableName(key: ScalarNode, words: MapWords, reader: FieldReader): boolean {
  const { keyName, keyPattern } = words;
  if (key.text !== '' && (keyPattern === undefined || keyPattern.test(key.text))) return true;
  reader.report(key, {
    code: 'DREY_PIPELINE_NAME',
    message:
      key.text === ''
        ? `A ${keyName} needs a name.`
        : `"${key.text.slice(0, 60)}" cannot be the name of a ${keyName}.`,
    hint: 'Names have letters, digits and _, and do not start with a digit.',
  });
  return false;
}
