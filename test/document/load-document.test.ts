import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DocumentNode } from '../../src/document/document-node.ts';
import { loadDocument } from '../../src/document/load-document.ts';
import { runs } from '../support/property-runs.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `line:column CODE` of each problem. */
function problems(input: string | Uint8Array): readonly string[] {
  const loaded = loadDocument(typeof input === 'string' ? bytes(input) : input);
  return loaded.problems.map(({ code, start }) => {
    const { line, column } = loaded.lines.position(start);
    return `${line}:${column} ${code}`;
  });
}

/** The document as plain values: texts, lists, and maps as lists of pairs. */
function values(input: string | Uint8Array): unknown {
  const { root } = loadDocument(typeof input === 'string' ? bytes(input) : input);
  const plain = (node: DocumentNode): unknown => {
    if (node.kind === 'scalar') return node.style === 'absent' ? null : node.text;
    if (node.kind === 'list') return node.items.map(plain);
    return node.entries.map(({ key, value }) => [key.text, plain(value)]);
  };
  return root === null ? undefined : plain(root);
}

describe('scalars keep the text that was written', () => {
  test.each([
    '0123456789012',
    '9007199254740993',
    '12345678901234567890',
    '0x1F',
    '0o17',
    '190:20:30',
    'yes',
    'no',
    'on',
    'off',
    'null',
    '~',
    '2023-11-14',
    '.nan',
    '-.inf',
    '1e3',
    '1_000',
    'e\u0301',
    '\u00e9',
  ])('%s', (text) => {
    expect(values(`a: ${text}`)).toEqual([['a', text]]);
  });

  test('an empty quoted text is no absent value', () => {
    expect(values('a: ""\nb:')).toEqual([
      ['a', ''],
      ['b', null],
    ]);
  });
});

