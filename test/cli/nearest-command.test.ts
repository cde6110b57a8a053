import { expect, test } from 'vitest';
import { unknownCommand } from '../../src/cli/nearest-command.ts';

const known = {
  bin: 'drey',
  ids: ['run', 'help', 'pipeline:validate', 'pipeline:explain', 'pipeline:schema'],
};

test.each([
  ['rnu', 'drey run'],
  ['rnu:pipeline.yaml', 'drey run'],
  ['pipeline:valdate', 'drey pipeline validate'],
  ['pipeline:valdate:pipeline.yaml', 'drey pipeline validate'],
  ['pipline:validate', 'drey pipeline validate'],
  ['validate:pipeline.yaml', 'drey pipeline validate'],
  ['explian', 'drey pipeline explain'],
])('%s is taken for %s', (id, meant) => {
  expect(unknownCommand(id, known).hint).toBe(`Did you mean ${meant}?`);
});

test('what resembles no command is met with the way to the list', () => {
  const error = unknownCommand('frobnicate:x', known);
  expect(error.message).toBe('there is no command drey frobnicate');
  expect(error.hint).toBe('Run drey --help for the list of commands.');
});

test('in a known topic the message names both words', () => {
  expect(unknownCommand('pipeline:frobnicate:x', known).message).toBe(
    'there is no command drey pipeline frobnicate',
  );
});

test('an argument of a command that takes none is called that', () => {
  expect(unknownCommand('pipeline:schema:x:y', known).message).toBe(
    'drey pipeline schema takes no argument, but got: x y',
  );
});

test('an argument that is an address is shown without user and password', () => {
  expect(unknownCommand('pipeline:schema:http://me:can:ary@h:1', known).message).toBe(
    'drey pipeline schema takes no argument, but got: http //[hidden]@h 1',
  );
});
