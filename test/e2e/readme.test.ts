import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drey, repositoryRoot } from './drey-process.ts';

const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
const fences = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
const transcripts = fences.flatMap(([, language, text]) => {
  if (language !== 'console') return [];
  const [command = '', ...lines] = text!.split('\n').slice(0, -1);
  return [{ command: command.replace(/^\$ drey /, ''), lines }];
});

test('the first block of the README is the two commands for a stranger', () => {
  expect(fences[0]![2]!.trim().split('\n')).toEqual([
    'npm ci && npm run --silent example',
    'npm ci && npm test',
  ]);
});

test('the README shows three transcripts', () => {
  expect(transcripts).toHaveLength(3);
});

test.each(transcripts)('drey $command says what the README shows', async ({ command, lines }) => {
  const { output } = await drey(command.split(' '));
  const told = output.split('\n').slice(0, -1);
  const cut = lines.indexOf('...');
  if (cut < 0) expect(told).toEqual(lines);
  else expect(told.slice(0, cut)).toEqual(lines.slice(0, cut));
});
