import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { yamlDocument } from '../../src/document/write-yaml.ts';
import { runs } from '../support/property-runs.ts';

test('values read back as they were', () => {
  const value = {
    name: 'a: b',
    list: [1, true, null, 'yes', '1'],
    nested: { empty: {}, text: 'x\ny' },
  };
  expect(parse(yamlDocument(value))).toEqual(value);
});

test('a whole number beyond 2^53 keeps its digits', () => {
  expect(yamlDocument({ interval: 9_223_372_036_854_775_807n })).toBe(
    'interval: 9223372036854775807\n',
  );
});

test('characters that steer a terminal come out as escapes', () => {
  expect(yamlDocument({ 'k\u001b': 'a\u001b[31mb\u009b\u202ec\r' })).toBe(
    '"k\\e": "a\\e[31mb\\u009b\\u202ec\\r"\n',
  );
});

test.each(['a\u2028b', 'a\u2029b'])('the separator in %j is escaped', (text) => {
  const yaml = yamlDocument({ text });
  expect(yaml).not.toMatch(/[\u2028\u2029]/);
  expect(parse(yaml)).toEqual({ text });
});

test('any text reads back, and shows no control character', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 3 }))), (value) => {
      const plain = Object.fromEntries(Object.entries(value));
      const yaml = yamlDocument(plain);
      expect(yaml).not.toMatch(/[^\P{Cc}\n]/u);
      expect(parse(yaml)).toEqual(plain);
    }),
    { numRuns: runs(300) },
  );
});