describe('the file as a whole', () => {
  test('a byte order mark is dropped and counts in no position', () => {
    expect(problems(new Uint8Array([0xef, 0xbb, 0xbf, ...bytes('a: 1\na: 2')]))).toEqual([
      '2:1 DREY_YAML_DUPLICATE_KEY',
    ]);
  });

  test('CRLF line ends are read', () => {
    expect(values('a: 1\r\nb: 2\r\n')).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  test('nothing but comments is an empty document', () => {
    expect(loadDocument(bytes('# a\n\n# b\n'))).toMatchObject({ root: null, problems: [] });
  });

  test.each<[string, Uint8Array]>([
    ['UTF-16, little endian', new Uint8Array([0xff, 0xfe, 0x61, 0])],
    ['UTF-16, big endian', new Uint8Array([0xfe, 0xff, 0, 0x61])],
    ['UTF-16 without a mark', new Uint8Array([0x61, 0, 0x3a, 0])],
  ])('%s is refused', (_, content) => {
    expect(problems(content)).toEqual(['1:1 DREY_YAML_ENCODING']);
  });

  test('bytes that are not UTF-8 are refused at their place', () => {
    expect(problems(new Uint8Array([...bytes('a: 1\nbc: '), 0xff, 0x0a]))).toEqual([
      '2:5 DREY_YAML_ENCODING',
    ]);
  });

  test.each(['\0', '\u0001', '\u001b', '\u007f', '\u0084', '\uffff'])(
    'the character %j is refused at its place',
    (character) => {
      expect(problems(`a: 1\nb: x${character}`)).toEqual(['2:5 DREY_YAML_ENCODING']);
    },
  );

  test('a carriage return alone is refused', () => {
    expect(problems('a: 1\rb: 2')).toEqual(['1:5 DREY_YAML_ENCODING']);
  });

  test('more than a mebibyte is refused', () => {
    expect(problems(`a: ${'x'.repeat(1_048_574)}`)).toEqual(['1:1 DREY_YAML_LIMIT']);
  });
});

describe('parts of YAML that are not used', () => {
  test.each([
    ['a tag', 'a: !!str 1', '1:4 DREY_YAML_FORBIDDEN'],
    ['a tag of its own', 'a: !x 1', '1:4 DREY_YAML_FORBIDDEN'],
    ['a directive', '%YAML 1.1\n---\na: 1', '1:1 DREY_YAML_FORBIDDEN'],
    ['a merge key', 'a: 1\n<<: { b: 2 }', '2:1 DREY_YAML_FORBIDDEN'],
    ['a second document', 'a: 1\n---\nb: 2', '2:1 DREY_YAML_SYNTAX'],
    ['a list as a key', '? [a]\n: 1', '1:3 DREY_YAML_FORBIDDEN'],
    ['a cyclic alias', 'a: &x [*x]', '1:8 DREY_YAML_FORBIDDEN'],
    ['an unknown alias', 'a: *x', '1:4 DREY_YAML_QUOTE'],
    ['a key that occurs twice', 'a: 1\n"a": 2', '2:1 DREY_YAML_DUPLICATE_KEY'],
    ['the key __proto__', '__proto__: 1', '1:1 DREY_YAML_FORBIDDEN'],
    ['the key constructor', 'a: { constructor: 1 }', '1:6 DREY_YAML_FORBIDDEN'],
    ['the key prototype', '- prototype: 1', '1:3 DREY_YAML_FORBIDDEN'],
  ])('%s is refused', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test('all duplicates are reported at once', () => {
    expect(problems('a: 1\nb: 1\na: 2\nb: 2')).toEqual([
      '3:1 DREY_YAML_DUPLICATE_KEY',
      '4:1 DREY_YAML_DUPLICATE_KEY',
    ]);
  });
});

describe('values that YAML reads differently are refused at their place', () => {
  test.each([
    ['a backtick first', 'a: `x` = 1', '1:4 DREY_YAML_QUOTE'],
    ['a percent sign first', 'a: %x', '1:4 DREY_YAML_QUOTE'],
    ['an at sign first', 'a: @x', '1:4 DREY_YAML_QUOTE'],
    ['an exclamation mark first', 'a: !x', '1:4 DREY_YAML_FORBIDDEN'],
    ['a quoted text first', "a: 'x' = b", '1:8 DREY_YAML_QUOTE'],
    ['a double quoted text first', 'a: "x" = b', '1:8 DREY_YAML_QUOTE'],
    ['a quoted text first in a flow map', `a: { b: 'x' = c }`, '1:13 DREY_YAML_QUOTE'],
    ['a colon and space', "a: x = 'b: c'", '1:4 DREY_YAML_QUOTE'],
    ['a colon and space in a flow map', "a: { b: x = 'c: d' }", '1:9 DREY_YAML_QUOTE'],
    ['a bracket in a flow map', 'a: { b: x[1] }', '1:10 DREY_YAML_QUOTE'],
    ['an SQL escape in double quotes', 'a: "\\d"', '1:5 DREY_YAML_QUOTE'],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test('an anchor on a value that nobody refers to is marked', () => {
    const { root } = loadDocument(bytes('a: &x b\nc: &y d\ne: *y'));
    const anchors = root?.kind === 'map' ? root.entries.map(({ value }) => value) : [];
    expect(anchors.map((node) => (node.kind === 'scalar' ? node.unusedAnchorAt : null))).toEqual([
      3,
      null,
      null,
    ]);
  });

  test('a comment behind a value is noted', () => {
    const { root } = loadDocument(bytes("a: x = 'b # c'\nd: e"));
    const scalars = root?.kind === 'map' ? root.entries.map(({ value }) => value) : [];
    expect(scalars).toMatchObject([{ hasTrailingComment: true }, { hasTrailingComment: false }]);
  });
});

describe('limits', () => {
  test('aliases are read up to their limit', () => {
    const aliases = (count: number): string => `a: &x 1\nb: [${'*x, '.repeat(count)}]`;
    expect(problems(aliases(100))).toEqual([]);
    expect(problems(aliases(101))).toEqual(['2:405 DREY_YAML_LIMIT']);
  });

  test('what aliases stand for counts as nodes', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level++) {
      lines.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`);
    }
    expect(problems(lines.join('\n')).at(0)).toMatch(/DREY_YAML_LIMIT/);
  });

  test('maps hold up to a thousand keys', () => {
    const map = (count: number): string =>
      Array.from({ length: count }, (_, index) => `k${index}: 1\n`).join('');
    expect(problems(map(1_000))).toEqual([]);
    expect(problems(map(1_001))).toEqual(['1:1 DREY_YAML_LIMIT']);
  });

  test('nodes are counted', () => {
    const flow = (count: number): string => `[${'a, '.repeat(count)}]`;
    expect(problems(flow(49_000))).toEqual([]);
    expect(problems(flow(50_001)).at(0)).toMatch(/DREY_YAML_LIMIT/);
  });

  test.each([
    ['flow lists', (depth: number) => '['.repeat(depth) + ']'.repeat(depth)],
    ['flow maps', (depth: number) => '{a: '.repeat(depth) + '}'.repeat(depth)],
    ['lists on one line', (depth: number) => `${'- '.repeat(depth)}a`],
    [
      'block maps',
      (depth: number) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join(''),
    ],
  ])('%s are nested up to 64 deep', (_, nested) => {
    expect(problems(nested(60))).toEqual([]);
    expect(problems(nested(70)).at(0)).toMatch(/DREY_YAML_LIMIT/);
    expect(problems(nested(5_000)).at(0)).toMatch(/DREY_YAML_LIMIT/);
  });
});

test('every problem comes with a place inside the text, whatever the text', () => {
  const pieces = 'a|:| |- |? |{|}|[|]|,|"|\'|#|&a|*a|!|%|`|@|=|\\|<<|__proto__|é|😀|: |  '.split(
    '|',
  );
  const piece = fc.constantFrom(
    ...pieces,
    '|',
    '>',
    '\n',
    '\r\n',
    '\t',
    '---\n',
    '...\n',
    '\ufeff',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (parts) => {
      const text = parts.join('');
      const loaded = loadDocument(bytes(text));
      for (const { start, end, message } of loaded.problems) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(start).toBeLessThanOrEqual(loaded.text.length);
        expect(end).toBeGreaterThan(start);
        expect(message).toMatch(/^\S.*\.$/s);
      }
      expect(loaded.root === null || loaded.problems.length === 0).toBe(true);
    }),
    { numRuns: runs(2_000) },
  );
});

test('an empty key that occurs twice has a place of one character', () => {
  const { problems: found } = loadDocument(bytes(': a\n: b'));
  expect(found).toMatchObject([{ code: 'DREY_YAML_DUPLICATE_KEY', start: 4, end: 5 }]);
});

test('any bytes are loaded or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
      const loaded = loadDocument(content);
      expect(loaded.root === null || loaded.problems.length === 0).toBe(true);
    }),
    { numRuns: runs(1_000) },
  );
});
