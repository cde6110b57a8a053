import { describe, expect, test } from 'vitest';
import { explainNode } from '../../../src/cli/pipeline/explain-pipeline.ts';
import { findingsOf, planOf } from '../load-text.ts';

interface Parts {
  /** More fields of the table. */
  readonly table?: string;
  readonly transforms?: string;
  readonly refresh?: string;
  readonly sinks?: string;
}

const file = ({ table = '', transforms = '', refresh = '10min', sinks = '' }: Parts): string =>
  `pipeline: { name: p }
sources:
  s: { connector: filesystem, path: s.jsonl, format: json, columns: { id: BIGINT, ts: BIGINT, at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }, watermark: { column: at, delay: 1s } }
  places: { connector: filesystem, path: places.csv, format: csv, columns: { id: BIGINT, place: STRING }${table} }
transforms:
  t: { from: s, lookup: { table: places, on: { id: id }, refresh: ${refresh} } }
${transforms}
sinks:
  out: { from: t, connector: print }
${sinks}
`;

describe('refresh of a lookup', () => {
  test('is planned and explained', async () => {
    const plan = await planOf(file({}));
    const lookup = plan.nodes.find(({ name }) => name === 't')!;
    expect(lookup).toMatchObject({ refreshMs: 600_000 });
    const { summary, state } = explainNode(lookup);
    expect(summary).toBe('lookup in places, missing: keep, read again each 10min');
    expect(state[0]?.description).toBe(
      'all rows of places, in every subtask; twice while it is read again',
    );
  });

  const sink = (name: string): string => `  ${name}_out: { from: ${name}, connector: blackhole }`;

  test.each<[string, Parts, string]>([
    ['too often', { refresh: '10ms' }, 'DREY_PIPELINE_VALUE'],
    [
      'of a table that keeps dead letters',
      { table: ', on-error: dead-letter' },
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'of a table that another lookup reads once',
      {
        transforms: '  u: { from: s, lookup: { table: places, on: { id: id } } }',
        sinks: sink('u'),
      },
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'of a table that is read as a stream, too',
      { transforms: '  u: { from: places, where: id > 1 }', sinks: sink('u') },
      'DREY_PIPELINE_CONFLICT',
    ],
  ])('is refused %s', async (_name, parts, code) => {
    expect(await findingsOf(file(parts))).toEqual([expect.stringContaining(code)]);
  });

  test('is refused of a table that is no file', async () => {
    const text = file({}).replace(
      'connector: filesystem, path: places.csv, format: csv',
      'connector: datagen, number-of-rows: 5',
    );
    expect(await findingsOf(text)).toEqual([expect.stringContaining('DREY_PIPELINE_CONFLICT')]);
  });

  test('is refused where the input takes back rows', async () => {
    const text = file({
      transforms:
        '  counted: { from: s, window: { type: tumble, size: 1min }, group-by: [id], aggregate: { n: COUNT(*) }, emit: { early: 1s } }',
    }).replace('t: { from: s,', 't: { from: counted,');
    expect(await findingsOf(text)).toEqual([expect.stringContaining('DREY_PIPELINE_CONFLICT')]);
  });
});
