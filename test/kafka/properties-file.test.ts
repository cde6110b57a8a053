import { describe, expect, it } from 'vitest';
import { parsePropertiesFile } from '../../src/kafka/properties-file.ts';

function parsed(text: string): Readonly<Record<string, string>> {
  return parsePropertiesFile(text, 'client.properties');
}

describe('a properties file', () => {
  it.each([
    ['a=1\nb = 2\nc:3\nd 4', { a: '1', b: '2', c: '3', d: '4' }],
    ['# comment\n! another\n\n  \na=1', { a: '1' }],
    ['a=x=y;', { a: 'x=y;' }],
    ['a', { a: '' }],
    ['a=', { a: '' }],
    ['a=1\na=2', { a: '2' }],
    ['a=1\r\nb=2\r\n', { a: '1', b: '2' }],
    ['a=one, \\\n   two', { a: 'one, two' }],
    ['a=ends with \\\\\nb=2', { a: 'ends with \\', b: '2' }],
    ['a=1\\\n# no comment', { a: '1# no comment' }],
    ['a\\=b=c', { 'a=b': 'c' }],
    ['a\\ b=c', { 'a b': 'c' }],
    ['a=\\u0041\\tB\\q', { a: 'A\tBq' }],
    ['a=\\', { a: '' }],
    ['  a = 1  ', { a: '1  ' }],
  ])('%j', (text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });

  it('with the lines of a login is read as Kafka reads it', () => {
    const text =
      'sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\\n' +
      '  username="drey" \\\n  password="a=b c";\n';
    expect(parsed(text)).toEqual({
      'sasl.jaas.config':
        'org.apache.kafka.common.security.plain.PlainLoginModule required username="drey" password="a=b c";',
    });
  });

  it('with a bad escape is an error with its line', () => {
    expect(() => parsed('a=1\nb=\\u12')).toThrow('client.properties:2');
  });
});
