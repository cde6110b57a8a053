import { describe, expect, test } from 'vitest';
import type { PlanNode } from '../../../src/pipeline/plan/logical-plan.ts';
import { explainNode } from '../../../src/cli/pipeline/explain-pipeline.ts';
import { runSimulated } from '../../support/simulated-job.ts';
import { findingsOf, planOf } from '../load-text.ts';

const source = (name: string, columns: string, watermark = ''): string =>
  `  ${name}: { connector: filesystem, path: ${name}.jsonl, format: json, columns: { ${columns} }${watermark} }`;

const web = source(
  'web',
  'ts: BIGINT NOT NULL, id: STRING, web_time: "AS TO_TIMESTAMP_LTZ(ts, 3)"',
  ', watermark: { column: web_time, delay: 5s }',
);
const app = source(
  'app',
  'app_ts: BIGINT NOT NULL, app_id: STRING, app_time: "AS TO_TIMESTAMP_LTZ(app_ts, 3)"',
  ', watermark: { column: app_time, delay: 5s }',
);

const file = (
  transforms: string,
  sources: readonly string[] = [web, app],
): string => `pipeline: { name: p }
sources:
${sources.join('\n')}
transforms:
  ${transforms.replaceAll('\n', '\n  ')}
sinks:
  out: { from: t, connector: print }
`;

const joinOf = (fields: string): string =>
  `{ left: web, right: app, on: { id: app_id }, between: [-20s, 10s]${fields} }`;

async function planned(transforms: string, name = 't'): Promise<PlanNode> {
  const plan = await planOf(file(transforms));
  const node = plan.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}

