import { describe, expect, test } from 'vitest';
import { DOCUMENT_BYTES_MAX } from '../../src/document/limits.ts';
import { scanStructure } from '../../src/document/scan-structure.ts';

/** As many of `piece` as fit into the largest file. */
const filled = (piece: string, before = '', after = ''): string =>
  before + piece.repeat(Math.floor((DOCUMENT_BYTES_MAX - before.length) / piece.length)) + after;

const codes = (text: string): readonly string[] => scanStructure(text).map(({ code }) => code);

describe('files that would be slow to compose are refused by their count of tokens', () => {
  test.each([
    ['flow maps', filled('- { a: 1, b: x }\n')],
    ['block maps', filled('k:\n  a: 1\n  b: x\n')],
    ['list items', filled('- a\n')],
    ['empty lines', filled('\n')],
    ['comments', filled('#\n')],
    ['flow items', filled('a,', '[')],
    ['open brackets', filled('[')],
    ['open braces', filled('{a: ')],
    ['nested lists', filled('- ')],
    ['nested keys', filled('? ')],
    ['quoted texts', filled('- "a"\n')],
    ['anchors', filled('- &a b\n')],
    ['aliases', filled('- *a\n')],
    ['documents', filled('---\n')],
  ])('%s', (_, text) => {
    expect(codes(text)).toEqual(['DREY_YAML_LIMIT']);
  });
});

test('a run of commas is refused at the second one', () => {
  expect(scanStructure('[a,,,,]')).toMatchObject([{ code: 'DREY_YAML_SYNTAX', start: 3 }]);
});

test('long scalars are no reason to refuse', () => {
  expect(codes(filled('x', 'a: '))).toEqual([]);
  expect(codes(filled('x\n  ', 'a: |\n  '))).toEqual([]);
  expect(codes(filled('x ', 'a: "', '"'))).toEqual([]);
});

test('what looks like a tag or directive inside a scalar is none', () => {
  expect(codes('a: b !c\nd: "%x"\ne: "!x"\nf: |\n  %x\n  !x\n')).toEqual([]);
});

test('at most ten tags are reported', () => {
  expect(codes('- !a b\n'.repeat(30))).toHaveLength(10);
});
