import { describe, expect, test } from 'vitest';
import { planOfJob } from '../../../src/cli/job/plan-job.ts';
import { planView } from '../../../src/cli/job/plan-view.ts';
import { decodeJobPlan, type JobPlan } from '../../../src/flink/model/job-plan.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView } from '../../../src/output/render-view.ts';
import { answeringCluster } from '../../support/answering-cluster.ts';
import { recordedVersions, recordingOf } from '../../support/flink-recordings.ts';
import { recordedRunningJob } from '../../support/recorded-job.ts';

const plain = { palette: createPalette(false), zoneOffset: () => 0 };
const drawn = (plan: JobPlan, format: 'text' | 'svg' | 'mermaid' | 'dot' = 'text'): string =>
  renderView(planView(plan, format), 'text', plain);

const tick = [
  'Source: Sequence Source  x2  f362c87f',
  '│  → Map',
  '└─ count HASH  x2  b71731f1',
  '      → Filter',
  '      → Sink: out',
  '',
].join('\n');

describe.each(recordedVersions)('with %s', (version) => {
  test('the plan of a job is drawn with its chains and exchanges', async () => {
    const { jobId, answers } = recordedRunningJob(version);
    const { session } = await answeringCluster(answers);
    const plan = await planOfJob(session, jobId);
    expect(drawn(plan)).toBe(tick);
    expect(plan).toMatchObject({ jobId, name: 'tick', type: 'STREAMING' });
  });

  test('the plan of a jar is drawn the same way', () => {
    expect(drawn(decodeJobPlan(recordingOf(version, 'jar-plan').body))).toContain('count HASH');
  });
});

const plan = (nodes: readonly object[]): JobPlan =>
  decodeJobPlan({ plan: { name: 'p', type: 'STREAMING', nodes } });
const id = (digit: string): string => digit.repeat(32);

test('names of SQL operators are cut to the width of a terminal', () => {
  const calc = `Calc(select=[${'a_long_column, '.repeat(30)}])`;
  const text = drawn(
    plan([
      { id: id('a'), parallelism: 1, description: `${calc}<br/>+- ${calc}<br/>` },
      {
        id: id('b'),
        parallelism: 1,
        description: calc,
        inputs: [{ id: id('a'), ship_strategy: 'FORWARD' }],
      },
    ]),
  );
  const widths = text.split('\n').map((line) => line.length);
  expect(Math.max(...widths)).toBe(80);
});

test('two inputs from the same vertex are two edges', () => {
  const inputs = [
    { id: id('a'), ship_strategy: 'HASH' },
    { id: id('a'), ship_strategy: 'BROADCAST' },
  ];
  const mermaid = drawn(
    plan([
      { id: id('a'), parallelism: 1, description: 'numbers' },
      { id: id('b'), parallelism: 1, description: 'join', inputs },
    ]),
    'mermaid',
  );
  expect(mermaid).toContain('n0 -->|"HASH"| n1\n  n0 -->|"BROADCAST"| n1');
});

test('an input that is not in the plan is left out', () => {
  const inputs = [{ id: id('f'), ship_strategy: 'HASH' }];
  expect(
    drawn(plan([{ id: id('a'), parallelism: 3, description: 'lonely', inputs }]), 'dot'),
  ).not.toContain('->');
});

test('text of a plan stays text in a picture', () => {
  const svg = drawn(
    plan([{ id: id('a'), parallelism: 1, description: '&lt;script&gt;alert(1)&lt;/script&gt;' }]),
    'svg',
  );
  expect(svg).toContain('&lt;script&gt;alert(1)');
  expect(svg).not.toContain('<script>');
});
