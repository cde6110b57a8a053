import { describe, expect, test } from 'vitest';
import { findJar, matchJar } from '../../../src/cli/jar/find-jar.ts';
import { decodeJars } from '../../../src/flink/model/jar.ts';

const names = ['c1b13a3151fc-job.jar', 'c1b13a3151fc-run-0a1b2c3d-job.jar', 'other.jar'];
const jars = decodeJars({
  files: names.map((name, index) => ({
    id: `${index}000-uuid_${name}`,
    name,
    uploaded: 9 - index,
  })),
});

function check(argument: string, expected: string | undefined): void {
  expect(matchJar(jars, argument)?.jarId).toBe(expected);
}

describe('a jar is meant by', () => {
  test('its id', () => check('2000-uuid_other.jar', '2000-uuid_other.jar'));
  test('a prefix of its id', () => check('200', '2000-uuid_other.jar'));
  test('the name of its file', () => check('other.jar', '2000-uuid_other.jar'));
  test('the name of its upload', () => check('c1b13a3151fc-job.jar', `0000-uuid_${names[0]}`));
  test('nothing', () => check('', undefined));
  test('something else', () => check('nope.jar', undefined));
});

test('a name of two jars is refused with both', () => {
  expect(() => matchJar(jars, 'job.jar')).toThrow(
    expect.objectContaining({
      code: 'DREY_JAR_AMBIGUOUS',
      details: { argument: 'job.jar', candidates: [jars[0]?.jarId, jars[1]?.jarId] },
    }),
  );
});

test('a name that is nearly right is put right', () => {
  expect(() => findJar(jars, 'othr.jar', 'host:1')).toThrow(
    expect.objectContaining({
      code: 'DREY_JAR_NOT_FOUND',
      message: 'host:1 has no jar "othr.jar"; it has 3',
      hint: expect.stringContaining('"other.jar"') as string,
    }),
  );
});
