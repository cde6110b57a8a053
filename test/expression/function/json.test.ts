import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  jsonText,
  JSON_DEPTH_MAX,
  parseJson,
} from '../../../src/expression/function/json-value.ts';
import { problemsOf, valueOf } from '../expression-of.ts';

test.each(['empty', 'error', 'NULL', ''])('the text %j is found as it is', (word) => {
  expect(valueOf(`JSON_VALUE('{"a": "${word}"}', '$.a' DEFAULT 'd' ON EMPTY)`)).toBe(word);
});

test('random documents are read as JSON.parse reads them', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const parsed = parseJson(text);
      expect(parsed).toBeDefined();
      expect(JSON.parse(jsonText(parsed ?? null))).toEqual(JSON.parse(text));
    }),
  );
});

test('random texts are JSON for both or for neither', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[[\]{}",:0-9a-fl nrstue.\\-]{0,20}$/), (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      // What follows the first value is not looked at, so more is read than by JSON.parse.
      if (isJson) expect(parseJson(text)).toBeDefined();
    }),
  );
});

test('deep nesting is no JSON instead of an overflow', () => {
  expect(parseJson('['.repeat(100_000))).toBeUndefined();
  const deep = JSON_DEPTH_MAX + 1;
  expect(parseJson('['.repeat(deep + 1) + ']'.repeat(deep + 1))).toBeUndefined();
});

test('a string of many megabytes with escapes is read', () => {
  const long = 'a\\n'.repeat(2_000_000);
  expect(parseJson(`"${long}"`)).toHaveLength(4_000_000);
});

test('a wrong literal path is refused when it is checked', () => {
  expect(problemsOf("JSON_VALUE('{}', '$..a')")[0]).toMatchObject({ code: 'DREY_EXPRESSION_TYPE' });
  expect(problemsOf("JSON_EXISTS('{}', 'a')")).toHaveLength(1);
});
