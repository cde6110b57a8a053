/**
 * Fields that hold SQL: expressions, aggregates, types. YAML cuts a plain value at ` #` and, inside
 * { } and [ ], at commas, without a word; such a value is refused here, before SQL is read.
 */
import type { DocumentNode, MapEntry, ScalarNode } from '../../document/document-node.ts';
import type { Field, FieldReader, FieldText } from './field.ts';
import { readText } from './scalar-fields.ts';

const QUOTE_HINT = 'Put the whole value in quotes, or use a | block.';

export function sqlField(type: 'expression' | 'aggregate' | 'column type'): Field<FieldText> {
  return { shape: { kind: 'scalar', type }, read: readSql };
}

/** As readText, for SQL. */
export function readSql(node: DocumentNode, reader: FieldReader): FieldText | null {
  const text = readText(node, reader);
  if (text === null || text.node.style !== 'plain') return text;
  const trap = cutByYaml(text.node);
  if (trap === null) return text;
  reader.report(text.node, { code: 'DREY_YAML_QUOTE', message: trap, hint: QUOTE_HINT });
  return null;
}

/**
 * A type may be followed by a comment; an expression may not, because it may go on behind `#`.
 * Outside of { } and [ ] an open quote or bracket is a mistake in SQL, which SQL reports better.
 */
function cutByYaml(node: ScalarNode): string | null {
  const isType = isTypeText(node.text);
  const isOpen = isUnbalanced(node.text);
  if (node.hasTrailingComment && (isOpen || !isType)) {
    return 'YAML ends this value at " #", where a comment starts.';
  }
  return isOpen && node.isInFlow
    ? 'A quote or bracket is not closed: inside { } and [ ] YAML splits a value at each comma.'
    : null;
}

const isTypeText = (text: string): boolean =>
  /^[A-Z_]+ *(?:[(<].*)?(?: NOT NULL)?$/is.test(text) && !/^AS\b/i.test(text);

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '<': '>' };

/** What stands before a `<` that opens a type; all others compare. */
const NESTED_TYPE = /\b(?:ARRAY|MAP|MULTISET|ROW) *$/i;
/** No more of the text is looked at for it. */
const TYPE_NAME_MAX = 20;

/** Whether quotes or brackets of a SQL text do not pair up. */
export function isUnbalanced(text: string): boolean {
  const open: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === "'" || character === '`' || character === '"') {
      const end = text.indexOf(character, at + 1);
      if (end < 0) return true;
      at = end;
    } else if (character === '(' || character === '[' || opensType(text, at)) {
      open.push(CLOSING[character] ?? '');
    } else if (character === ')' || character === ']') {
      if (open.pop() !== character) return true;
    } else if (character === '>' && open.at(-1) === '>') {
      open.pop();
    }
  }
  return open.length > 0;
}

const opensType = (text: string, at: number): boolean =>
  text[at] === '<' && NESTED_TYPE.test(text.slice(Math.max(0, at - TYPE_NAME_MAX), at));

/**
 * Follows the pieces that YAML made of one value: after an unbalanced value, what comes without a
 * value of its own, or closes the bracket, belongs to it and is not reported again.
 */
export class SplitText {
  #isOpen = false;

  continues(entry: MapEntry): boolean {
    const isPiece = entry.value.kind === 'scalar' && entry.value.style === 'absent';
    if (this.#isOpen && isPiece) return true;
    this.#isOpen = isOpenScalar(entry.value);
    return false;
  }

  continuesItem(item: DocumentNode): boolean {
    if (this.#isOpen && item.kind === 'scalar') {
      if (isOpenScalar(item)) this.#isOpen = false;
      return true;
    }
    this.#isOpen = isOpenScalar(item);
    return false;
  }
}

const isOpenScalar = (node: DocumentNode): boolean =>
  node.kind === 'scalar' && node.style === 'plain' && node.isInFlow && isUnbalanced(node.text);
