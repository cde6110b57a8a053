import { expect, test } from 'vitest';
import { appendJobSummary } from '../../../src/cli/cluster/github-summary.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';

test('a summary goes behind what other steps have written', async () => {
  const platform = createSimulatedPlatform({
    seed: 1,
    environment: { GITHUB_STEP_SUMMARY: '/summary.md' },
    files: { '/summary.md': '# build\n' },
  });
  await platform.drive(appendJobSummary(platform, '| JOB |'));
  await platform.drive(appendJobSummary(platform, '| SECOND |'));
  const bytes = await platform.drive(platform.files.readAll('/summary.md', 1_000));
  expect(new TextDecoder().decode(bytes)).toBe('# build\n| JOB |\n| SECOND |\n');
});

test('outside of GitHub Actions nothing is written', async () => {
  const platform = createSimulatedPlatform({ seed: 1, environment: { GITHUB_STEP_SUMMARY: '' } });
  await platform.drive(appendJobSummary(platform, '| JOB |'));
  expect(await platform.drive(platform.files.list('/work'))).toEqual([]);
});
