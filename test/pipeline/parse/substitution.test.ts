import { describe, expect, test } from 'vitest';
import { renderFinding } from '../../../src/document/code-frame.ts';
import type { LogicalPlan } from '../../../src/pipeline/plan/logical-plan.ts';
import { around, findingsOf, loadText, planOf } from '../load-text.ts';

const withPath = (path: string): string => around('t: { from: s }').replace('in.json', () => path);

function pathOf(plan: LogicalPlan): string {
  const source = plan.nodes[0];
  if (source?.kind !== 'source' || source.connector.kind !== 'filesystem')
    throw new Error('no path');
  return source.connector.path;
}

const A = { parameters: new Map([['A', 'a']]), environment: { A: 'b', B: 'b', EMPTY: '' } };

describe('${...} in values', () => {
  test.each([
    ['${A}.json', '/here/a.json'],
    ['${B}.json', '/here/b.json'],
    ['x${A}${B}.json', '/jobs/xab.json'],
    ['${C:-d/e}.json', '/jobs/d/e.json'],
    ['${EMPTY:-d}.json', '/jobs/d.json'],
    ['${A:-d}.json', '/here/a.json'],
    ['${C:-}x', '/jobs/x'],
    ['$${A}', '/jobs/${A}'],
    ['"$${A}${A}"', '/jobs/${A}a'],
    ['$A', '/jobs/$A'],
  ])('%s is %s', async (path, expected) => {
    expect(pathOf(await planOf(withPath(path), A))).toBe(expected);
  });

  test.each([
    ['a name that is not set', '${C}.json', '5:11 DREY_PIPELINE_VARIABLE'],
    ['the second of two', '${A}/${C}', '5:16 DREY_PIPELINE_VARIABLE'],
    ['a reference without its end', 'x${A', '5:12 DREY_PIPELINE_VARIABLE'],
    ['an empty name', '${}', '5:11 DREY_PIPELINE_VARIABLE'],
    ['a name with a space', '"${A B}"', '5:12 DREY_PIPELINE_VARIABLE'],
    ['a file that cannot be read', '${file:/no}', '5:11 DREY_PIPELINE_VARIABLE'],
    ['a prototype of the environment', '${toString}', '5:11 DREY_PIPELINE_VARIABLE'],
  ])('%s is refused at its place', async (_, path, expected) => {
    expect(await findingsOf(withPath(path), A)).toEqual([expected]);
  });

  test('are typed after they were replaced', async () => {
    const text = around('t: { from: s, parallelism: "${A}" }');
    expect(await findingsOf(text, { parameters: new Map([['A', 'x']]) })).toEqual([
      '10:30 DREY_PIPELINE_VALUE',
    ]);
    const plan = await planOf(text, { parameters: new Map([['A', '3']]) });
    expect(plan.nodes[1]?.parallelism).toBe(3);
  });

  test('are not replaced in keys', async () => {
    expect(await findingsOf(around('t: { from: s, "${A}": 1 }'), A)).toEqual([
      '10:17 DREY_PIPELINE_UNKNOWN_FIELD',
    ]);
  });

  test('what is put in is no YAML and holds no further ${...}', async () => {
    const parameters = new Map([['A', '${B}: [x']]);
    expect(pathOf(await planOf(withPath('x${A}'), { parameters }))).toBe('/jobs/x${B}: [x');
  });

  test('a problem behind a replaced part has the place of the text in the file', async () => {
    const text = around('t: { from: s, where: "${A} > nme" }');
    const parameters = new Map([['A', 'id + 1000000']]);
    expect(await findingsOf(text, { parameters })).toEqual([
      '10:32 DREY_EXPRESSION_UNKNOWN_COLUMN',
    ]);
  });

  test('a problem inside a replaced part has the place of its ${', async () => {
    const text = around('t: { from: s, where: "id > ${A}" }');
    const parameters = new Map([['A', '1 + nme']]);
    expect(await findingsOf(text, { parameters })).toEqual([
      '10:30 DREY_EXPRESSION_UNKNOWN_COLUMN',
    ]);
  });
});

describe('paths', () => {
  test.each([
    ['in.json', '/jobs/in.json'],
    ['./a/../in.json', '/jobs/in.json'],
    ['../in.json', '/in.json'],
    ['/data/in.json', '/data/in.json'],
    ['file:///data/in.json', '/data/in.json'],
    ['.a', '/jobs/.a'],
    ['a..b', '/jobs/a..b'],
    ['data/*.json', '/jobs/data/*.json'],
  ])('%s is %s', async (path, expected) => {
    expect(pathOf(await planOf(withPath(path)))).toBe(expected);
  });

  test.each([
    ['an empty path', '""', 'DREY_PIPELINE_VALUE'],
    ['a NUL character', '"a\\0b"', 'DREY_PIPELINE_VALUE'],
    ['a very long path', 'x'.repeat(4_097), 'DREY_PIPELINE_VALUE'],
    ['a file URL of another host', 'file://host/x', 'DREY_PIPELINE_VALUE'],
    ['a bucket', 's3://b/x', 'DREY_PIPELINE_NOT_SUPPORTED'],
  ])('%s is refused', async (_, path, code) => {
    expect(await findingsOf(withPath(path))).toEqual([`5:11 ${code}`]);
  });
});

describe('secrets', () => {
  const secret = {
    readSecret: () => Promise.resolve('hunter2\n'),
    environment: { DB_PASSWORD: 'hunter2' },
  };

  test('a file is read from the folder of the pipeline, without its last line end', async () => {
    const asked: string[] = [];
    const plan = await planOf(withPath('x${file:keys/a}'), {
      readSecret: (path) => {
        asked.push(path);
        return Promise.resolve('y\n');
      },
    });
    expect(asked).toEqual(['/jobs/keys/a']);
    expect(pathOf(plan)).toBe('/jobs/xy');
  });

  test.each([
    ['a value', around('t: { from: s, parallelism: "${file:a}" }')],
    [
      'a value from a variable with a telling name',
      around('t: { from: s, parallelism: "${DB_PASSWORD}" }'),
    ],
    ['the name of a node', around('t: { from: "${file:a}" }')],
    ['an expression', around('t: { from: s, where: "id > ${file:a}" }')],
    ['a type', around('t: { from: s }').replace('INT,', '"${file:a}",')],
    [
      'a configuration value',
      around('t: { from: s }').replace(
        'name: job',
        'name: job, config: { execution.checkpointing.interval: "${file:a}" }',
      ),
    ],
  ])('never appear in findings: %s', async (_, text) => {
    const { findings } = await loadText(text, secret);
    expect(findings).not.toEqual([]);
    const rendered = findings.map((finding) => renderFinding(finding, text)).join('\n');
    expect(rendered).not.toContain('hunter2');
  });
});
