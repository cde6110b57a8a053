import { describe, expect, test } from 'vitest';
import type { TestOutcome } from '../../../src/cli/pipeline-test/test-outcome.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { planOf } from '../../pipeline/load-text.ts';
import { driveTests } from '../../support/drive-tests.ts';

const pipeline = `
pipeline: { name: job }
sources:
  s:
    connector: filesystem
    path: in.json
    format: json
    columns: { id: BIGINT, name: STRING, ts: TIMESTAMP_LTZ(3) }
    watermark: { column: ts, delay: 0s }
    on-error: dead-letter
  names:
    connector: filesystem
    path: names.jsonl
    format: json
    columns: { name: STRING, long: STRING }
    primary-key: [name]
    on-error: dead-letter
transforms:
  named: { from: s, lookup: { table: names, on: { name: name }, select: [long] } }
  t:
    from: named
    window: { type: tumble, size: 1min }
    group-by: [long]
    aggregate: { n: COUNT(*), most: MAX(id) }
    emit: { late: keep }
sinks:
  out: { from: t, connector: print }
  late: { from: t.late, connector: blackhole }
  broken: { from: s.dead, connector: blackhole }
  unnamed: { from: names.dead, connector: blackhole }
tests:
  - name: the test
    steps:
`;

const namesFile = '{"name":"a","long":"Anna"}\nbroken\n';

async function run(steps: string): Promise<TestOutcome> {
  const indented = steps.trim().replace(/^\s*/gm, '      ');
  const plan = await planOf(pipeline + indented, { folder: '/work', workingDirectory: '/work' });
  const platform = createSimulatedPlatform({ seed: 1, files: { 'names.jsonl': namesFile } });
  const [outcome] = await driveTests(plan, platform);
  return outcome!;
}

const row = (id: number, time: string, name = 'a'): string =>
  `{ id: ${id}, name: ${name}, ts: "2024-01-01 00:${time}Z" }`;

/** What a failed test says of its first difference; null when it passed. */
async function differenceOf(steps: string): Promise<unknown> {
  const { passed, failures } = await run(steps);
  if (passed) return null;
  const [{ expectation, expected, actual }] = failures as [TestOutcome['failures'][number]];
  return { expectation, expected, actual };
}

describe('the steps of a pipeline test', () => {
  test('feed rows and compare the columns that are named, in any order', async () => {
    const input = `- input: { s: [${row(1, '00:01')}, ${row(2, '00:02', 'b')}, ${row(3, '00:03')}] }`;
    expect(
      await differenceOf(`${input}
        - watermark: { s: "2024-01-01 00:01:00" }
        - expect: { out: [{ n: 1, long: null }, { n: 2, long: Anna }] }`),
    ).toBeNull();
    expect(
      await differenceOf(`${input}
        - end: true
        - expect: { out: [{ n: 3 }] }`),
    ).toEqual({
      expectation: 'rows of out',
      expected: ['{"n":3}'],
      actual: ['{"n":2}', '{"n":1}'],
    });
  });

  test('see the rows since the last expectation only', async () => {
    expect(
      await differenceOf(`- input: { s: [${row(1, '00:01')}] }
        - expect: { out: [] }
        - end: true
        - expect: { out: [{ most: 1 }] }
        - expect: { out: [] }`),
    ).toBeNull();
  });

  test('keep the state over a snapshot and a restore, the table too', async () => {
    expect(
      await differenceOf(`- input: { s: [${row(1, '00:01')}] }
        - snapshot-and-restore: true
        - input: { s: [${row(5, '00:02')}] }
        - snapshot-and-restore: true
        - end: true
        - expect: { out: [{ n: 2, most: 5, long: Anna }] }`),
    ).toBeNull();
  });

  test('count late rows', async () => {
    const late = `- input: { s: [${row(1, '02:00')}, ${row(2, '00:01')}] }`;
    expect(await differenceOf(`${late}\n- late: { t: 1 }`)).toBeNull();
    expect(await differenceOf(`${late}\n- late: { t: 2 }`)).toEqual({
      expectation: 'late rows of t',
      expected: ['2 rows'],
      actual: ['1 rows'],
    });
  });

  test('count unreadable rows, those of a table that is read from its file too', async () => {
    expect(
      await differenceOf('- input: { s: [{ id: word }] }\n- dead: { s: 1 }\n- dead: { names: 1 }'),
    ).toBeNull();
  });

  test('fail with the reason where the job fails', async () => {
    const { passed, failures } = await run('- input: { s: [{ id: 1 }] }');
    expect(passed).toBe(false);
    expect(failures[0]).toMatchObject({
      expectation: 'the job goes on',
      actual: [expect.stringContaining('column ts is NULL')],
    });
  });

  test('take a whole number of milliseconds', async () => {
    const { durationMs } = await run(`- input: { s: [${row(1, '00:01')}] }`);
    expect(durationMs).toBe(Math.round(durationMs));
  });
});

test('a watermark that is emitted from time to time waits for the clock', async () => {
  const periodic = pipeline.replace('delay: 0s', 'delay: 0s, emit: on-periodic');
  const steps = `
    - input: { s: [ ${row(1, '00:10')}, ${row(2, '01:10')} ] }
    - expect: { out: [ { n: 1, most: 1 } ] }
    - input: { s: [ ${row(3, '02:10')} ] }
    - processing-time: +199ms
    - expect: { out: [ ] }
    - snapshot-and-restore: true
    - processing-time: +1ms
    - expect: { out: [ { n: 1, most: 2 } ] }`;
  const plan = await planOf(periodic + steps.replace(/^\s*/gm, '      '), {
    folder: '/work',
    workingDirectory: '/work',
  });
  const platform = createSimulatedPlatform({ seed: 1, files: { 'names.jsonl': namesFile } });
  const [outcome] = await driveTests(plan, platform);
  expect(outcome?.failures).toEqual([]);
});
