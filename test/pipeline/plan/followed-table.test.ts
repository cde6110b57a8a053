import { describe, expect, test } from 'vitest';
import { explainNode } from '../../../src/cli/pipeline/explain-pipeline.ts';
import { runSimulated } from '../../support/simulated-job.ts';
import { findingsOf, planOf } from '../load-text.ts';

/** Clicks are counted by the day as they come; each exposure sees the count so far. */
const file = (
  transforms: string,
  counted = 'window: { type: tumble, size: 1d }, group-by: [clicked], aggregate: { n: COUNT(*) }, emit: { allowed-lateness: 1d }',
): string => `pipeline: { name: p }
sources:
  exposures:
    connector: filesystem
    path: exposures.jsonl
    format: json
    columns: { ts: BIGINT, id: STRING, at: "AS TO_TIMESTAMP_LTZ(ts, 3)", day: "AS CAST('1970-01-01 00:00:00' AS TIMESTAMP(3))", next: "AS CAST('1970-01-02 00:00:00' AS TIMESTAMP(3))" }
    watermark: { column: at, delay: 1s }
  clicks:
    connector: filesystem
    path: clicks.jsonl
    format: json
    columns: { ts: BIGINT, clicked: STRING, at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }
    watermark: { column: at, delay: 1s }
transforms:
  counted: { from: clicks, ${counted} }
${transforms.replaceAll(/^/gm, '  ')}
sinks:
  out: { from: t, connector: print }
`;

const on = 'on: { day: window_start, next: window_end, id: clicked }';
const lookup = `t: { from: exposures, lookup: { table: counted, ${on} } }`;

describe('a lookup in a transform', () => {
  test('follows what the transform says, and has its columns but not the hidden ones', async () => {
    const plan = await planOf(file(lookup));
    const node = plan.nodes.find(({ name }) => name === 't')!;
    expect(node).toMatchObject({
      follows: true,
      table: 'counted',
      timeColumn: 'at',
      changelog: null,
    });
    expect(node.schema.map(({ name }) => name)).toEqual(['ts', 'id', 'at', 'day', 'next', 'n']);
    const { summary, state, inputs } = explainNode(node);
    expect(summary).toBe('lookup in counted as it changes, missing: keep');
    expect(inputs).toEqual(['exposures', 'counted']);
    expect(state[0]?.description).toBe('the current rows of counted, in every subtask');
  });

  test('gives each row the current row of its key', async () => {
    // The window of clicks fires with the last of them; both files are read batch by batch.
    const click = (ts: number, id: string): string => `{"ts":${ts},"clicked":"${id}"}\n`;
    const exposures = Array.from(
      { length: 5000 },
      (_, n) => `{"ts":${n},"id":"${n % 2 === 0 ? 'a' : 'b'}"}\n`,
    );
    const { output } = await runSimulated(
      {
        pipeline: file(lookup),
        files: {
          'exposures.jsonl': exposures.join(''),
          'clicks.jsonl': [click(1, 'a'), click(2, 'a'), click(90_000_000, 'a')].join(''),
        },
      },
      { seed: 1 },
    );
    const rows = output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { readonly id: string; readonly n: number | null });
    expect(rows).toHaveLength(5000);
    expect(new Set(rows.filter(({ id }) => id === 'b').map(({ n }) => n))).toEqual(new Set([null]));
    const seen = rows.filter(({ id }) => id === 'a').map(({ n }) => n);
    expect(seen.at(-1)).toBe(2);
    expect(seen.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(seen);
  });

  test.each([
    [
      'only adds rows',
      file(lookup, 'where: clicked IS NOT NULL').replace(on, 'on: { id: clicked }'),
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'has lost its key',
      file(`less: { from: counted, select: { clicked: clicked, n: n } }
t: { from: exposures, lookup: { table: less, on: { id: clicked } } }`),
      'DREY_PIPELINE_CONFLICT',
    ],
    ['has another key', file(lookup.replace(on, 'on: { id: clicked }')), 'DREY_PIPELINE_CONFLICT'],
    [
      'is to be read again',
      file(lookup.replace(on, `${on}, refresh: 10s`)),
      'DREY_PIPELINE_CONFLICT',
    ],
    [
      'is not there',
      file(lookup.replace('table: counted', 'table: count')),
      'DREY_PIPELINE_UNKNOWN_NODE',
    ],
    [
      'is asked by one that takes back rows',
      file(`seen: { from: exposures, window: { type: tumble, size: 1d }, group-by: [id], aggregate: { m: COUNT(*) }, emit: { allowed-lateness: 1d } }
t: { from: seen, lookup: { table: counted, on: { window_start: window_start, window_end: window_end, id: clicked } } }`),
      'DREY_PIPELINE_CHANGELOG',
    ],
    [
      'is the node itself',
      file(lookup.replace('table: counted', 'table: t')),
      'DREY_PIPELINE_CYCLE',
    ],
  ])('is refused when it %s', async (_name, text, code) => {
    expect(await findingsOf(text)).toContainEqual(expect.stringContaining(code));
  });
});
