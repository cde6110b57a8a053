/**
 * The forms of `group-by`: a list of columns and `name: expression`, a map of the latter, or
 * `{ rollup: [...] }` and `{ grouping-sets: [[...], ...] }`.
 */
import type { DocumentNode, ScalarNode } from '../../document/document-node.ts';
import { reportKind } from './composite-fields.ts';
import type { FieldReader, FieldText } from './field.ts';
import { readText } from './scalar-fields.ts';
import { isUnbalanced, readSql, SplitText } from './sql-field.ts';

export interface GroupItem {
  readonly name: string;
  /** The name's place in the file. */
  readonly key: ScalarNode;
  /** Null: the input column of that name. */
  readonly expression: FieldText | null;
}

export type GroupBy =
  | { readonly kind: 'columns'; readonly items: readonly GroupItem[] }
  | { readonly kind: 'rollup'; readonly items: readonly GroupItem[] }
  | { readonly kind: 'grouping-sets'; readonly sets: readonly (readonly GroupItem[])[] };

const ROLLUP = 'rollup';
const GROUPING_SETS = 'grouping-sets';

export function readGroupBy(node: DocumentNode, reader: FieldReader): GroupBy | null {
  if (node.kind === 'map' && node.entries.length === 1) {
    const entry = node.entries[0];
    if (entry?.key.text === ROLLUP && entry.value.kind === 'list') {
      return { kind: 'rollup', items: readItems(entry.value, reader) };
    }
    if (entry?.key.text === GROUPING_SETS && entry.value.kind === 'list') {
      return { kind: 'grouping-sets', sets: entry.value.items.map((set) => readSet(set, reader)) };
    }
  }
  if (node.kind === 'scalar') return reportKind(node, 'a list of columns', reader);
  return { kind: 'columns', items: readItems(node, reader) };
}

function readSet(node: DocumentNode, reader: FieldReader): readonly GroupItem[] {
  if (node.kind === 'list') return readItems(node, reader);
  reportKind(node, 'a list of columns', reader);
  return [];
}

function readItems(node: DocumentNode, reader: FieldReader): readonly GroupItem[] {
  if (node.kind === 'map') {
    const split = new SplitText();
    return node.entries.flatMap((entry) => {
      if (split.continues(entry)) return [];
      const { key, value } = entry;
      const expression = readSql(value, reader);
      return expression === null ? [] : [{ name: key.text, key, expression }];
    });
  }
  if (node.kind === 'scalar') {
    const text = readColumn(node, reader);
    return text === null ? [] : [{ name: text.text, key: node, expression: null }];
  }
  const split = new SplitText();
  return node.items.flatMap((item) => {
    if (split.continuesItem(item)) return [];
    if (item.kind !== 'list') return readItems(item, reader);
    reportKind(item, 'a column or name: expression', reader);
    return [];
  });
}

/** A column's name. An expression in its place may have been split by YAML; a comment is none. */
function readColumn(node: ScalarNode, reader: FieldReader): FieldText | null {
  return isUnbalanced(node.text) ? readSql(node, reader) : readText(node, reader);
}
