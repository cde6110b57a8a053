/** The pipeline, the module and the test of docs/guide/async-calls.md run as they stand. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createSimulatedPlatform } from '../../src/platform/simulated/simulated-platform.ts';
import { planOf } from '../pipeline/load-text.ts';
import { driveTests } from '../support/drive-tests.ts';

const guide = readFileSync(resolve('docs/guide/async-calls.md'), 'utf8');

function blocks(language: string): readonly string[] {
  return [...guide.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, text]) => text!,
  );
}

const source = `pipeline: { name: guide }
sources:
  orders:
    connector: stdin
    columns:
      ts: BIGINT
      customer: STRING
      amount: INT
      event_time: AS TO_TIMESTAMP_LTZ(ts, 3)
    watermark: { column: event_time, delay: 5s }
`;

test('the guide shows what works', async () => {
  const [module = ''] = blocks('js');
  const url = `data:text/javascript,${encodeURIComponent(module)}`;
  const { default: exported } = (await import(/* @vite-ignore */ url)) as { default: unknown };
  const plan = await planOf(`${source}${blocks('yaml').join('')}`);
  const platform = createSimulatedPlatform({ seed: 1, modules: { '/jobs/risk.js': exported } });
  const outcomes = await driveTests(plan, platform);
  expect(outcomes.map(({ name, failures }) => ({ name, failures }))).toEqual([
    { name: 'a known customer has a risk, nobody has no row', failures: [] },
  ]);
});
