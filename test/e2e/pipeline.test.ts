import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { drey, repositoryRoot } from './drey-process.ts';

const good = `
pipeline:
  name: good
  config:
    execution.checkpointing.interval: 10s
sources:
  events:
    connector: filesystem
    path: \${EVENTS:-./events.jsonl}
    format: json
    columns: { id: STRING, event: STRING }
transforms:
  clicks:
    where: event = 'click'
sinks:
  result: { from: clicks, connector: blackhole }
`;
const wrong = good.replace("event = 'click'", 'evnt = 7').replace('columns:', 'colums:');
const warned = good.replace(
  'execution.checkpointing.interval',
  'execution.checkpointing.intervall',
);

/** A folder with the pipelines above. */
function folderWithPipelines(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'good.yaml'), good);
  writeFileSync(join(folder, 'wrong.yaml'), wrong);
  writeFileSync(join(folder, 'warned.yaml'), warned);
  return folder;
}

test('a good file is valid', async () => {
  const folder = folderWithPipelines();
  const { exit, output, error } = await drey(['pipeline', 'validate', 'good.yaml'], { folder });
  expect({ exit, output, error }).toEqual({
    exit: 0,
    output: 'good.yaml is valid, 3 nodes\n',
    error: '',
  });
});

test('a good file is valid as JSON', async () => {
  const folder = folderWithPipelines();
  const { output } = await drey(['pipeline', 'validate', 'good.yaml', '--json'], { folder });
  expect(JSON.parse(output)).toEqual({ schemaVersion: 1, valid: true, findings: [] });
});

test('a file from standard input is checked like one on disk', async () => {
  const { exit, output } = await drey(['pipeline', 'validate', '-'], { input: good });
  expect({ exit, output }).toEqual({ exit: 0, output: '<stdin> is valid, 3 nodes\n' });
});

test('a wrong file ends with 3 and shows the places', async () => {
  const folder = folderWithPipelines();
  const { exit, output } = await drey(['pipeline', 'validate', 'wrong.yaml'], { folder });
  expect(exit).toBe(3);
  expect(output).toContain('--> wrong.yaml:11:5');
  expect(output).toMatch(/11 \| {5}colums:.*\n.*\^{6}/);
  expect(output).toMatch(/\nwrong\.yaml has \d errors?\n$/);
});

test('a wrong file ends with 3 and has its findings as JSON', async () => {
  const folder = folderWithPipelines();
  const { exit, output } = await drey(['pipeline', 'validate', 'wrong.yaml', '--json'], {
    folder,
  });
  expect(exit).toBe(3);
  const { valid, findings } = JSON.parse(output) as {
    valid: boolean;
    findings: Record<string, unknown>[];
  };
  expect(valid).toBe(false);
  const unknownField = findings.find(({ code }) => code === 'DREY_PIPELINE_UNKNOWN_FIELD');
  expect(unknownField).toMatchObject({
    severity: 'error',
    file: 'wrong.yaml',
    line: 11,
    column: 5,
  });
  expect(unknownField).toHaveProperty('message');
});

test('a warning passes, and is an error with --strict', async () => {
  const folder = folderWithPipelines();
  const lenient = await drey(['pipeline', 'validate', 'warned.yaml'], { folder });
  expect(lenient.exit).toBe(0);
  expect(lenient.output).toMatch(/^warning: .*\n/);
  expect(lenient.output).toContain('warned.yaml is valid, 3 nodes, 1 warning');
  const strict = await drey(['pipeline', 'validate', 'warned.yaml', '--strict'], { folder });
  expect(strict.exit).toBe(3);
});

test('other verbs refuse a wrong file on standard error, code frames first', async () => {
  const folder = folderWithPipelines();
  const { exit, output, error } = await drey(['pipeline', 'explain', 'wrong.yaml'], { folder });
  expect({ exit, output }).toEqual({ exit: 3, output: '' });
  expect(error.indexOf('--> wrong.yaml:11:5')).toBeGreaterThan(-1);
  expect(error.indexOf('--> wrong.yaml:11:5')).toBeLessThan(error.indexOf('\nhint: '));
  expect(error).toMatch(/\ncode: DREY_PIPELINE_INVALID\n$/);
});

