import { expect, test } from 'vitest';
import { around, findingsOf, planOf } from '../load-text.ts';

const withSteps = (...steps: readonly string[]): string =>
  `${around('t: { from: s, window: { type: tumble, size: 1min }, aggregate: { c: COUNT(*) }, emit: { late: keep } }')}tests:
  - name: a test
    steps:
${steps.map((step) => `      - ${step}`).join('\n')}
`;

test('each field of a step becomes a step, in a fixed order', async () => {
  const plan = await planOf(
    withSteps(
      'input: { s: [ { id: 007, name: "null", amount: null, ts: } ] }',
      '{ watermark: { s: "2023-11-14 22:14:00" }, late: { t: 1 }, dead: { s: 0 } }',
      'expect: { out: [ { c: 1 } ], t.late: [ { reason: x } ] }',
      '{ expect: { out: [] }, exact: true }',
      'snapshot-and-restore: true',
      'processing-time: +60s',
      'end: true',
    ),
  );
  expect(plan.tests).toEqual([
    {
      name: 'a test',
      line: 14,
      steps: [
        {
          kind: 'input',
          line: 16,
          source: 's',
          rows: [{ id: '007', name: 'null', amount: null, ts: null }],
        },
        { kind: 'watermark', line: 17, source: 's', watermarkMs: Date.UTC(2023, 10, 14, 22, 14) },
        { kind: 'expect-count', line: 17, stream: 'late', node: 't', count: 1 },
        { kind: 'expect-count', line: 17, stream: 'dead', node: 's', count: 0 },
        {
          kind: 'expect',
          line: 18,
          stream: { node: 'out', stream: 'main' },
          rows: [{ c: '1' }],
          exact: false,
        },
        {
          kind: 'expect',
          line: 18,
          stream: { node: 't', stream: 'late' },
          rows: [{ reason: 'x' }],
          exact: false,
        },
        {
          kind: 'expect',
          line: 19,
          stream: { node: 'out', stream: 'main' },
          rows: [],
          exact: true,
        },
        { kind: 'snapshot-and-restore', line: 20 },
        { kind: 'processing-time', line: 21, advanceMs: 60_000 },
        { kind: 'end', line: 22 },
      ],
    },
  ]);
});

test('a watermark is local time of the pipeline, unless it says otherwise', async () => {
  const text = withSteps(
    'watermark: { s: "2023-11-14 22:14:00" }',
    'watermark: { s: 2023-11-14T22:14:00Z }',
    'watermark: { s: 1700000000000 }',
  ).replace('name: job', 'name: job, config: { table.local-time-zone: Asia/Shanghai }');
  const [{ steps } = { steps: [] }] = (await planOf(text)).tests;
  expect(steps.map((step) => (step.kind === 'watermark' ? step.watermarkMs : null))).toEqual([
    Date.UTC(2023, 10, 14, 14, 14),
    Date.UTC(2023, 10, 14, 22, 14),
    1_700_000_000_000,
  ]);
});

test.each([
  ['an unknown source', 'input: { x: [] }', '16:18 DREY_PIPELINE_UNKNOWN_NODE'],
  ['rows for a transform', 'input: { t: [] }', '16:18 DREY_PIPELINE_TEST'],
  ['an unknown column', 'input: { s: [ { idd: 1 } ] }', '16:25 DREY_PIPELINE_COLUMN'],
  ['a row that is no map', 'input: { s: [ 1 ] }', '16:23 DREY_PIPELINE_TEST'],
  ['rows that are no list', 'input: { s: { id: 1 } }', '16:21 DREY_PIPELINE_VALUE'],
  ['an unknown node', 'expect: { outt: [] }', '16:19 DREY_PIPELINE_UNKNOWN_NODE'],
  ['a side stream that is not open', 'expect: { s.dead: [] }', '16:19 DREY_PIPELINE_TEST'],
  ['an unknown expected column', 'expect: { out: [ { d: 1 } ] }', '16:28 DREY_PIPELINE_COLUMN'],
  [
    'the hidden window time',
    'expect: { out: [ { window_time: 1 } ] }',
    '16:28 DREY_PIPELINE_COLUMN',
  ],
  ['op without exact', 'expect: { out: [ { op: +I } ] }', '16:28 DREY_PIPELINE_COLUMN'],
  ['late rows of a source', 'late: { s: 1 }', '16:17 DREY_PIPELINE_TEST'],
  ['dead rows of a window', 'dead: { t: 1 }', '16:17 DREY_PIPELINE_TEST'],
  ['a count below zero', 'dead: { s: -1 }', '16:20 DREY_PIPELINE_VALUE'],
  ['a watermark that is no time', 'watermark: { s: soon }', '16:25 DREY_PIPELINE_TEST'],
  ['a day that does not exist', 'watermark: { s: 2023-02-30 }', '16:25 DREY_PIPELINE_TEST'],
  ['an unknown step', 'wait: 1s', '16:9 DREY_PIPELINE_UNKNOWN_FIELD'],
])('%s is refused', async (_, step, expected) => {
  expect(await findingsOf(withSteps(step))).toEqual([expected]);
});

test('the first step may say where the clock starts', async () => {
  const plan = await planOf(
    withSteps('{ input: { s: [] }, processing-time: "2023-11-14 22:14:00" }', 'end: true'),
  );
  expect(plan.tests[0]?.steps[0]).toEqual({
    kind: 'clock',
    line: 16,
    atMs: Date.UTC(2023, 10, 14, 22, 14),
  });
  expect(
    await findingsOf(withSteps('end: false', 'processing-time: "2023-11-14 22:14:00"')),
  ).toEqual(['17:26 DREY_PIPELINE_TEST']);
});
