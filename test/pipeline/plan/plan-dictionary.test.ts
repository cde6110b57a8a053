import { describe, expect, test } from 'vitest';
import { explainNode } from '../../../src/cli/pipeline/explain-pipeline.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { around, findingsOf, loadText, planOf } from '../load-text.ts';
import { runSimulated } from '../../support/simulated-job.ts';
import { driveTests } from '../../support/drive-tests.ts';
import { NaiveNumbers } from '../../support/key-groups-of.ts';
import { types } from '../../engine/batch/nullable-types.ts';

describe('a dictionary', () => {
  test('appends a column of numbers and keeps the time attribute', async () => {
    const plan = await planOf(around('t: { dictionary: { column: name, as: number } }'));
    const node = plan.nodes.find(({ name }) => name === 't');
    expect(node).toMatchObject({ kind: 'dictionary', timeColumn: 'ts', columnIndex: 1 });
    expect(node?.schema.map(({ name }) => name)).toEqual(['id', 'name', 'amount', 'ts', 'number']);
    expect(node?.schema.at(-1)?.type).toEqual({ root: 'INT', nullable: true });
  });

  test('of a column without NULLs gives numbers without NULLs', async () => {
    const plan = await planOf(
      around(`n: { select: { word: "'a'" } }\nt: { dictionary: { column: word, as: number } }`),
    );
    expect(plan.nodes.find(({ name }) => name === 't')?.schema.at(-1)?.type.nullable).toBe(false);
  });

  test('takes updates, under the key of its input', async () => {
    const plan = await planOf(
      around(`w: { window: { type: tumble, size: 1min }, group-by: [name], aggregate: { n: COUNT(*) }, emit: { allowed-lateness: 1min } }
t: { dictionary: { column: name, as: number } }`),
    );
    const [w, t] = ['w', 't'].map((name) => plan.nodes.find((node) => node.name === name));
    expect(t?.changelog?.key?.length).toBeGreaterThan(0);
    expect(t?.changelog).toEqual(w?.changelog);
  });

  test('is explained with its state', async () => {
    const plan = await planOf(around('t: { dictionary: { column: name, as: number } }'));
    const explained = explainNode(plan.nodes.find(({ name }) => name === 't')!);
    expect(explained.summary).toBe('dictionary of name as number');
    expect(explained.state).toEqual([
      {
        name: 'numbers',
        kind: 'keyed',
        description:
          'a number for each value seen, never given to another; kept for ever, see state-ttl',
      },
    ]);
  });

  describe('that is shared', () => {
    const shared = (fields: string, more = ''): string =>
      around(`t: { dictionary: { column: name, as: n, ${fields} }${more} }`);

    test('has a server and a key, and no warning that it keeps all values', async () => {
      const text = shared('store: redis, url: "redis://h:1/2", password: p, key: devices');
      const { findings } = await loadText(text);
      expect(findings).toEqual([]);
      const plan = await planOf(text);
      const node = plan.nodes.find(({ name }) => name === 't')!;
      const store = { key: 'devices', address: { host: 'h', port: 1, database: 2, password: 'p' } };
      expect(node).toMatchObject({ store });
      expect(explainNode(node).state).toEqual([
        {
          name: 'witness',
          kind: 'operator',
          description:
            'the last number that was taken from the shared store devices of Redis at h:1',
        },
      ]);
      const dictionary = toStreamGraph(plan).nodes.find(({ uid }) => uid === 't');
      expect(dictionary).toMatchObject({
        spec: { dictionary: { store: { name: 't', ...store } } },
      });
    });

    test('needs a server and a key, and takes texts and integers', async () => {
      expect(await findingsOf(shared('store: redis'))).toEqual([
        expect.stringContaining('DREY_PIPELINE_MISSING_FIELD'),
        expect.stringContaining('DREY_PIPELINE_MISSING_FIELD'),
      ]);
      const fields = 'store: redis, url: "redis://h", key: k';
      expect(await findingsOf(shared(fields, ', state-ttl: 1h'))).toEqual([
        expect.stringContaining('DREY_PIPELINE_CONFLICT'),
      ]);
      expect(
        await findingsOf(around(`t: { dictionary: { column: ts, as: n, ${fields} } }`)),
      ).toEqual([expect.stringContaining('DREY_PIPELINE_TYPE')]);
    });

    test('alone has a server', async () => {
      expect(await findingsOf(shared('url: "redis://h"'))).toContainEqual(
        expect.stringMatching(/^\d+:\d+ DREY_PIPELINE_CONFLICT/),
      );
    });
  });

  test('keeps values for the time to live', async () => {
    const plan = await planOf(
      around('t: { dictionary: { column: name, as: number }, state-ttl: 1h }'),
    );
    const node = plan.nodes.find(({ name }) => name === 't')!;
    expect(node).toMatchObject({ stateTtlMs: 3_600_000 });
    expect(explainNode(node).state[0]?.description).toContain('did not occur for 1h gets a new');
    const dictionary = toStreamGraph(plan).nodes.find(({ uid }) => uid === 't');
    expect(dictionary).toMatchObject({ spec: { dictionary: { ttlMs: 3_600_000 } } });
  });

  test('forgets values by the clock of a pipeline test, over a snapshot', async () => {
    const numbers = new NaiveNumbers(types.text);
    const [a, b, again] = ['a', 'b', 'a'].map((value) => numbers.next(value));
    const plan = await planOf(`${around(
      't: { dictionary: { column: name, as: number }, state-ttl: 1h }',
    )}
tests:
  - name: t
    steps:
      - input: { s: [{ name: a, ts: "2024-01-01 00:00:00Z" }, { name: b, ts: "2024-01-01 00:00:00Z" }] }
      - processing-time: +59min
      - input: { s: [{ name: b, ts: "2024-01-01 00:00:00Z" }] }
      - snapshot-and-restore: true
      - processing-time: +1min
      - input: { s: [{ name: a, ts: "2024-01-01 00:00:00Z" }, { name: b, ts: "2024-01-01 00:00:00Z" }] }
      - expect: { out: [${[a, b, b, again, b].map((number) => `{ number: ${number} }`).join(', ')}] }
`);
    const platform = createSimulatedPlatform({ seed: 1 });
    const outcomes = await driveTests(plan, platform);
    expect(outcomes.map(({ failures }) => failures)).toEqual([[]]);
  });

  test('filters before and selects behind; a window counts the numbers', async () => {
    const { output } = await runSimulated(
      {
        pipeline: around(`d:
  where: amount > 0
  dictionary: { column: name, as: number }
  select: { ts: ts, number: number }
t:
  window: { type: tumble, size: 1min }
  aggregate: { uv: COUNT(DISTINCT number), highest: MAX(number) }`),
        files: {
          'in.json': `{"id":1,"name":"x","amount":0,"ts":"1970-01-01 00:00:01Z"}
{"id":2,"name":"a","amount":1,"ts":"1970-01-01 00:00:02Z"}
{"id":3,"name":"b","amount":1,"ts":"1970-01-01 00:00:03Z"}
{"id":4,"name":"a","amount":1,"ts":"1970-01-01 00:00:04Z"}
{"id":5,"name":"c","amount":1,"ts":"1970-01-01 00:01:05Z"}
`,
        },
      },
      { seed: 1 },
    );
    const numbers = new NaiveNumbers(types.text);
    const [a, b, c] = ['a', 'b', 'c'].map((value) => numbers.next(value));
    const rows = output.split('\n').slice(0, -1);
    expect(rows.map((row): unknown => JSON.parse(row))).toMatchObject([
      { window_start: '1970-01-01 00:00:00', uv: 2, highest: Math.max(a!, b!) },
      { window_start: '1970-01-01 00:01:00', uv: 1, highest: c },
    ]);
  });

  test.each([
    ['an unknown column', '{ column: nam, as: number }', 'DREY_PIPELINE_COLUMN'],
    ['a name that is taken', '{ column: name, as: amount }', 'DREY_PIPELINE_COLUMN'],
    ['no name', '{ column: name }', 'DREY_PIPELINE_MISSING_FIELD'],
    ['an unknown store', '{ column: name, as: number, store: disk }', 'DREY_PIPELINE_VALUE'],
    [
      'a second operation',
      '{ column: name, as: number }, aggregate: { n: COUNT(*) }',
      'DREY_PIPELINE_CONFLICT',
    ],
  ])('refuses %s', async (_name, dictionary, code) => {
    const findings = await findingsOf(around(`t: { dictionary: ${dictionary} }`));
    expect(findings).toEqual([expect.stringContaining(code)]);
  });
});
