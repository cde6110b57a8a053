import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowDiff } from '../../src/output/row-diff.ts';

test('missing rows get a minus, unexpected ones a plus, common ones a space', () => {
  expect(rowDiff(['a', 'b', 'c'], ['c', 'x', 'a'])).toEqual(['  a', '  c', '- b', '+ x']);
});

test('a row that came once too often is unexpected once', () => {
  expect(rowDiff(['a'], ['a', 'a'])).toEqual(['  a', '+ a']);
});

test('equal multisets differ in no line, whatever their order', () => {
  const rows = fc.array(fc.constantFrom('a', 'b', 'c'));
  fc.assert(
    fc.property(rows, (expected) => {
      const actual = expected.toReversed();
      expect(rowDiff(expected, actual).every((line) => line.startsWith('  '))).toBe(true);
    }),
  );
});

test('every row of both sides is in the difference once', () => {
  const rows = fc.array(fc.constantFrom('a', 'b', 'c'));
  const marked = (lines: readonly string[], marks: string): string[] =>
    lines.filter((line) => marks.includes(line[0] ?? '')).map((line) => line.slice(2));
  fc.assert(
    fc.property(rows, rows, (expected, actual) => {
      const lines = rowDiff(expected, actual);
      expect(marked(lines, ' -').sort()).toEqual(expected.toSorted());
      expect(marked(lines, ' +').sort()).toEqual(actual.toSorted());
    }),
  );
});

test('foreign text in rows cannot move the cursor', () => {
  expect(rowDiff(['\u001b[2J'], [])).toEqual(['- \\x1b[2J']);
});
