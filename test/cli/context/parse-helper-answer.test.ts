import { expect, test } from 'vitest';
import { parseHelperAnswer } from '../../../src/cli/context/parse-helper-answer.ts';

const atMs = Date.parse('2030-01-02T03:04:05Z');

test.each<[string, string, string, number | null]>([
  ['text', 'abc\n', 'abc', null],
  ['JSON', '{"token":"abc"}', 'abc', null],
  ['JSON with a time', '{"token":"abc","expiresAt":"2030-01-02T03:04:05Z"}', 'abc', atMs],
  ['JSON with seconds', `{"token":"abc","expiresAt":${atMs / 1000}}`, 'abc', atMs],
  ['JSON with milliseconds', `{"token":"abc","expiresAt":${atMs}}`, 'abc', atMs],
  ['JSON with a time that nobody knows', '{"token":"abc","expiresAt":null}', 'abc', null],
  [
    'what helpers of kubectl print',
    '{"kind":"ExecCredential","status":{"token":"abc","expirationTimestamp":"2030-01-02T03:04:05Z"}}',
    'abc',
    atMs,
  ],
  ['a password that begins like JSON', '{abc', '{abc', null],
])('%s is understood', (_, output, value, expiresAtMs) => {
  expect(parseHelperAnswer(output)).toEqual({ value, expiresAtMs });
});

test.each(['{"tokn":"canary"}', '{"token":1}', '{"token":"canary","expiresAt":"soon"}'])(
  '%s is told, without what it holds',
  (output) => {
    const answer = parseHelperAnswer(output);
    expect(answer).toHaveProperty('problem');
    expect(JSON.stringify(answer)).not.toContain('canary');
  },
);
