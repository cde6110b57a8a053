import { expect, test } from 'vitest';
import { jsonDocument, versionedLine } from '../../src/output/json-document.ts';

test('a document begins with its version and ends with a newline', () => {
  expect(jsonDocument({ valid: true })).toBe('{\n  "schemaVersion": 1,\n  "valid": true\n}\n');
});

test('a line is one line', () => {
  expect(versionedLine({ text: 'a\nb' })).toBe('{"schemaVersion":1,"text":"a\\nb"}\n');
});
