import { expect, test } from 'vitest';
import { jsonDocument, JsonNumber, versionedLine } from '../../src/output/json-document.ts';

test('a document begins with its version and ends with a newline', () => {
  expect(jsonDocument({ valid: true })).toBe('{\n  "schemaVersion": 1,\n  "valid": true\n}\n');
});

test('a line is one line', () => {
  expect(versionedLine({ text: 'a\nb' })).toBe('{"schemaVersion":1,"text":"a\\nb"}\n');
});

test('numbers come out digit by digit', () => {
  const digits = '12345678901234567890.10';
  const value = {
    long: 9223372036854775807n,
    exact: new JsonNumber(digits),
    list: [new JsonNumber('1E+2')],
  };
  expect(versionedLine(value)).toBe(
    `{"schemaVersion":1,"long":9223372036854775807,"exact":${digits},"list":[1E+2]}\n`,
  );
});
