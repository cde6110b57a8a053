import { expect, test } from 'vitest';
import { drey } from './drey-process.ts';

const escape = '\u001b';

test.each([
  ['help', ['run', '--help']],
  ['a table', ['pipeline', 'functions']],
  ['an error', ['rnu']],
])('%s has no colours when nobody watches', async (_, argv) => {
  const { output, error } = await drey(argv);
  expect(output + error).not.toContain(escape);
});

test('NO_COLOR wins over everything', async () => {
  const environment = { NO_COLOR: '1', FORCE_COLOR: '1' };
  const { output, error } = await drey(['pipeline', 'functions', '--help'], { environment });
  expect(output + error).not.toContain(escape);
});

test('a reader that has gone away is no failure', async () => {
  const { exit, error } = await drey(['pipeline', 'functions'], { closeOutput: true });
  expect({ exit, error }).toEqual({ exit: 0, error: '' });
});

test('foreign text in an error cannot move the cursor', async () => {
  const { error } = await drey([`pipeline`, 'functions', `x${escape}[2J`]);
  expect(error).toContain('there is no function x\\x1b[2J');
});

test('functions has all functions as JSON', async () => {
  const { exit, output } = await drey(['pipeline', 'functions', '--json']);
  expect(exit).toBe(0);
  const { functions } = JSON.parse(output) as { functions: { name: string; syntax: string[] }[] };
  expect(functions.map(({ name }) => name)).toEqual(expect.arrayContaining(['COUNT', '=', 'NOT']));
  expect(functions.every(({ syntax }) => syntax.length > 0)).toBe(true);
});

test('one function is shown with all its forms, in any letter case', async () => {
  const { output } = await drey(['pipeline', 'functions', 'count']);
  expect(output).toContain('  COUNT([ DISTINCT ] value) [ FILTER (WHERE condition) ]\n');
});
