import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { drey, repositoryRoot, type Ended } from './drey-process.ts';

interface Case {
  /** Columns of the source, as YAML lines. */
  readonly columns?: readonly string[];
  readonly options?: readonly string[];
  readonly data: string;
  readonly flags?: readonly string[];
}

/** Runs a pipeline that passes the rows of a file on; its source begins in line 3. */
async function passThrough(given: Case): Promise<Ended> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'events.jsonl'), given.data);
  const path = writePipeline(folder, given);
  return drey(['run', path, ...(given.flags ?? [])], { folder });
}

function writePipeline(folder: string, given: Omit<Case, 'data'>): string {
  const path = join(folder, 'pipeline.yaml');
  writeFileSync(
    path,
    [
      'pipeline: { name: pass }',
      'sources:',
      '  events:',
      '    connector: filesystem',
      '    path: ./events.jsonl',
      '    format: json',
      ...(given.options ?? []).map((line) => `    ${line}`),
      '    columns:',
      ...(given.columns ?? ['id: STRING', 'n: BIGINT']).map((line) => `      ${line}`),
      'sinks:',
      '  out: { from: events, connector: print }',
      '',
    ].join('\n'),
  );
  return path;
}

describe('values survive', () => {
  test('a 13-digit id keeps its leading zeros, as text and as a number in the file', async () => {
    const { output } = await passThrough({ data: '{"id":"0001010005916","n":1}\n' });
    expect(output).toBe('{"id":"0001010005916","n":1}\n');
  });

  test('BIGINT is exact over its whole range', async () => {
    const { output } = await passThrough({
      data: '{"id":"a","n":9223372036854775807}\n{"id":"b","n":-9223372036854775808}\n{"id":"c","n":9007199254740993}\n{"id":"d","n":1}\n',
    });
    expect(output).toBe(
      '{"id":"a","n":9223372036854775807}\n{"id":"b","n":-9223372036854775808}\n{"id":"c","n":9007199254740993}\n{"id":"d","n":1}\n',
    );
  });

  test('an empty file gives no rows', async () => {
    expect(await passThrough({ data: '' })).toMatchObject({ exit: 0, output: '' });
  });

  test('the last line needs no line end', async () => {
    const { output } = await passThrough({ data: '{"id":"a","n":1}\n{"id":"b","n":2}' });
    expect(output).toBe('{"id":"a","n":1}\n{"id":"b","n":2}\n');
  });

  test('escapes, Unicode, field order and unknown fields', async () => {
    const { output } = await passThrough({
      data: '{"n":1,"x":{"y":[1,{"id":"no"}]},"id":"\\u0061\\n\\ud83d\\ude00 \u00e9\u4e2d"}\r\n',
    });
    expect(output).toBe('{"id":"a\\n\u{1F600} \u00e9\u4e2d","n":1}\n');
  });
});

