import { expect, test } from 'vitest';
import {
  claimModeOf,
  configurationOf,
  givenJobId,
  splitProgramArguments,
} from '../../../src/cli/job/run-flags.ts';

test("what stands behind the first -- is the program's, as it is", () => {
  expect(splitProgramArguments(['a.jar', '-p', '2', '--', '--json', '--', '', 'x y'])).toEqual({
    own: ['a.jar', '-p', '2'],
    program: ['--json', '--', '', 'x y'],
  });
  expect(splitProgramArguments(['a.jar'])).toEqual({ own: ['a.jar'], program: [] });
});

test('configuration is key and value, the later of two wins, values may have =', () => {
  expect(configurationOf(['a.b=1', ' c = d=e ', 'a.b=2', 'empty='])).toEqual({
    'a.b': '2',
    c: 'd=e',
    empty: '',
  });
});

test.each(['a.b', '=x', ''])('%j is no configuration', (entry) => {
  expect(() => configurationOf([entry])).toThrow(expect.objectContaining({ code: 'DREY_USAGE' }));
});

test("claim modes are in Flink's words", () => {
  expect(['claim', 'no-claim', 'legacy', undefined].map(claimModeOf)).toEqual([
    'CLAIM',
    'NO_CLAIM',
    'LEGACY',
    null,
  ]);
});

test('an id of a job has 32 hexadecimal digits, in any case', () => {
  expect(givenJobId('A'.repeat(32))).toBe('a'.repeat(32));
  expect(givenJobId(undefined)).toBeNull();
  expect(() => givenJobId('a'.repeat(31))).toThrow(expect.objectContaining({ code: 'DREY_USAGE' }));
});
