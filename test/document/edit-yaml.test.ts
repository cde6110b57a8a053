import { describe, expect, test } from 'vitest';
import { editYaml, type YamlEdit } from '../../src/document/edit-yaml.ts';

function edited(text: string, ...edits: readonly YamlEdit[]): string {
  const result = editYaml(text, edits);
  return result.kind === 'edited' ? result.text : `refused: ${result.reason}`;
}

describe('an edit', () => {
  test('keeps comments, order, quotes and blank lines of everything else', () => {
    const text = `# on call: 555

current: a   # the one on call
contexts:
  # old
  b: { url: 'http://b' }

  a:
    url: "http://a" # here
`;
    expect(edited(text, { path: ['current'], value: 'b' })).toBe(text.replace(': a   #', ': b #'));
    expect(edited(text, { path: ['contexts', 'c'], value: { url: 'http://c' } })).toBe(
      `${text.replace(': a   #', ': a #')}  c:\n    url: http://c\n`,
    );
    expect(edited(text, { path: ['contexts', 'a'], value: undefined })).not.toContain('http://a');
  });

  test('makes the text where there is none, or nothing but comments', () => {
    const edit = { path: ['contexts', 'a'], value: { url: 'http://a' } };
    expect(edited('', edit)).toBe('contexts:\n  a:\n    url: http://a\n');
    expect(edited('contexts:\n', edit)).toBe('contexts:\n  a:\n    url: http://a\n');
    expect(edited('# mine\n', edit)).toBe('# mine\ncontexts:\n  a:\n    url: http://a\n');
  });

  test('takes keys and values for texts, whatever they look like', () => {
    const text = 'contexts:\n  1.20: { url: a }\n  null: { url: b }\n  0x10: { url: c }\n';
    const value = { readOnly: true, count: 3, words: ['a b', '*c', '0123'] };
    const after = edited(
      text,
      { path: ['contexts', '1.20'], value },
      { path: ['contexts', 'null'], value: undefined },
      { path: ['contexts', '0x10', 'url'], value: 'yes: no # really' },
    );
    expect(after).toBe(`contexts:
  1.20:
    readOnly: true
    count: 3
    words:
      - a b
      - "*c"
      - 0123
  0x10: { url: "yes: no # really" }
`);
  });

  test('of a place that is not there takes nothing away', () => {
    expect(edited('a: 1\n', { path: ['b', 'c'], value: undefined })).toBe('a: 1\n');
    expect(edited('a: 1\n', { path: ['a', 'c'], value: undefined })).toBe('a: 1\n');
  });

  test('that leaves an alias without its anchor is refused', () => {
    const text = 'a: &x { url: u }\nb: *x\n';
    expect(edited(text, { path: ['a'], value: undefined })).toMatch(/^refused: .*x/);
  });
});
