import { describe, expect, it } from 'vitest';
import { realFlinks, startJob, untilState, untilTasksRun, type Json } from './real-flink.ts';
import { drey, dreyJson } from './run-drey.ts';

describe.concurrent.each(realFlinks())('with Flink $version', (flink) => {
  it('cluster overview has the version and a running job before those that ended', async (test) => {
    const job = await startJob(test, flink, ['ok', '--name', 'at a glance']);
    await untilTasksRun(flink, job);
    const overview = await dreyJson(flink, 'cluster', 'overview');
    expect(overview).toMatchObject({ version: flink.version, taskManagers: 1 });
    expect(overview['jobsByState']).toHaveProperty('RUNNING');
    const active = (overview['jobs'] as Json[]).filter(({ state }) => state === 'RUNNING');
    expect(active.map(({ jobId }) => jobId)).toContain(job);
    const { stdout } = await drey(flink, 'cluster', 'overview');
    expect(stdout).toMatch(/slots +\d+ of \d+ free\n/);
    expect(stdout).toContain('at a glance');
  });

  it('cluster config has what was set, chosen by a beginning', async () => {
    const config = await dreyJson(flink, 'cluster', 'config', 'taskmanager.numberOf');
    expect(config).toMatchObject({ version: flink.version, features: { webSubmit: true } });
    const [slots, ...others] = config['entries'] as Json[];
    expect(others).toEqual([]);
    expect(slots).toMatchObject({ key: 'taskmanager.numberOfTaskSlots', isMasked: false });
    expect(config['total']).toBeGreaterThan(5);
  });

  it('cluster health finds a job that failed and was not started again', async (test) => {
    const name = `never again ${flink.version}`;
    const job = await startJob(test, flink, ['fail', '--records', '5', '--name', name]);
    await untilState(flink, job, 'FAILED');
    const { exit, stdout } = await drey(
      flink,
      'cluster',
      'health',
      '--fail-on',
      'critical',
      '--json',
    );
    expect(exit).toBe(8);
    const health = JSON.parse(stdout) as Json;
    expect(health).toMatchObject({ schemaVersion: 1, status: 'critical', version: flink.version });
    const findings = (health['findings'] as Json[]).filter(({ title }) =>
      String(title).includes(name),
    );
    expect(findings).toMatchObject([
      {
        rule: 'job-failed',
        severity: 'critical',
        evidence: {
          jobId: job,
          failureCause: 'IllegalArgumentException: record 5 cannot be counted',
        },
      },
    ]);
    expect(Math.abs(health['clockAheadMs'] as number)).toBeLessThan(3000);
    // As long as nobody asks for a level, findings are no failure.
    expect((await drey(flink, 'cluster', 'health')).exit).toBe(0);
  });

  it('cluster health finds checkpoints that fail one after the other', async (test) => {
    const name = `no checkpoints ${flink.version}`;
    const words = ['fail-snapshot', '--checkpoint-interval', '200', '--name', name];
    const job = await startJob(test, flink, words);
    await untilTasksRun(flink, job);
    await expect
      .poll(
        async () => {
          const { findings } = await dreyJson(flink, 'cluster', 'health');
          return (findings as Json[])
            .filter(({ evidence }) => (evidence as Json)['jobId'] === job)
            .map(({ rule, severity }) => `${severity} ${rule}`);
        },
        { timeout: 30_000, interval: 1000 },
      )
      .toContain('critical failing-checkpoints');
  });

  it('doctor finds nothing wrong on the way to the cluster', async () => {
    const { exit, stdout } = await drey(flink, 'doctor', '--gateway', flink.gatewayUrl, '--json');
    const { checks, ...rest } = JSON.parse(stdout) as Json;
    expect(rest).toMatchObject({ schemaVersion: 1, isHealthy: true, version: flink.version });
    const statuses = Object.fromEntries(
      (checks as Json[]).map(({ name, status }) => [String(name), String(status)]),
    );
    expect(statuses).toMatchObject({
      flink: 'ok',
      version: 'ok',
      clock: 'ok',
      leader: 'ok',
      upload: 'ok',
      'sql-gateway': 'ok',
    });
    expect(exit).toBe(0);
  });

  it('doctor tells the SQL Gateway and a wrong path from the REST API', async () => {
    const gateway = await drey({ restUrl: flink.gatewayUrl }, 'doctor');
    expect(gateway.exit).toBe(4);
    expect(gateway.stdout).toContain(`this is the SQL Gateway of Flink ${flink.version}`);
    const path = await drey({ restUrl: `${flink.restUrl}/wrong/path` }, 'doctor');
    expect(path.exit).toBe(4);
    expect(path.stdout).toContain(`use --url ${flink.restUrl}.`);
  });
});
