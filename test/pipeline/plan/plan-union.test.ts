import { describe, expect, test } from 'vitest';
import { planOf, findingsOf } from '../load-text.ts';
import { runSimulated } from '../../support/simulated-job.ts';

const source = (name: string, columns: string, watermark = ''): string =>
  `  ${name}: { connector: filesystem, path: ${name}.jsonl, format: json, columns: { ${columns} }${watermark} }`;
const time = 'ts: BIGINT, at: "AS TO_TIMESTAMP_LTZ(ts, 3)"';
const watermark = ', watermark: { column: at, delay: 5s }';

const file = (sources: readonly string[], transforms: string): string => `pipeline: { name: p }
sources:
${sources.join('\n')}
transforms:
  ${transforms.replaceAll('\n', '\n  ')}
sinks:
  out: { from: t, connector: print }
`;

const web = source('web', `${time}, id: STRING`, watermark);
const app = source('app', `id: STRING, ${time}`, watermark);

describe('a union', () => {
  test('has the columns of the first, in its order, and the time attribute of all', async () => {
    const plan = await planOf(file([web, app], 't: { union: [web, app] }'));
    const union = plan.nodes.find(({ name }) => name === 't');
    expect(union).toMatchObject({ kind: 'union', timeColumn: 'at', changelog: null });
    expect(union?.schema.map(({ name }) => name)).toEqual(['ts', 'at', 'id']);
    expect(union).toMatchObject({ inputs: [{ columns: [0, 1, 2] }, { columns: [1, 2, 0] }] });
  });

  test('counts rows of all inputs in one window', async () => {
    const transforms = `all: { union: [web, app] }
t: { from: all, window: { type: tumble, size: 1min }, aggregate: { n: COUNT(*), ids: COUNT(DISTINCT id) } }`;
    const { output, summary } = await runSimulated(
      {
        pipeline: file([web, app], transforms),
        files: {
          'web.jsonl': '{"ts":1000,"id":"a"}\n{"ts":61000,"id":"b"}\n',
          'app.jsonl': '{"ts":2000,"id":"a"}\n{"ts":3000,"id":"c"}\n',
        },
      },
      { seed: 1 },
    );
    expect(output.split('\n').slice(0, -1)).toEqual([
      '{"window_start":"1970-01-01 00:00:00","window_end":"1970-01-01 00:01:00","n":3,"ids":2}',
      '{"window_start":"1970-01-01 00:01:00","window_end":"1970-01-01 00:02:00","n":1,"ids":1}',
    ]);
    expect(summary).toMatchObject({ recordsIn: 4, lateRecords: 0 });
  });

  test('may filter and select', async () => {
    const { output } = await runSimulated(
      {
        pipeline: file(
          [web, app],
          "t: { union: [web, app], where: id <> 'b', select: { id: id } }",
        ),
        files: {
          'web.jsonl': '{"ts":1,"id":"a"}\n{"ts":2,"id":"b"}\n',
          'app.jsonl': '{"ts":3,"id":"c"}\n',
        },
      },
      { seed: 1 },
    );
    expect(output.split('\n').slice(0, -1).toSorted()).toEqual(['{"id":"a"}', '{"id":"c"}']);
  });

  test.each([
    [
      'another type',
      [web, source('app', 'ts: BIGINT, at: "AS TO_TIMESTAMP_LTZ(ts, 3)", id: INT')],
      't: { union: [web, app] }',
      'DREY_PIPELINE_TYPE',
    ],
    [
      'a column less',
      [web, source('app', 'ts: BIGINT, id: STRING')],
      't: { union: [web, app] }',
      'DREY_PIPELINE_TYPE',
    ],
    [
      'a column more',
      [web, source('app', `${time}, id: STRING, more: INT`)],
      't: { union: [web, app] }',
      'DREY_PIPELINE_TYPE',
    ],
    ['an unknown input', [web, app], 't: { union: [web, apt] }', 'DREY_PIPELINE_UNKNOWN_NODE'],
    ['from beside it', [web, app], 't: { from: web, union: [web, app] }', 'DREY_PIPELINE_CONFLICT'],
    [
      'a second operation',
      [web, app],
      't: { union: [web, app], window: { type: tumble, size: 1h }, aggregate: { n: COUNT(*) } }',
      'DREY_PIPELINE_CONFLICT',
    ],
  ])('refuses %s', async (_name, sources, transforms, code) => {
    const findings = await findingsOf(file(sources, transforms));
    expect(findings).toEqual([expect.stringContaining(code)]);
  });

  test('without one time attribute in all of them has none, and says so', async () => {
    const plain = source('app', `${time}, id: STRING`);
    const transforms = `all: { union: [web, app] }
t: { from: all, window: { type: tumble, size: 1min }, aggregate: { n: COUNT(*) } }`;
    const findings = await findingsOf(file([web, plain], transforms));
    expect(findings).toEqual([expect.stringContaining('DREY_PIPELINE_TIME_ATTRIBUTE')]);
  });
});
