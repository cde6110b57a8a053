import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitStatements, type SqlStatement } from '../../../src/flink/sql/split-statements.ts';

function statementsOf(script: string): readonly SqlStatement[] {
  const split = splitStatements(script);
  if (split.kind !== 'statements') throw new Error(`${split.what} is open at line ${split.line}`);
  return split.statements;
}

const textsOf = (script: string): readonly string[] => statementsOf(script).map(({ text }) => text);

describe('splitStatements', () => {
  it.each<[what: string, script: string, texts: readonly string[]]>([
    ['ends a statement at a semicolon', 'SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['needs none at the end', 'SELECT 1', ['SELECT 1']],
    ['leaves out empty statements', ';;\n SELECT 1 ;;', ['SELECT 1']],
    ['keeps semicolons in strings', "SELECT 'a;b', 'it''s; c';", ["SELECT 'a;b', 'it''s; c'"]],
    ['keeps semicolons in quoted identifiers', 'SELECT `a;``b`;', ['SELECT `a;``b`']],
    ['keeps dashes in strings', "SELECT '--;' ; X", ["SELECT '--;'", 'X']],
    ['takes no semicolon of a line comment', 'A -- b; c\n d; E', ['A -- b; c\n d', 'E']],
    ['takes no semicolon of a slash comment', 'A // b; c\n d; E', ['A // b; c\n d', 'E']],
    ['takes no semicolon of a block comment', 'A /* b; */ c; D', ['A /* b; */ c', 'D']],
    [
      'keeps hints',
      "SELECT /*+ OPTIONS('a'=';') */ 1; B",
      ["SELECT /*+ OPTIONS('a'=';') */ 1", 'B'],
    ],
    [
      'keeps a hint at the end',
      "FROM t /*+ OPTIONS('a;'='*/') */; B",
      ["FROM t /*+ OPTIONS('a;'='*/') */", 'B'],
    ],
    [
      'tells a product before a comment from the end of a hint',
      'SELECT 2 */* ; */ 3; B',
      ['SELECT 2 */* ; */ 3', 'B'],
    ],
    ['leaves out what is only a comment', '-- a;\n/* b; */;\nSELECT 1; -- c', ['SELECT 1']],
    ['takes a quote in a comment for none', "-- it's\nSELECT 1; /* don't */ B", ['SELECT 1', 'B']],
    ['does not read a division as a comment', 'SELECT 4 / 2; B', ['SELECT 4 / 2', 'B']],
    ['takes a minus for no comment', 'SELECT 4 - -2; B', ['SELECT 4 - -2', 'B']],
    [
      'keeps a statement set together',
      "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT CASE WHEN x THEN ';' END; END; B",
      [
        "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT CASE WHEN x THEN ';' END; END",
        'B',
      ],
    ],
    [
      'keeps the plan of a statement set together',
      'explain statement /* ; */ set\nbegin insert into a select 1; end; B',
      ['explain statement /* ; */ set\nbegin insert into a select 1; end', 'B'],
    ],
    [
      'takes a CASE at the start of a line for no end of a set',
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE 1 WHEN 1 THEN 2\nEND; END; B',
      ['EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE 1 WHEN 1 THEN 2\nEND; END', 'B'],
    ],
    [
      'cuts a set that is built step by step',
      'BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END; B',
      ['BEGIN STATEMENT SET', 'INSERT INTO a SELECT 1', 'END', 'B'],
    ],
  ])('%s', (_what, script, texts) => {
    expect(textsOf(script)).toEqual(texts);
  });

  it('says where each statement begins', () => {
    const script = '-- first\n\n  SELECT 1;  SET\n; /* c\n */ B';
    const places = statementsOf(script).map(({ line, column }) => `${line}:${column}`);
    expect(places).toEqual(['3:3', '3:14', '5:5']);
  });

  it('counts lines that end with a carriage return as one', () => {
    expect(statementsOf('A;\r\nB')[1]).toMatchObject({ line: 2, column: 1 });
  });

  it('marks what is only added to a set', () => {
    const script = 'A; begin statement set; INSERT; -- c\n INSERT; end; B';
    expect(statementsOf(script).map(({ isInSet }) => isInSet)).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['string', "SELECT 1;\n SELECT 'a; B", 2, 9],
    ['quoted identifier', 'SELECT `a', 1, 8],
    ['comment', 'A;\n/* B; C', 2, 1],
  ])('says where an open %s begins', (what, script, line, column) => {
    expect(splitStatements(script)).toEqual({ kind: 'open', what, line, column });
  });

  it('takes a long script in linear time', () => {
    const script = "INSERT INTO t VALUES ('a;b'); -- c\n".repeat(20_000);
    const startedAtMs = performance.now();
    expect(statementsOf(script)).toHaveLength(20_000);
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
  });

  it('finds statements again that were joined by semicolons', () => {
    const part = fc
      .array(
        fc.constantFrom(
          'SELECT',
          ' ',
          '\n',
          "'a;''b'",
          '`c;`',
          '/* ; */',
          '-- ;\n',
          '1',
          '(',
          ',',
          'END',
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((pieces) => `X${pieces.join('')}`);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const texts = textsOf(parts.map((text) => `${text}\n;`).join(''));
        expect(texts).toHaveLength(parts.length);
        for (const [index, text] of texts.entries()) expect(parts[index]).toContain(text);
      }),
    );
  });
});
