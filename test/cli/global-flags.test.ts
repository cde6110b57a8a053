import { expect, test } from 'vitest';
import { readGlobalFlags } from '../../src/cli/global-flags.ts';

test.each([
  [['--json']],
  [['run', 'x', '-o', 'json']],
  [['--output', 'json', 'x']],
  [['--output=json']],
  [['-ojson']],
])('%j asks for JSON', (argv) => {
  expect(readGlobalFlags(argv).json).toBe(true);
});

test.each([[[]], [['-o', 'text', 'json']], [['run', '--', '--json']], [['--output=text']]])(
  '%j does not ask for JSON',
  (argv: string[]) => {
    expect(readGlobalFlags(argv).json).toBe(false);
  },
);

test('-o github is told from other forms', () => {
  expect(readGlobalFlags(['job', 'list', '-o', 'github']).github).toBe(true);
  expect(readGlobalFlags(['job', 'list', '-o', 'markdown', 'github']).github).toBe(false);
});

test('flags that choose a cluster are found in both spellings', () => {
  expect(readGlobalFlags(['--context=prod', '--timeout', '10s']).cluster).toEqual([
    '--context',
    '--timeout',
  ]);
});

test('--debug and --no-color count before -- only', () => {
  expect(readGlobalFlags(['--debug', '--', '--no-color'])).toMatchObject({
    debug: true,
    noColor: false,
  });
});
