import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drey, repositoryRoot } from './drey-process.ts';

const examples = join(repositoryRoot, 'examples');
const sessions = join(examples, 'session-tracker', 'pipeline.yaml');

test.each([1, 3])('the session tracker gives the expected rows at %i', async (parallelism) => {
  const ended = await drey(['run', sessions, '--parallelism', String(parallelism)]);
  expect(ended.exit, ended.error).toBe(0);
  const expected = readFileSync(join(examples, 'session-tracker', 'expected.jsonl'), 'utf8');
  const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  expect(ended.output.split('\n').slice(0, -1).toSorted(byBytes)).toEqual(
    expected.split('\n').slice(0, -1),
  );
});

test.each(['session-tracker', 'process-ttl'])('the tests of %s pass', async (name) => {
  const ended = await drey(['pipeline', 'test', join(examples, name, 'pipeline.yaml')]);
  expect(ended.exit, ended.output).toBe(0);
});

describe('a module that is wrong', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drey-process-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const pipeline = `pipeline: { name: p }
sources:
  s: { connector: stdin, columns: { id: BIGINT } }
transforms:
  t: { process: { module: ./MODULE, key-by: [id], columns: { id: BIGINT } } }
sinks:
  out: { from: t, connector: print }
`;

  async function run(module: string, text: string | null, verb: readonly string[]) {
    const file = join(folder, `${module}.yaml`);
    writeFileSync(file, pipeline.replace('MODULE', module));
    if (text !== null) writeFileSync(join(folder, module), text);
    return drey([...verb, file, '--json'], { input: '{"id":1}\n{"id":2}\n' });
  }

  test.each<[string, string | null, number, string, RegExp]>([
    ['missing.mjs', null, 3, 'DREY_MODULE_NOT_FOUND', /^t: there is no module /],
    ['syntax.mjs', 'export default {', 3, 'DREY_MODULE_FAILED', /SyntaxError/],
    ['throws.mjs', '\nthrow new Error("no");', 3, 'DREY_MODULE_FAILED', /Error: no \(line 2:7\)/],
    ['import.mjs', 'import "nowhere-to-be-found";', 3, 'DREY_MODULE_FAILED', /nowhere-to-be-found/],
    ['none.mjs', 'export const a = 1;', 3, 'DREY_MODULE_EXPORT', /there is none/],
    [
      'code.mjs',
      'export default {\n  processElement(row) {\n    if (row.id === 2) row.a.b();\n  },\n};',
      9,
      'DREY_PROCESS_FAILED',
      /processElement of \.\/code\.mjs:3:29, key \{"id":2\}: TypeError/,
    ],
    [
      'row.mjs',
      'export default class {\n  processElement(row, c, out) {\n    out.collect({ id: "x" });\n  }\n}',
      9,
      'DREY_PROCESS_ROW',
      /row\.mjs:3:9, key \{"id":1\}: column "id" of the output got the text "x"/,
    ],
  ])('%s: code, exit status and place', async (...[module, text, exit, code, message]) => {
    const ended = await run(module, text, ['run']);
    expect(ended.exit, ended.error).toBe(exit);
    // The last document; rows may stand before it.
    const document = `${ended.output}\n${ended.error}`.split(/^(?=\{)/m).at(-1) ?? '';
    const { error } = JSON.parse(document) as {
      readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
    };
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(error.hint).not.toBe(undefined);
  });

  test('is not run when the pipeline is checked', async () => {
    const ended = await run('checked.mjs', 'throw new Error("ran");', ['pipeline', 'validate']);
    expect(ended.exit, ended.error).toBe(0);
  });
});