describe('a join', () => {
  test('has the columns of the left, then those of the right, and both time attributes', async () => {
    const node = await planned(`t: { join: ${joinOf('')} }`);
    expect(node).toMatchObject({
      kind: 'interval-join',
      joinKind: 'inner',
      left: { from: { node: 'web' }, keys: [1], timeIndex: 2 },
      right: { from: { node: 'app' }, keys: [1], timeIndex: 2 },
      lowerMs: -20_000,
      upperMs: 10_000,
      timeColumn: 'app_time',
      otherTimeColumns: ['web_time'],
      changelog: null,
    });
    expect(node.schema.map(({ name }) => name)).toEqual([
      'ts',
      'id',
      'web_time',
      'app_ts',
      'app_id',
      'app_time',
    ]);
  });

  test.each([
    ['left', 'web_time', { ts: false, app_ts: true }],
    ['right', 'app_time', { ts: true, app_ts: false }],
    ['full', null, { ts: true, app_ts: true }],
  ] as const)(
    'of kind %s has the time of the side that is in every row',
    async (kind, time, may) => {
      const node = await planned(`t: { join: ${joinOf(`, kind: ${kind}`)} }`);
      expect(node).toMatchObject({ timeColumn: time, otherTimeColumns: [] });
      const nullable = Object.fromEntries(
        node.schema.map(({ name, type }) => [name, type.nullable]),
      );
      expect(nullable).toMatchObject(may);
    },
  );

  test('keeps the time attributes that a select leaves, under their new names', async () => {
    const both = `a: { join: ${joinOf('')} }\n`;
    expect(await planned(`${both}t: { select: { w: web_time, a: app_time } }`)).toMatchObject({
      timeColumn: 'a',
      otherTimeColumns: ['w'],
    });
    expect(await planned(`${both}t: { select: { id: id, w: web_time } }`)).toMatchObject({
      timeColumn: 'w',
      otherTimeColumns: [],
    });
  });

  test('is explained with what it keeps', async () => {
    const explained = explainNode(await planned(`t: { join: ${joinOf(', kind: left')} }`));
    expect(explained.summary).toBe('left join of web with app from -20s to 10s after it');
    expect(explained.inputs).toEqual(['web', 'app']);
    expect(explained.state.map(({ description }) => description)).toEqual([
      'rows of web, until the watermark is 10s past them, and whether they have met one',
      'rows of app, until the watermark is 20s past them',
      'the watermark of each input',
    ]);
  });

  const windowed = (time: string, kind = 'inner'): string =>
    `a: { join: ${joinOf(`, kind: ${kind}`)} }
t: { window: { type: tumble, size: 1min${time} }, aggregate: { n: COUNT(*) } }`;

  test('is followed by a window over the time that the window names', async () => {
    expect(await planned(windowed(', time: web_time'))).toMatchObject({ timeIndex: 2 });
    expect(await planned(windowed(', time: app_time'))).toMatchObject({ timeIndex: 5 });
    expect(await planned(windowed('', 'left'))).toMatchObject({ timeIndex: 2 });
    expect(await planned(windowed(', time: web_time', 'left'))).toMatchObject({ timeIndex: 2 });
  });

  test.each([
    ['two times and none named', windowed(''), 'DREY_PIPELINE_TIME_ATTRIBUTE'],
    ['a name that is no time', windowed(', time: ts'), 'DREY_PIPELINE_TIME_ATTRIBUTE'],
    ['an unknown name', windowed(', time: web_tim'), 'DREY_PIPELINE_COLUMN'],
    [
      'the time of a side that may be missing',
      windowed(', time: app_time', 'left'),
      'DREY_PIPELINE_TIME_ATTRIBUTE',
    ],
    ['a full join', windowed('', 'full'), 'DREY_PIPELINE_TIME_ATTRIBUTE'],
  ])('refuses a window with %s', async (_name, transforms, code) => {
    expect(await findingsOf(file(transforms))).toEqual([expect.stringContaining(code)]);
  });

  const plain = source('app', 'app_ts: BIGINT, app_id: STRING');
  const local = source(
    'app',
    'app_id: STRING, app_time: TIMESTAMP(3)',
    ', watermark: { column: app_time, delay: 5s }',
  );
  const counted = source(
    'app',
    'app_ts: BIGINT, app_id: INT, app_time: "AS TO_TIMESTAMP_LTZ(app_ts, 3)"',
    ', watermark: { column: app_time, delay: 5s }',
  );

  test.each([
    [
      'a side without event time',
      `t: { join: ${joinOf('')} }`,
      [web, plain],
      'DREY_PIPELINE_TIME_ATTRIBUTE',
    ],
    [
      'a local time beside one that is none',
      `t: { join: ${joinOf('')} }`,
      [web, local],
      'DREY_PIPELINE_TYPE',
    ],
    ['keys of two types', `t: { join: ${joinOf('')} }`, [web, counted], 'DREY_PIPELINE_TYPE'],
    [
      'from beside it',
      `t: { from: web, join: ${joinOf('')} }`,
      undefined,
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'where beside it',
      `t: { join: ${joinOf('')}, where: id = 'a' }`,
      undefined,
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'a second operation',
      `t: { join: ${joinOf('')}, window: { type: tumble, size: 1h }, aggregate: { n: COUNT(*) } }`,
      undefined,
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'an unknown input',
      't: { join: { left: web, right: ap, on: { id: app_id }, between: [0s, 1s] } }',
      undefined,
      'DREY_PIPELINE_UNKNOWN_NODE',
    ],
    [
      'an unknown column',
      't: { join: { left: web, right: app, on: { id: id }, between: [0s, 1s] } }',
      undefined,
      'DREY_PIPELINE_COLUMN',
    ],
    [
      'no bounds',
      't: { join: { left: web, right: app, on: { id: app_id } } }',
      undefined,
      'DREY_PIPELINE_MISSING_FIELD',
    ],
    [
      'an open bound',
      't: { join: { left: web, right: app, on: { id: app_id }, between: [0s, unbounded] } }',
      undefined,
      'DREY_PIPELINE_VALUE',
    ],
    [
      'one bound',
      't: { join: { left: web, right: app, on: { id: app_id }, between: 5min } }',
      undefined,
      'DREY_PIPELINE_VALUE',
    ],
    [
      'three bounds',
      't: { join: { left: web, right: app, on: { id: app_id }, between: [0s, 1s, 2s] } }',
      undefined,
      'DREY_PIPELINE_VALUE',
    ],
    [
      'bounds the wrong way round',
      't: { join: { left: web, right: app, on: { id: app_id }, between: [5s, -5s] } }',
      undefined,
      'DREY_PIPELINE_VALUE',
    ],
    [
      'no key',
      't: { join: { left: web, right: app, on: {}, between: [0s, 1s] } }',
      undefined,
      'DREY_PIPELINE_VALUE',
    ],
    [
      'a column on both sides',
      'b: { from: app, select: { id: app_id, app_time: app_time } }\nt: { join: { left: web, right: b, on: { id: id }, between: [0s, 1s] } }',
      undefined,
      'DREY_PIPELINE_COLUMN',
    ],
    [
      'a changelog',
      'b: { from: app, window: { type: tumble, size: 1min }, group-by: [app_id], aggregate: { n: COUNT(*) }, emit: { early: 1s } }\nt: { join: { left: web, right: b, on: { id: app_id }, between: [0s, 1s] } }',
      undefined,
      'DREY_PIPELINE_CHANGELOG',
    ],
  ] as const)('refuses %s', async (_name, transforms, sources, code) => {
    const findings = await findingsOf(file(transforms, sources));
    expect(findings).toEqual([expect.stringContaining(code)]);
  });

  test('joins files, and gives out what has met nothing', async () => {
    const { output, summary } = await runSimulated(
      {
        pipeline: file(
          `t: { join: ${joinOf(', kind: left')}, select: { id: id, ts: ts, app_ts: app_ts } }`,
        ),
        files: {
          'web.jsonl': '{"ts":20000,"id":"a"}\n{"ts":60000,"id":"b"}\n{"ts":61000,"id":null}\n',
          'app.jsonl':
            '{"app_ts":1000,"app_id":"a"}\n{"app_ts":30000,"app_id":"a"}\n{"app_ts":30001,"app_id":"a"}\n{"app_ts":60000,"app_id":null}\n',
        },
      },
      { seed: 1 },
    );
    expect(output.split('\n').slice(0, -1).toSorted()).toEqual([
      '{"id":"a","ts":20000,"app_ts":1000}',
      '{"id":"a","ts":20000,"app_ts":30000}',
      '{"id":"b","ts":60000,"app_ts":null}',
      '{"id":null,"ts":61000,"app_ts":null}',
    ]);
    expect(summary).toMatchObject({ recordsIn: 7, lateRecords: 0 });
  });
});
