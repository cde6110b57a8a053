import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlink, type FlinkPeer } from '../peers/flink-cluster.ts';
import { underTest, type FlinkUnderTest } from '../peers/flink-under-test.ts';
import { waitUntil } from '../peers/wait-until.ts';
import { call, realFlinks, startJob, untilTasksRun, type Json } from './real-flink.ts';
import { dreyJson } from './run-drey.ts';

const EXPIRY = { 'rest.async.store-duration': '1s' };

describe.each(realFlinks())('a second cluster of $version', ({ version, restUrl }) => {
  let peer: FlinkPeer;
  let flink: FlinkUnderTest;

  beforeAll(async () => {
    const options = { scheduler: 'adaptive', settings: EXPIRY, hasGateway: false } as const;
    peer = await startFlink({ version, ...options });
    flink = await underTest(peer);
  });
  afterAll(() => peer.stop());

  it('stands beside the first', () => {
    expect(flink.restUrl).not.toBe(restUrl);
  });

  it('changes the parallelism of a running job with the adaptive scheduler', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    await untilTasksRun(flink, job);
    const path = `/jobs/${job}/resource-requirements`;
    const before = (await call(flink, `GET ${path}`)).body;
    const bounds = { parallelism: { lowerBound: 1, upperBound: 2 } };
    const wanted = Object.fromEntries(Object.keys(before).map((vertex) => [vertex, bounds]));
    expect(await call(flink, `PUT ${path}`, wanted)).toMatchObject({ status: 200 });
    await waitUntil({ what: 'parallelism 2', timeoutMs: 60_000 }, async () => {
      const { body } = await call(flink, `GET /jobs/${job}`);
      const vertices = body['vertices'] as Json[];
      return vertices.every((vertex) => vertex['parallelism'] === 2) ? true : undefined;
    });
  });

  it('job rescale gives a running job another parallelism and waits for it', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    await untilTasksRun(flink, job);
    const shown = await dreyJson(flink, 'job', 'rescale', job);
    expect(shown).toMatchObject({ changed: false, vertices: [{ upperBound: 1 }, {}] });
    const words = ['job', 'rescale', job, '--vertex', 'count per key=1:2'];
    const planned = await dreyJson(flink, ...words, '--dry-run');
    expect(planned).toMatchObject({ changed: true, dryRun: true });
    const rescaled = await dreyJson(flink, ...words);
    const counted = { parallelism: 2, upperBound: 2, previousUpperBound: 1 };
    expect(rescaled['vertices']).toMatchObject([{ parallelism: 1 }, counted]);
    await untilTasksRun(flink, job);
  });

  it('forgets the result of a trigger when it is told to', async (test) => {
    const job = await startJob(test, flink, ['ok']);
    await untilTasksRun(flink, job);
    const { body } = await call(flink, `POST /jobs/${job}/savepoints`, {});
    await waitUntil({ what: 'the result to expire', timeoutMs: 20_000 }, async () => {
      const path = `/jobs/${job}/savepoints/${String(body['request-id'])}`;
      return (await call(flink, `GET ${path}`)).status === 404 ? true : undefined;
    });
  });

  it('knows no jobs after a restart of the JobManager and runs new ones', async (test) => {
    await startJob(test, flink, ['ok']);
    await peer.restartJobManager();
    expect((await call(flink, 'GET /jobs/overview')).body).toEqual({ jobs: [] });
    await untilTasksRun(flink, await startJob(test, flink, ['ok']));
  });
});
