import { expect, test } from 'vitest';
import { loadDocument } from '../../src/document/load-document.ts';
import { sourceOffset } from '../../src/document/scalar-source.ts';

/** The text from where the file holds the value's character X on. */
function sourceOfX(text: string): string {
  const { root } = loadDocument(new TextEncoder().encode(text));
  const scalar = root?.kind === 'map' ? root.entries[0]?.value : undefined;
  if (scalar?.kind !== 'scalar') throw new Error('no scalar');
  const offset = sourceOffset(text, scalar, scalar.text.indexOf('X'));
  return text.slice(offset, offset + 2);
}

test.each([
  ['plain', 'a: 1 + X1'],
  ['single quoted', "a: '1 + X1'"],
  ['doubled quotes', "a: 'it''s ''X1'"],
  ['double quoted', 'a: "1 + X1"'],
  ['escapes', 'a: "\\t\\x41\\u0042\\U00000043\\" X1"'],
  ['an escape of two code units', 'a: "\\U0001F600X1"'],
  ['an escaped line end', 'a: "b \\\n   c X1"'],
  ['a plain value on several lines', 'a: b\n  c\n  X1'],
  ['an empty line in a plain value', 'a: b\n\n  X1'],
  ['a quoted value on several lines', 'a: "b\n  c\n\n  d X1"'],
  ['a literal block', 'a: |\n  b\n    c\n  X1\n'],
  ['a literal block with a header comment', 'a: |- # X\n  b X1\n'],
  ['a folded block', 'a: >\n  b\n  c\n\n  d X1\n'],
])('%s', (_, text) => {
  expect(sourceOfX(text)).toBe('X1');
});
