import { expect, test } from 'vitest';
import { configOfJob, jobConfigView } from '../../../src/cli/job/config-of-job.ts';
import { createPalette } from '../../../src/output/palette.ts';
import { renderView } from '../../../src/output/render-view.ts';
import { answeringCluster, Refusal } from '../../support/answering-cluster.ts';
import { recordedVersions } from '../../support/flink-recordings.ts';
import { recordedRunningJob } from '../../support/recorded-job.ts';

const plain = { palette: createPalette(false), zoneOffset: () => 0 };

test.each(recordedVersions)('the job of %s says how it runs', async (version) => {
  const { jobId, answers } = recordedRunningJob(version);
  const { session } = await answeringCluster(answers);
  const config = await configOfJob(session, jobId);
  expect(config).toMatchObject({
    jobId,
    name: 'tick',
    execution: { parallelism: 2, objectReuse: false },
    checkpoints: { mode: 'exactly_once', intervalMs: 3000 },
    userConfig: {},
  });
  const text = renderView(jobConfigView(config), 'text', plain);
  expect(text).toMatch(/^interval +3\.0 s$/m);
  expect(text).toContain('the program sets none');
});

test('a job without checkpoints is told apart from a cluster that fails', async () => {
  const { jobId, answers } = recordedRunningJob('2.3.0');
  const place = `/jobs/${jobId}/checkpoints/config`;
  const off = new Refusal(404, 'Checkpointing is not enabled for this job');
  const without = await answeringCluster({ ...answers, [place]: off });
  const config = await configOfJob(without.session, jobId);
  expect(config.checkpoints).toBeNull();
  expect(renderView(jobConfigView(config), 'text', plain)).toContain(
    'The job takes no checkpoints.',
  );
  const broken = await answeringCluster({ ...answers, [place]: new Refusal(400, 'no') });
  await expect(configOfJob(broken.session, jobId)).rejects.toMatchObject({
    code: 'DREY_FLINK_REFUSED',
  });
});

test('checkpoints only on demand and kept after failures are said in words', async () => {
  const { jobId, answers } = recordedRunningJob('2.3.0');
  const { session } = await answeringCluster({
    ...answers,
    [`/jobs/${jobId}/checkpoints/config`]: {
      mode: 'exactly_once',
      interval: Number.MAX_SAFE_INTEGER,
      externalization: { enabled: true, delete_on_cancellation: true },
    },
    [`/jobs/${jobId}/config`]: {
      'execution-config': { 'user-config': { zebra: '1', apple: 'a\u0007b' } },
    },
  });
  const text = renderView(jobConfigView(await configOfJob(session, jobId)), 'text', plain);
  expect(text).toContain('when it fails, not when it is cancelled');
  expect(text).toMatch(/apple +a\\x07b\nzebra +1\n/);
});
