/** Plain values -> YAML that reads back as the same values, and that a terminal can show. */
import { Document, isScalar, visit } from 'yaml';

/** Controls, separators, and what changes the reading direction, but for the line break. */
const HIDDEN = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu;

/** With a newline at the end. Undefined members are left out; bigints come out as numbers. */
export function yamlDocument(value: object): string {
  const document = new Document(value, { keepUndefined: false });
  visit(document, {
    Scalar: (_key, node) => {
      // Escapes are known to double quotes only.
      if (typeof node.value === 'string' && node.value.search(HIDDEN) !== -1) {
        node.type = 'QUOTE_DOUBLE';
      }
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key) && String(pair.key.value).search(HIDDEN) !== -1) {
        pair.key.type = 'QUOTE_DOUBLE';
      }
    },
  });
  return document.toString({ lineWidth: 0 }).replaceAll(HIDDEN, escapeOf);
}

function escapeOf(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length <= 4 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