describe('a line that cannot be read', () => {
  const good = '{"id":"a","n":1}\n';

  test('ends the job with exit 3, naming source, file, line and column', async () => {
    const ended = await passThrough({ data: `${good.repeat(3000)}{"id":"a","n":"x"}\n${good}` });
    expect(ended.exit).toBe(3);
    expect(ended.error).toMatch(/events/);
    expect(ended.error).toMatch(/events\.jsonl.*line 3001: column n/);
    expect(ended.error).toContain('DREY_RECORD_UNREADABLE');
  });

  test('is told as a JSON line on stderr under --json, because stdout holds rows', async () => {
    const ended = await passThrough({ data: '{"id":\n', flags: ['--json'] });
    expect(ended).toMatchObject({ exit: 3, output: '' });
    const last = ended.error.trim().split('\n').at(-1)!;
    expect(JSON.parse(last)).toMatchObject({
      schemaVersion: 1,
      error: { code: 'DREY_RECORD_UNREADABLE', exit: 3, details: { line: 1 } },
    });
  });

  test('is skipped and counted with json.ignore-parse-errors', async () => {
    const ended = await passThrough({
      data: `${good}nonsense\n${good}`,
      options: ['json.ignore-parse-errors: true'],
    });
    expect(ended).toMatchObject({ exit: 0, output: good + good });
    expect(ended.error).toMatch(/1 dead|dead[^0-9]*1/);
  });

  test('becomes a row of NODE.dead with on-error: dead-letter', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'events.jsonl'), `${good}nonsense\n${good}`);
    const path = writePipeline(folder, { options: ['on-error: dead-letter'] });
    const { appendFileSync } = await import('node:fs');
    appendFileSync(path, '  bad: { from: events.dead, connector: print }\n');
    const ended = await drey(['run', path], { folder });
    expect(ended.exit, ended.error).toBe(0);
    const rows = ended.output
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row) as object);
    expect(rows).toHaveLength(3);
    expect(rows).toContainEqual(
      expect.objectContaining({
        sink: 'bad',
        source: 'events',
        position: 2,
        raw: Buffer.from('nonsense').toString('base64'),
      }),
    );
  });
});

test('a line of 20 MB ends the job with its number and does not fill the memory', async () => {
  const short = await runWithLineOf(10);
  const long = await runWithLineOf(20_000_000);
  expect(short.ended.exit).toBe(0);
  expect(long.ended.exit).toBe(3);
  expect(long.ended.error).toMatch(/line 2/);
  expect(long.ended.error).toContain('DREY_RECORD_TOO_LONG');
  expect(long.peakBytes - short.peakBytes).toBeLessThan(LONG_LINE_MEMORY_BYTES);
});

/** Less than the line itself: whoever keeps it whole is found out. */
const LONG_LINE_MEMORY_BYTES = 12_000_000;

/** A run over two rows, the second of which has a text of this length; with its peak memory. */
async function runWithLineOf(
  length: number,
): Promise<{ readonly ended: Ended; readonly peakBytes: number }> {
  const folder = temporaryFolder();
  const path = writePipeline(folder, {});
  const stream = createWriteStream(join(folder, 'events.jsonl'));
  stream.write('{"id":"a","n":1}\n{"id":"');
  stream.write('x'.repeat(length));
  stream.end('","n":1}\n');
  await finished(stream);
  const preload = pathToFileURL(join(repositoryRoot, 'test/support/peak-memory.mjs')).href;
  const ended = await drey(['run', path], {
    folder,
    environment: { NODE_OPTIONS: `--import=${preload}` },
  });
  const peak = /peak (\d+) KiB/.exec(ended.error);
  return { ended, peakBytes: Number(peak?.[1]) * 1024 };
}

describe('what is missing', () => {
  test('a data file is named with its path, exit 3', async () => {
    const folder = temporaryFolder();
    const ended = await drey(['run', writePipeline(folder, {})], { folder });
    expect(ended.exit).toBe(3);
    expect(ended.error).toContain('events.jsonl');
    expect(ended.error).toContain('DREY_FILE_NOT_FOUND');
  });

  test('an event time of NULL ends the job, exit 3', async () => {
    const ended = await passThrough({
      columns: ['id: STRING', 'ts: BIGINT', 'at: AS TO_TIMESTAMP_LTZ(ts, 3)'],
      options: ['watermark: { column: at, delay: 1s }'],
      data: '{"id":"a","ts":1}\n{"id":"b"}\n',
    });
    expect(ended.exit).toBe(3);
    expect(ended.error).toContain('DREY_EVENT_TIME_NULL');
  });

  test('an integer division by zero fails the job, exit 9', async () => {
    const ended = await passThrough({
      columns: ['id: STRING', 'n: BIGINT', 'q: AS 10 / n'],
      data: '{"id":"a","n":0}\n',
    });
    expect(ended.exit).toBe(9);
    expect(ended.error).toContain('DREY_EXPRESSION_FAILED');
  });
});
