import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rowsIn, startRun } from '../recovery/killed-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
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

test('the run that the README kills goes on to as many rows as it says', async () => {
  const block = fences.map(([, , text]) => text!).find((text) => text.includes('kill -9'))!;
  const [, rows] = /^# (\d+)$/m.exec(block)!;
  const folder = temporaryFolder();
  copyFileSync(
    join(repositoryRoot, 'examples/recovery/pipeline.yaml'),
    join(folder, 'pipeline.yaml'),
  );
  const killed = startRun(folder, ['pipeline.yaml', '--json']);
  await killed.said('"status":"COMPLETED"');
  killed.child.kill('SIGKILL');
  await killed.exit;
  const { exit, error } = await drey(['run', 'pipeline.yaml', '--restore', 'latest'], { folder });
  expect(exit, error).toBe(0);
  expect(error).toMatch(/^restored from checkpoint \d+, /);
  expect(rowsIn(join(folder, 'state/rows'))).toHaveLength(Number(rows));
});
