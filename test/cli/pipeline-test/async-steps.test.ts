import { expect, test } from 'vitest';
import type { AsyncContext } from '../../../src/engine/async/async-function.ts';
import type { TestOutcome } from '../../../src/cli/pipeline-test/test-outcome.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { planOf } from '../../pipeline/load-text.ts';
import { driveTests } from '../../support/drive-tests.ts';

const pipeline = (async: string): string => `
pipeline: { name: job }
sources:
  s: { connector: filesystem, path: in.json, format: json, columns: { id: INT } }
transforms:
  t: { from: s, async: { module: ./call.js, columns: { answer: STRING }${async} } }
sinks:
  out: { from: t, connector: print }
tests:
  - name: the test
    steps:
`;

interface Setting {
  readonly async?: string;
  readonly steps: string;
  readonly module: (platform: () => SimulatedPlatform) => unknown;
}

async function run({ async = '', steps, module }: Setting): Promise<TestOutcome> {
  const text = pipeline(async) + steps.trim().replace(/^\s*/gm, '      ');
  const plan = await planOf(text, { folder: '/work', workingDirectory: '/work' });
  const platform: SimulatedPlatform = createSimulatedPlatform({
    seed: 1,
    modules: { '/work/call.js': module(() => platform) },
  });
  const [outcome] = await driveTests(plan, platform);
  return outcome!;
}

const slow =
  (platform: () => SimulatedPlatform) =>
  ({ id }: { id: number }): Promise<unknown> =>
    new Promise((resolve) => {
      platform().timers.after(100 + id, () => {
        resolve({ answer: `a${id}` });
      });
    });

test('a step waits for the answers, also when more rows come than may be in flight', async () => {
  const steps = `- input: { s: [{ id: 1 }, { id: 2 }, { id: 3 }] }
    - expect: { out: [{ answer: a1 }, { answer: a2 }, { answer: a3 }] }
    - snapshot-and-restore: true
    - input: { s: [{ id: 4 }] }
    - expect: { out: [{ answer: a4 }] }`;
  const { failures } = await run({ async: ', capacity: 2', steps, module: slow });
  expect(failures).toEqual([]);
});

test('pauses and timeouts are those of the clock of the test', async () => {
  const called: number[] = [];
  const module = () => (_row: unknown, context: AsyncContext) => {
    called.push(context.currentProcessingTime());
    if (context.attempt === 1) throw new Error('busy');
    return { answer: 'yes' };
  };
  const { failures } = await run({
    async: ', timeout: 1h, retry: { attempts: 1, delay: 1min }',
    steps: `- input: { s: [{ id: 1 }] }
      - processing-time: +59s
      - expect: { out: [] }
      - processing-time: +1s
      - expect: { out: [{ answer: "yes" }] }`,
    module,
  });
  expect(failures).toEqual([]);
  expect(called[1]! - called[0]!).toBe(60_000);
});

test('a call that is never answered times out by the clock of the test', async () => {
  const module = () => ({
    invoke: () => new Promise<never>(() => undefined),
    timeout: () => ({ answer: 'late' }),
  });
  const { failures } = await run({
    steps: `- input: { s: [{ id: 1 }] }
      - expect: { out: [] }
      - snapshot-and-restore: true
      - processing-time: +5s
      - expect: { out: [{ answer: late }] }`,
    module,
  });
  expect(failures).toEqual([]);
});

test('a job that waits for an answer that does not come fails the test', async () => {
  const { failures } = await run({
    async: ', capacity: 1',
    steps: '- input: { s: [{ id: 1 }, { id: 2 }] }',
    module: () => () => new Promise<never>(() => undefined),
  });
  expect(failures).toMatchObject([{ expectation: 'the job goes on' }]);
});