test('other verbs refuse a wrong file as one JSON document', async () => {
  const folder = folderWithPipelines();
  const { exit, output } = await drey(['pipeline', 'graph', 'wrong.yaml', '--json'], { folder });
  expect(exit).toBe(3);
  const { error } = JSON.parse(output) as {
    error: { code: string; exit: number; details: { findings: unknown[] } };
  };
  expect(error).toMatchObject({ code: 'DREY_PIPELINE_INVALID', exit: 3 });
  expect(error.details.findings.length).toBeGreaterThan(0);
});

test('a file that is not there ends with 3', async () => {
  const { exit, error } = await drey(['run', 'nowhere.yaml'], { folder: temporaryFolder() });
  expect(exit).toBe(3);
  expect(error).toContain('nowhere.yaml');
  expect(error).toMatch(/\ncode: DREY_FILE_NOT_FOUND\n$/);
});

test('explain has the keys that scripts rely on', async () => {
  const folder = folderWithPipelines();
  const { exit, output } = await drey(['pipeline', 'explain', 'good.yaml', '--json'], { folder });
  expect(exit).toBe(0);
  const document = JSON.parse(output) as {
    nodes: Record<string, unknown>[];
    configuration: Record<string, unknown>[];
  };
  expect(document.nodes.map(({ name }) => name)).toEqual(['events', 'clicks', 'result']);
  for (const key of ['name', 'kind', 'parallelism', 'state', 'changelog']) {
    expect(document.nodes[0]).toHaveProperty(key);
  }
  expect(document.configuration).toEqual([
    { key: 'execution.checkpointing.interval', value: '10s', honouredBy: ['embedded', 'flink'] },
  ]);
});

test('explain for people names nodes, columns and configuration', async () => {
  const folder = folderWithPipelines();
  const { output } = await drey(['pipeline', 'explain', 'good.yaml'], { folder });
  expect(output).toContain('clicks  filter\n');
  expect(output).toContain('  columns      id STRING\n               event STRING\n');
  expect(output).toMatch(/execution\.checkpointing\.interval +10s +embedded, flink\n/);
});

test.each([
  ['text', 'events  source filesystem\n└─ clicks  filter\n   └─ result  sink blackhole\n'],
  ['mermaid', 'flowchart TD\n'],
  ['dot', 'digraph pipeline {\n'],
  ['svg', '<svg xmlns="http://www.w3.org/2000/svg"'],
])('graph draws %s', async (format, beginning) => {
  const folder = folderWithPipelines();
  const { exit, output } = await drey(['pipeline', 'graph', 'good.yaml', '--format', format], {
    folder,
  });
  expect(exit).toBe(0);
  expect(output.startsWith(beginning)).toBe(true);
});

test('schema prints the schema that lies in the repository', async () => {
  const { exit, output } = await drey(['pipeline', 'schema']);
  const file = readFileSync(join(repositoryRoot, 'schema', 'pipeline.schema.json'), 'utf8');
  expect(exit).toBe(0);
  expect(JSON.parse(output)).toEqual(JSON.parse(file));
});

test('init writes a pipeline once, and again with --force', async () => {
  const folder = temporaryFolder();
  const first = await drey(['pipeline', 'init', 'new'], { folder });
  expect(first.exit).toBe(0);
  expect(first.output).toContain('wrote new/pipeline.yaml\n');
  const second = await drey(['pipeline', 'init', 'new'], { folder });
  expect(second.exit).toBe(5);
  expect(second.error).toMatch(/\ncode: DREY_INIT_EXISTS\n$/);
  const forced = await drey(['pipeline', 'init', 'new', '--force', '--json'], { folder });
  expect(forced.exit).toBe(0);
  expect(JSON.parse(forced.output)).toMatchObject({ schemaVersion: 1, folder: 'new' });
});

test('a file without tests has nothing to test', async () => {
  const folder = folderWithPipelines();
  const { exit, error } = await drey(['pipeline', 'test', 'good.yaml'], { folder });
  expect(exit).toBe(3);
  expect(error).toMatch(/\ncode: DREY_PIPELINE_NO_TESTS\n$/);
});
