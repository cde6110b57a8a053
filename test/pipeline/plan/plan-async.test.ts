import { describe, expect, test } from 'vitest';
import { explainNode } from '../../../src/cli/pipeline/explain-pipeline.ts';
import type { PlanNode } from '../../../src/pipeline/plan/logical-plan.ts';
import { around, findingsOf, planOf } from '../load-text.ts';

async function nodeOf(transforms: string): Promise<PlanNode> {
  const { nodes } = await planOf(around(transforms));
  return nodes.find(({ name }) => name === 't')!;
}

const async = '{ module: ./risk.js, columns: { risk: DOUBLE NOT NULL, tags: "ARRAY<STRING>" } }';

describe('calls to the outside', () => {
  test('append the columns of their result, and keep the time attribute', async () => {
    const node = await nodeOf(`t: { async: ${async} }`);
    expect(node).toMatchObject({ kind: 'async', timeColumn: 'ts', changelog: null });
    const columns = node.schema.map(
      ({ name, type }) => `${name}${type.nullable ? '' : ' NOT NULL'}`,
    );
    expect(columns.join()).toBe('id,name,amount,ts,risk NOT NULL,tags');
  });

  test('have the defaults that the reference names', async () => {
    expect(await nodeOf(`t: { async: ${async} }`)).toMatchObject({
      modulePath: '/jobs/risk.js',
      capacity: 100,
      timeoutMs: 5_000,
      isOrdered: true,
      retry: null,
    });
  });

  test('have what the file says', async () => {
    const node = await nodeOf(`t:
  async:
    module: ../shared/risk.mjs
    columns: { risk: INT }
    capacity: 7
    timeout: 1min
    order: unordered
    retry: { attempts: 3, delay: 1s, backoff: exponential, max-delay: 10s }`);
    expect(node).toMatchObject({
      modulePath: '/shared/risk.mjs',
      capacity: 7,
      timeoutMs: 60_000,
      isOrdered: false,
      retry: { attempts: 3, delayMs: 1_000, backoff: 'exponential', maxDelayMs: 10_000 },
    });
  });

  test('are explained with their state', async () => {
    const ordered = explainNode(await nodeOf(`t: { async: ${async} }`));
    expect(ordered.summary).toBe('calls of ./risk.js, ordered, 100 at a time, timeout 5s');
    expect(ordered.state).toEqual([
      {
        name: 'in flight',
        kind: 'operator',
        description:
          'at most 100 rows that wait for an answer, with the watermarks between them; after a restore they are called for again',
      },
    ]);
    const retried = explainNode(
      await nodeOf(
        't: { async: { module: ./r.js, columns: { r: INT }, order: unordered, retry: { attempts: 2, delay: 1s, backoff: exponential } } }',
      ),
    );
    expect(retried.summary).toBe(
      'calls of ./r.js, unordered, 100 at a time, timeout 5s, up to 2 retries each 1s and longer',
    );
  });

  test.each([
    ['no module', '{ columns: { r: INT } }', 'DREY_PIPELINE_MISSING_FIELD'],
    ['no columns', '{ module: ./r.js }', 'DREY_PIPELINE_MISSING_FIELD'],
    ['no column in columns', '{ module: ./r.js, columns: {} }', 'DREY_PIPELINE_VALUE'],
    ['a column of the input', '{ module: ./r.js, columns: { name: INT } }', 'DREY_PIPELINE_COLUMN'],
    ['no type', '{ module: ./r.js, columns: { r: INTT } }', 'DREY_TYPE_INVALID'],
    ['no capacity', '{ module: ./r.js, columns: { r: INT }, capacity: 0 }', 'DREY_PIPELINE_VALUE'],
    ['no time', '{ module: ./r.js, columns: { r: INT }, timeout: 0s }', 'DREY_PIPELINE_VALUE'],
    [
      'another order',
      '{ module: ./r.js, columns: { r: INT }, order: random }',
      'DREY_PIPELINE_VALUE',
    ],
    [
      'a retry without a pause',
      '{ module: ./r.js, columns: { r: INT }, retry: { attempts: 2 } }',
      'DREY_PIPELINE_MISSING_FIELD',
    ],
    [
      'a module elsewhere',
      '{ module: "s3://b/r.js", columns: { r: INT } }',
      'DREY_PIPELINE_NOT_SUPPORTED',
    ],
    [
      'a time to live',
      '{ module: ./r.js, columns: { r: INT } }, state-ttl: 1h',
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'a second operation',
      '{ module: ./r.js, columns: { r: INT } }, dictionary: { column: name, as: n }',
      'DREY_PIPELINE_CONFLICT',
    ],
  ])('refuse %s', async (_name, calls, code) => {
    const findings = await findingsOf(around(`t: { async: ${calls} }`));
    expect(findings).toEqual([expect.stringContaining(code)]);
  });

  test('refuse rows that are corrected: two calls may give two results', async () => {
    const findings = await findingsOf(
      around(`w: { window: { type: tumble, size: 1min }, aggregate: { n: COUNT(*) }, emit: { early: 10s } }
t: { async: { module: ./r.js, columns: { r: INT } } }`),
    );
    expect(findings).toEqual([expect.stringContaining('DREY_PIPELINE_CHANGELOG')]);
  });
});
