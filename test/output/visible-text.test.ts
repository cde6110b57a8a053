import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleJson, visibleLines, visibleText } from '../../src/output/visible-text.ts';

/** Characters that change what a terminal shows of the text around them. */
const dangerous =
  /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

test.each([
  ['plain text, ümlaut, 東京, 😀', 'plain text, ümlaut, 東京, 😀'],
  ['red \u001b[31mtext', 'red \\x1b[31mtext'],
  ['two\nlines\r\n', 'two\\nlines\\r\\n'],
  ['a\ttab', 'a\\ttab'],
  ['\u009b31m', '\\x9b31m'],
  ['user\u202egpj.exe', 'user\\u202egpj.exe'],
  ['zero\u200bwidth', 'zero\\u200bwidth'],
  ['half \ud83d pair', 'half \\ud83d pair'],
  ['tag \u{e0041}', 'tag \\u{e0041}'],
  ['\u0000\u007f', '\\x00\\x7f'],
])('%j becomes %j', (text, expected) => {
  expect(visibleText(text)).toBe(expected);
});

const anyText = fc.string({ unit: 'binary', maxLength: 50 });
const mixed = fc
  .array(fc.oneof(anyText, fc.constantFrom('\u001b[2J', '\u202e', '\u{e0001}', '\ud800', '\n')))
  .map((parts) => parts.join(''));

test('no character that moves, hides or reorders text is left', () => {
  fc.assert(fc.property(mixed, (text) => !dangerous.test(visibleText(text))));
});

test('printable text passes unchanged', () => {
  const printable = mixed.map((text) => visibleText(text));
  fc.assert(fc.property(printable, (text) => visibleText(text) === text));
});

test('lines keep their breaks and nothing else', () => {
  expect(visibleLines('one\ntwo\u001b[0m\tthree')).toBe('one\ntwo\\x1b[0m\\tthree');
});

test('JSON keeps its line breaks, and means the same with its escapes', () => {
  fc.assert(
    fc.property(mixed, (text) => {
      const json = JSON.stringify({ text, more: [text] }, null, 2);
      const shown = visibleJson(json);
      expect(JSON.parse(shown)).toEqual(JSON.parse(json));
      return !dangerous.test(shown.replaceAll('\n', ''));
    }),
  );
});
