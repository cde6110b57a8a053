import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeFrame, renderFinding } from '../../src/document/code-frame.ts';

const frame = (text: string, line: number, column: number, length: number): string =>
  codeFrame({ line, column, length }, text).join('\n');

test('a finding is shown with its place, line, mark and hint', () => {
  const finding = {
    code: 'DREY_PIPELINE_UNKNOWN_FIELD',
    severity: 'error',
    message: '"form" is no field of a sink.',
    file: 'a.yaml',
    line: 2,
    column: 3,
    length: 4,
    hint: 'Did you mean "from"?',
  } as const;
  expect(renderFinding(finding, 'sinks:\n  form: x\n')).toBe(
    [
      'error: "form" is no field of a sink. [DREY_PIPELINE_UNKNOWN_FIELD]',
      '  --> a.yaml:2:3',
      '  1 | sinks:',
      '  2 |   form: x',
      '    |   ^^^^',
      '  hint: Did you mean "from"?',
    ].join('\n'),
  );
});

describe('the mark is below what it marks', () => {
  test('behind a tab', () => {
    expect(frame('a:\tbc', 1, 4, 2)).toBe('  1 | a:    bc\n    |       ^^');
  });

  test('behind characters of two columns', () => {
    expect(frame('中文: x', 1, 5, 1)).toBe('  1 | 中文: x\n    |       ^');
  });

  test('behind a character of two code units', () => {
    expect(frame('😀: x', 1, 5, 1)).toBe('  1 | 😀: x\n    |     ^');
  });

  test('behind a combining character', () => {
    expect(frame('e\u0301: x', 1, 5, 1)).toBe('  1 | e\u0301: x\n    |    ^');
  });

  test('at the end of a line', () => {
    expect(frame('a:', 1, 3, 1)).toBe('  1 | a:\n    |   ^');
  });
});

test('a long line is cut around the mark', () => {
  const [line = '', mark = ''] = codeFrame(
    { line: 1, column: 501, length: 3 },
    `${'a'.repeat(500)}XYZ${'b'.repeat(500)}`,
  );
  expect(line.length).toBeLessThan(120);
  expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('XYZ');
});

test('characters that move the cursor are shown as dots', () => {
  expect(frame('a\u001b[2J\u202eb\r', 1, 1, 1)).toBe('  1 | a·[2J·b\n    | ^');
});

test('a place behind the text has no frame', () => {
  expect(codeFrame({ line: 9, column: 1, length: 1 }, 'a')).toEqual([]);
});

test('any text and place give lines without control characters', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.nat(5),
      fc.nat(50),
      fc.nat(50),
      (text, line, column, length) => {
        for (const shown of codeFrame({ line: line + 1, column: column + 1, length }, text)) {
          expect(shown).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        }
      },
    ),
  );
});
