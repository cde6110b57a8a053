import { describe, expect, it, type TestContext } from 'vitest';
import type { FlinkUnderTest } from '../peers/flink-under-test.ts';
import { call, cancelJob, jobEntry, realFlinks, type Json } from './real-flink.ts';
import { drey, dreyJson } from './run-drey.ts';
import { uniqueJar } from './unique-jar.ts';

describe.concurrent.each(realFlinks())('with Flink $version', (flink) => {
  it('a jar is uploaded once, listed, run, planned and deleted', async (test) => {
    const { jar, hash } = uniqueJar(test, flink);
    const first = await dreyJson(flink, 'jar', 'upload', jar);
    const second = await dreyJson(flink, 'jar', 'upload', jar);
    expect(first).toMatchObject({ name: 'unique job.jar', wasThere: false });
    expect(second).toEqual({ ...first, wasThere: true });
    const jarId = String(first['jarId']);
    deleteAfter(test, flink, jarId);

    const { jars } = await dreyJson(flink, 'jar', 'list');
    expect((jars as Json[]).filter(({ sha256Prefix }) => sha256Prefix === hash)).toMatchObject([
      { jarId, entryClasses: ['drey.peer.PeerJob'] },
    ]);

    const { stdout } = await drey(flink, 'jar', 'plan', jarId, '-p', '2', '--', 'ok');
    expect(stdout).toMatch(/^Source: numbers {2}x2 {2}\w{8}\n└─ count per key HASH {2}x2 /);

    const job = await dreyJson(flink, 'jar', 'run', jarId, '--', 'ok', '--name', hash);
    test.onTestFinished(() => cancelJob(flink, job['jobId']));
    expect(job).toMatchObject({ name: hash, state: 'RUNNING' });
    expect(await namesWith(flink, hash)).toHaveLength(1);

    const planned = await dreyJson(flink, 'jar', 'delete', jarId, '--dry-run');
    expect(planned).toMatchObject({ deleted: [{ jarId }], dryRun: true });
    const deleted = await dreyJson(flink, 'jar', 'delete', jarId, '--yes');
    expect(deleted).toMatchObject({ deleted: [{ jarId }], dryRun: false });
    expect(await namesWith(flink, hash)).toEqual([]);
    expect(await jobEntry(flink, job['jobId'])).toMatchObject({ state: 'RUNNING' });
  });

  it('a jar that is gone is exit 5, and no failure with --if-exists', async () => {
    const gone = '00000000-0000-0000-0000-000000000000_gone.jar';
    const { exit, stderr } = await drey(flink, 'jar', 'delete', gone, '--yes');
    expect({ exit, code: /code: (\w+)/.exec(stderr)?.[1] }).toEqual({
      exit: 5,
      code: 'DREY_JAR_NOT_FOUND',
    });
    const words = ['jar', 'delete', gone, '--yes', '--if-exists'];
    expect(await dreyJson(flink, ...words)).toMatchObject({ deleted: [] });
    expect((await drey(flink, 'jar', 'run', gone, '--', 'ok')).exit).toBe(5);
  });

  it('jars are deleted by age', async (test) => {
    const { jar } = uniqueJar(test, flink);
    const { jarId } = await dreyJson(flink, 'jar', 'upload', jar);
    deleteAfter(test, flink, jarId);
    const old = await dreyJson(flink, 'jar', 'delete', '--older-than', '1h', '--dry-run');
    expect((old['deleted'] as Json[]).map((deleted) => deleted['jarId'])).not.toContain(jarId);
    const all = await dreyJson(flink, 'jar', 'delete', '--all', '--dry-run');
    expect((all['deleted'] as Json[]).map((deleted) => deleted['jarId'])).toContain(jarId);
  });

  it('the plan of a file needs no jar on the cluster, and leaves none', async (test) => {
    const { jar, hash } = uniqueJar(test, flink);
    const plan = await dreyJson(flink, 'jar', 'plan', jar, '--', 'ok', '--name', 'planned');
    expect(plan).toMatchObject({ name: 'planned', nodes: [{ parallelism: 1 }, {}] });
    expect(await namesWith(flink, hash)).toEqual([]);
    const { exit, stderr } = await drey(flink, 'jar', 'plan', jar, '--', 'main-throws');
    expect(exit).toBe(5);
    expect(stderr).toContain('there is no plan: main failed: main throws, as the mode says');
    expect(await namesWith(flink, hash)).toEqual([]);
  });
});

async function namesWith(flink: FlinkUnderTest, hash: string): Promise<readonly string[]> {
  const files = (await call(flink, 'GET /jars')).body['files'] as Json[];
  return files.map(({ name }) => String(name)).filter((name) => name.startsWith(hash));
}

/** Gone already in most cases, which Flink refuses. */
function deleteAfter(
  test: Pick<TestContext, 'onTestFinished'>,
  flink: FlinkUnderTest,
  jarId: string,
): void {
  test.onTestFinished(async () => {
    await call(flink, `DELETE /jars/${encodeURIComponent(jarId)}`);
  });
}
