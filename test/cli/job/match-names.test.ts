import { expect, test } from 'vitest';
import { matchNames, unmatchedPatterns } from '../../../src/cli/job/match-names.ts';

const names = ['numRecordsIn', 'numRecordsInPerSecond', 'Source__a.numRecordsOut', 'x[0]'];

test.each<[string, string[], string[]]>([
  ['no pattern is all', [], names],
  ['a name is itself only', ['numRecordsIn'], ['numRecordsIn']],
  ['letters are alike in both cases', ['NUMRECORDSIN'], ['numRecordsIn']],
  ['a star is any text', ['*PerSecond'], ['numRecordsInPerSecond']],
  ['a question mark is one character', ['x[?]'], ['x[0]']],
  ['a dot is a dot', ['Source__aXnumRecordsOut'], []],
  ['a star may stand for nothing', ['*numRecordsIn*PerSecond*'], ['numRecordsInPerSecond']],
  ['a star goes on after a false start', ['*RecordsO?t'], ['Source__a.numRecordsOut']],
  ['a pattern that goes on is no match', ['numRecordsIn?'], []],
  ['several patterns add up', ['x*', 'num*In'], ['numRecordsIn', 'x[0]']],
])('%s', (_, patterns, expected) => {
  expect(matchNames(names, patterns)).toEqual(expected);
});

test('a pattern without a match is told', () => {
  expect(unmatchedPatterns(names, ['num*', 'nope', 'y*'])).toEqual(['nope', 'y*']);
});

test('many stars take no exponential time', () => {
  const long = `${'a'.repeat(5000)}b`;
  expect(matchNames([long], ['a*'.repeat(3) + '*'.repeat(500) + 'c'])).toEqual([]);
});
