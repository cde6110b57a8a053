import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { drey, entry } from './drey-process.ts';

const bounded = `
pipeline:
  name: numbers
  config:
    state.latency-track.history-size: "9"
sources:
  events:
    connector: datagen
    number-of-rows: 100
    seed: 1
    columns: { id: BIGINT }
sinks:
  result: { from: events, connector: blackhole }
`;
const endless = bounded.replace('    number-of-rows: 100\n', '');

function folderWith(pipeline: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  return folder;
}

test('a redirected run says what has no effect, and the summary, on standard error', async () => {
  const { exit, output, error } = await drey(['run', 'pipeline.yaml'], {
    folder: folderWith(bounded),
  });
  expect({ exit, output }).toEqual({ exit: 0, output: '' });
  const lines = error.split('\n');
  expect(lines[0]).toBe(
    'note: the embedded engine does not honour yet state.latency-track.history-size',
  );
  expect(lines[1]).toMatch(/^numbers FINISHED after .*: 100 rows in, 100 out, 0 late, 0 dead$/);
  expect(lines.slice(2)).toEqual(['']);
});

test('without a print sink --json puts the summary on standard output', async () => {
  const { exit, output, error } = await drey(['run', 'pipeline.yaml', '--json'], {
    folder: folderWith(bounded),
  });
  expect(exit).toBe(0);
  const summary = JSON.parse(output) as Record<string, unknown>;
  expect(summary).toMatchObject({
    schemaVersion: 1,
    name: 'numbers',
    state: 'FINISHED',
    recordsIn: 100,
    recordsOut: 100,
    lateRecords: 0,
    deadRecords: 0,
    watermarkAtMs: null,
    checkpoints: { completed: 0, failed: 0, latest: null },
    restoredFrom: null,
  });
  expect(summary['jobId']).toMatch(/^[0-9a-f]{32}$/);
  const lines = error.trimEnd().split('\n');
  expect(lines.map((line) => Object.keys(JSON.parse(line) as object))).toEqual([
    ['schemaVersion', 'ignoredConfiguration'],
    ['schemaVersion', 'summary'],
  ]);
});

test('--summary writes the summary to a file', async () => {
  const folder = folderWith(bounded);
  const { exit } = await drey(['run', 'pipeline.yaml', '--summary', 'summary.json'], { folder });
  expect(exit).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))).toMatchObject({
    schemaVersion: 1,
    state: 'FINISHED',
  });
});

test('a summary file that cannot be written is refused before the job starts', async () => {
  const { exit, error } = await drey(['run', 'pipeline.yaml', '--summary', 'no/such/folder'], {
    folder: folderWith(endless),
  });
  expect(exit).not.toBe(0);
  expect(error).toContain('no/such/folder');
});

test('a pipeline from standard input cannot have a source that reads it too', async () => {
  const input = `
pipeline: { name: twice }
sources:
  events: { connector: stdin, format: json, columns: { id: BIGINT } }
sinks:
  result: { from: events, connector: blackhole }
`;
  const { exit, error } = await drey(['run', '-'], { input });
  expect(exit).toBe(2);
  expect(error).toContain('its source events reads too');
});

test('a reader that closes the output ends the run quietly', async () => {
  const folder = folderWith(endless.replace('blackhole', 'print').replace(/ {2}config:\n.*\n/, ''));
  const { exit, error } = await drey(['run', 'pipeline.yaml'], { folder, closeOutput: true });
  expect({ exit, error }).toEqual({ exit: 0, error: '' });
});

/** Starts an endless run that prints rows, and sends it a signal at the first row. */
async function interrupt(signal: NodeJS.Signals): Promise<{
  readonly exit: number | null;
  readonly error: string;
  readonly tookMs: number;
}> {
  const folder = folderWith(endless.replace('blackhole', 'print'));
  const child = spawn(process.execPath, [entry, 'run', 'pipeline.yaml'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let sentAtMs = 0;
  child.stdout.once('data', () => {
    sentAtMs = performance.now();
    child.kill(signal);
  });
  // The rest of the rows is read and dropped, so that the job does not wait for a reader.
  child.stdout.resume();
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
  return new Promise((settle, fail) => {
    child.on('error', fail);
    child.on('close', (exit) => settle({ exit, error, tookMs: performance.now() - sentAtMs }));
  });
}

describe.each([
  ['SIGINT', 130, 'DREY_INTERRUPTED'],
  ['SIGTERM', 143, 'DREY_TERMINATED'],
] as const)('%s', (signal, status, code) => {
  test(`stops the run in order and exits with ${status}`, async () => {
    const { exit, error, tookMs } = await interrupt(signal);
    expect(exit).toBe(status);
    expect(error).toContain('numbers CANCELED after ');
    expect(error).toMatch(new RegExp(`\\ncode: ${code}\\n$`));
    expect(tookMs).toBeLessThan(2000);
  });
});
