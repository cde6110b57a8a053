import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drey, entry, repositoryRoot } from './drey-process.ts';

const example = join(repositoryRoot, 'examples', 'exposure-uv');
const file = join(example, 'pipeline.yaml');
const expected = readFileSync(join(example, 'expected.jsonl'), 'utf8');
/** Flink reads an empty cell of a text column as an empty text, so NULL needs a word. */
const NULL_CELL = 'none';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drey-example-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Lines by their bytes, as the expectation is sorted. */
function sorted(rows: string): string {
  const lines = rows.split('\n').slice(0, -1);
  lines.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return lines.map((line) => `${line}\n`).join('');
}

async function rowsOf(argv: readonly string[], input?: string): Promise<string> {
  const environment = { CHECKPOINTS: join(folder, 'checkpoints') };
  const ended = await drey(['run', ...argv], {
    environment,
    ...(input !== undefined && { input }),
  });
  expect(ended.exit, ended.error).toBe(0);
  return sorted(ended.output);
}

/** A copy of the pipeline with other text in it, beside the example's table. */
function variant(name: string, change: (text: string) => string): string {
  const path = join(folder, name);
  const text = readFileSync(file, 'utf8').replace(
    './data/localities.csv',
    join(example, 'data', 'localities.csv'),
  );
  writeFileSync(path, change(text));
  return path;
}

describe.each([1, 3])('the example at parallelism %i', (parallelism) => {
  const flags = ['--parallelism', String(parallelism)];

  test('gives the expected rows', async () => {
    expect(await rowsOf([file, ...flags])).toBe(expected);
  });

  test('gives them from standard input', async () => {
    const pipeline = variant('stdin.yaml', (text) =>
      text.replace(/connector: filesystem\n    path: \$\{EVENTS.*\n/, 'connector: stdin\n'),
    );
    const events = readFileSync(join(example, 'data', 'events.jsonl'), 'utf8');
    expect(await rowsOf([pipeline, ...flags], events)).toBe(expected);
  });

  test('gives them from a gzip file', async () => {
    const zipped = join(folder, 'events.jsonl.gz');
    writeFileSync(zipped, gzipSync(readFileSync(join(example, 'data', 'events.jsonl'))));
    expect(await rowsOf([file, ...flags, '--param', `EVENTS=${zipped}`])).toBe(expected);
  });

  test('gives them from CSV', async () => {
    const csv = join(folder, 'events.csv');
    writeFileSync(csv, csvOf(readFileSync(join(example, 'data', 'events.jsonl'), 'utf8')));
    const pipeline = variant('csv.yaml', (text) =>
      text.replace('format: json', `format: csv\n    csv.null-literal: ${NULL_CELL}`),
    );
    expect(await rowsOf([pipeline, ...flags, '--param', `EVENTS=${csv}`])).toBe(expected);
  });

  test('without late rows does not depend on the number of files', async () => {
    const whole = await withoutLateRows();
    const once = await rowsOf([file, ...flags, '--param', `EVENTS=${whole.one}`]);
    expect(once.length).toBeGreaterThan(100_000);
    expect(await rowsOf([file, ...flags, '--param', `EVENTS=${whole.eight}`])).toBe(once);
  });
});

test('the summary counts the rows, the late ones among them', async () => {
  const summary = join(folder, 'summary.json');
  const environment = { CHECKPOINTS: join(folder, 'checkpoints') };
  const ended = await drey(['run', file, '--summary', summary], { environment });
  expect(ended.error).toContain('247');
  const told = JSON.parse(readFileSync(summary, 'utf8')) as Record<string, unknown>;
  expect(told).toMatchObject({
    name: 'exposure-uv',
    state: 'FINISHED',
    recordsIn: 50_570,
    recordsOut: 1333,
    lateRecords: 247,
    deadRecords: 0,
  });
});

test('the example takes a last checkpoint and marks that it has finished', async () => {
  const directory = join(folder, 'finished');
  const environment = { CHECKPOINTS: directory };
  const first = await drey(['run', file, '--json'], { environment });
  expect(first.error).toContain('"status":"COMPLETED"');
  const second = await drey(['run', file, '--restore', 'latest'], { environment });
  expect(second).toMatchObject({ exit: 0, output: '' });
  expect(second.error).toContain(directory);
});

test('the tests of the example pass', async () => {
  const ended = await drey(['pipeline', 'test', file]);
  expect(ended.output).toContain('3 passed, 0 failed');
  expect(ended.exit).toBe(0);
});

describe('a run is ended', () => {
  /** A source without end, so that only the signal ends the run. */
  const endless = (): string =>
    variant('endless.yaml', () =>
      [
        'pipeline: { name: endless }',
        'sources:',
        '  numbers:',
        '    connector: datagen',
        '    columns: { n: BIGINT }',
        'sinks:',
        '  out: { from: numbers, connector: print }',
        '',
      ].join('\n'),
    );

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s in order within 2 s, with exit %i', async (signal, exit) => {
    const child = spawn(process.execPath, [entry, 'run', endless()], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await new Promise((settle) => child.stdout.once('data', settle));
    child.stdout.resume();
    const asked = Date.now();
    child.kill(signal);
    const code = await new Promise((settle) => child.on('close', settle));
    expect(code).toBe(exit);
    expect(Date.now() - asked).toBeLessThan(2000);
  });

  test('quietly with exit 0 when nobody reads the rows any more', async () => {
    const child = spawn(
      'sh',
      ['-c', `"${process.execPath}" "${entry}" run "${endless()}" | head -1`],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let error = '';
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    await new Promise((settle) => child.on('close', settle));
    expect(output.split('\n')).toHaveLength(2);
    expect(error).not.toMatch(/EPIPE|[Ee]rror/);
    const direct = await drey(['run', endless()], { closeOutput: true });
    expect(direct.exit).toBe(0);
  });
});

/** Flink's csv format knows no names: the columns in the order of the file. */
function csvOf(jsonLines: string): string {
  const quoted = (value: string | number | null | undefined): string => {
    if (value === null || value === undefined) return NULL_CELL;
    return typeof value === 'number' ? String(value) : `"${value.replaceAll('"', '""')}"`;
  };
  return jsonLines
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const { ts, deviceId, localId, event } = JSON.parse(line) as Record<string, string>;
      return `${[ts, deviceId, localId, event].map(quoted).join(',')}\n`;
    })
    .join('');
}

/** The example's events without late rows: as one file, and in turn over eight files. */
async function withoutLateRows(): Promise<{ one: string; eight: string }> {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { mkdirSync } = await import('node:fs');
  const out = join(folder, 'no-late');
  mkdirSync(out, { recursive: true });
  await promisify(execFile)(process.execPath, [
    join(example, 'generate.mjs'),
    '--no-late',
    '--out',
    out,
  ]);
  const one = join(out, 'events.jsonl');
  const lines = readFileSync(one, 'utf8').split('\n').slice(0, -1);
  const eight = join(out, 'eight');
  mkdirSync(eight, { recursive: true });
  for (let part = 0; part < 8; part++) {
    const mine = lines.filter((_line, index) => index % 8 === part);
    writeFileSync(join(eight, `part-${part}.jsonl`), mine.map((line) => `${line}\n`).join(''));
  }
  return { one, eight };
}
