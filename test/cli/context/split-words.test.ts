import { expect, test } from 'vitest';
import { splitWords } from '../../../src/cli/context/split-words.ts';

test.each<[string, readonly string[]]>([
  ['', []],
  ['a  b\tc', ['a', 'b', 'c']],
  ['a "b c" d', ['a', 'b c', 'd']],
  ['a \'b "c"\'', ['a', 'b "c"']],
  ['a""b ""', ['ab', '']],
  ['pass show flink/prod --field=token', ['pass', 'show', 'flink/prod', '--field=token']],
  ["say '$HOME | x'", ['say', '$HOME | x']],
])('the words of %j', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test.each(['a | b', 'a && b', 'a; b', 'a > b', 'a $B', 'a `b`', 'a *', '~/a', 'a #b', "a 'b"])(
  '%j needs a shell or an end',
  (text) => {
    expect(splitWords(text)).toHaveProperty('problem');
  },
);
