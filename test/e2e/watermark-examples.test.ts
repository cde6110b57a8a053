import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { drey, repositoryRoot } from './drey-process.ts';

const example = join(repositoryRoot, 'examples', 'watermarks');

test.each([1, 3])('two watermarks side by side give the expected rows at %i', async (count) => {
  const file = join(example, 'pipeline.yaml');
  const ended = await drey(['run', file, '--parallelism', String(count)]);
  expect(ended.exit, ended.error).toBe(0);
  const expected = readFileSync(join(example, 'expected.jsonl'), 'utf8');
  const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const lines = ended.output.split('\n').slice(0, -1);
  expect(lines.toSorted(byBytes)).toEqual(expected.split('\n').slice(0, -1));
});

test('the tests of the dynamic delay pass', async () => {
  const file = join(example, 'dynamic.yaml');
  expect(await drey(['pipeline', 'test', file])).toMatchObject({ exit: 0 });
});

test('a dynamic delay over a file has to be asked for, with every verb', async () => {
  const folder = temporaryFolder();
  const now = new Date().toISOString().replace('T', ' ');
  writeFileSync(join(folder, 'in.jsonl'), `{"at":"${now}"}\n`);
  writeFileSync(
    join(folder, 'job.yaml'),
    `pipeline: { name: job }
sources:
  s:
    connector: filesystem
    path: in.jsonl
    format: json
    columns: { at: TIMESTAMP_LTZ(3) }
    watermark: { column: at, strategy: dynamic }
sinks:
  out: { from: s, connector: print }
tests:
  - name: nothing
    steps: [ { end: true } ]
`,
  );
  for (const verb of [['run'], ['pipeline', 'explain'], ['pipeline', 'test']]) {
    const refused = await drey([...verb, 'job.yaml'], { folder });
    expect(refused.exit).toBe(3);
    expect(refused.error).toContain('DREY_PIPELINE_DYNAMIC_BOUNDED');
    expect(refused.error).toContain('--allow-dynamic-bounded');
    const taken = await drey([...verb, 'job.yaml', '--allow-dynamic-bounded'], { folder });
    expect(taken.exit, taken.error).toBe(0);
  }
  const validate = ['pipeline', 'validate', 'job.yaml'];
  expect(await drey(validate, { folder })).toMatchObject({ exit: 3 });
  expect(await drey([...validate, '--allow-dynamic-bounded'], { folder })).toMatchObject({
    exit: 0,
  });
});
