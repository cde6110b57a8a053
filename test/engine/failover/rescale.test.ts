import { describe, expect, test } from 'vitest';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { recoveryWith, type RecoveryParts } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import {
  jobFolder,
  startOn,
  startSimulated,
  type SimulatedJob,
} from '../../support/simulated-job.ts';

const ROWS = 6_000;

/** Counted by key and minute; the counts of two minutes are added up per key, and joined in. */
const pipeline = `
pipeline: { name: minutes }
sources:
  events:
    connector: filesystem
    path: in
    format: json
    columns: { id: BIGINT, ts: BIGINT, k: 'AS MOD(id, 97)', at: 'AS TO_TIMESTAMP_LTZ(ts, 3)' }
    watermark: { column: at, delay: 1s }
  names:
    connector: filesystem
    path: names.jsonl
    format: json
    columns: { key: INT, name: STRING }
    primary-key: [key]
transforms:
  named:
    from: events
    lookup: { table: names, on: { k: key }, select: [name], missing: fail }
  minutes:
    from: named
    window: { type: tumble, size: 1min }
    group-by: [name]
    aggregate: { n: 'COUNT(*)', last: MAX(id), ids: COUNT(DISTINCT id) }
sinks:
  rows: { from: minutes, connector: filesystem, path: out, format: json }
`;

const files = {
  'names.jsonl': Array.from({ length: 97 }, (_, key) => `{"key":${key},"name":"n${key}"}\n`).join(
    '',
  ),
  'in/a.jsonl': linesOf(0),
  'in/b.jsonl': linesOf(1),
};

function linesOf(file: number): string {
  return Array.from({ length: ROWS / 2 }, (_, row) => row * 2 + file)
    .map((id) => `{"id":${id},"ts":${1_700_000_000_000 + id * 100}}\n`)
    .join('');
}

function jobWith(
  storage: MemoryStorage,
  parallelism: number,
  parts: RecoveryParts = {},
): SimulatedJob {
  const recovery = recoveryWith(storage, { intervalMs: null, ...parts });
  return { pipeline, files, parallelism, recovery };
}

function rowsOf({ disk }: SimulatedPlatform): readonly string[] {
  return disk
    .list(`${jobFolder}/out`)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => {
      const file = disk.find(`${jobFolder}/out/${name}`);
      if (file?.kind !== 'file') return [];
      return new TextDecoder().decode(disk.content(file)).split('\n').slice(0, -1);
    })
    .sort();
}

const options = { seed: 5, fileLatencyMsMax: 8 };
const savepoints = { targetDirectory: '/savepoints', stop: true };

/** The rows of a run that nobody disturbs. */
async function undisturbed(): Promise<readonly string[]> {
  const { platform, handle } = await startSimulated(jobWith(new MemoryStorage(), 1), options);
  await platform.drive(handle.done);
  return rowsOf(platform);
}

describe('a savepoint', () => {
  test.each([1, 3, 128])('that 2 subtasks took is gone on from by %s', (parallelism) =>
    withRealWorldShut(async () => {
      const expected = await undisturbed();
      expect(expected.length).toBeGreaterThan(500);
      const storage = new MemoryStorage();
      const { platform, handle } = await startSimulated(jobWith(storage, 2), options);
      handle.done.catch(() => undefined);
      while (handle.progress().recordsIn < ROWS / 3) await platform.scheduler.step();
      const { location } = await platform.drive(handle.triggerSavepoint(savepoints));
      const before = await platform.drive(handle.done);
      expect(before.state).toBe('CANCELED');
      expect(before.recordsIn).toBeLessThan(ROWS);
      const restoreFrom = storage.restoreFrom(location);
      const next = await startOn(platform, jobWith(storage, parallelism, { restoreFrom }));
      const summary = await platform.drive(next.done);
      expect(rowsOf(platform)).toEqual(expected);
      expect(summary).toMatchObject({ state: 'FINISHED', recordsIn: ROWS, lateRecords: 0 });
    }),
  );

  test('with which a job drains fires all windows', () =>
    withRealWorldShut(async () => {
      for (const parallelism of [1, 2]) {
        const storage = new MemoryStorage();
        const { platform, handle } = await startSimulated(jobWith(storage, parallelism), options);
        handle.done.catch(() => undefined);
        while (handle.progress().recordsIn < ROWS / 3) await platform.scheduler.step();
        await platform.drive(handle.triggerSavepoint({ ...savepoints, drain: true }));
        const { recordsIn } = await platform.drive(handle.done);
        const counted = rowsOf(platform).map((row) => (JSON.parse(row) as { n: number }).n);
        expect(counted.reduce((sum, n) => sum + n, 0)).toBe(recordsIn);
        // As in Flink the job is at its end: whoever goes on from it reads nothing more.
        const restoreFrom = storage.restoreFrom();
        const next = await startOn(platform, jobWith(storage, parallelism, { restoreFrom }));
        const summary = await platform.drive(next.done);
        expect(summary).toMatchObject({ state: 'FINISHED', recordsIn, lateRecords: 0 });
        expect(rowsOf(platform)).toHaveLength(counted.length);
      }
    }));

  test('of a job that has another operator now is refused, naming it', () =>
    withRealWorldShut(async () => {
      const storage = new MemoryStorage();
      const { platform, handle } = await startSimulated(jobWith(storage, 2), options);
      handle.done.catch(() => undefined);
      while (handle.progress().recordsIn < ROWS / 3) await platform.scheduler.step();
      await platform.drive(handle.triggerSavepoint(savepoints));
      const renamed = pipeline
        .replace('  minutes:\n    from: named', '  hours:\n    from: named')
        .replace('from: minutes', 'from: hours');
      const restoreFrom = storage.restoreFrom();
      const changed = { ...jobWith(storage, 2, { restoreFrom }), pipeline: renamed };
      await expect(startOn(platform, changed)).rejects.toMatchObject({
        code: 'DREY_RESTORE_MISMATCH',
        exitCode: 5,
        details: { operator: expect.stringContaining('minutes') as string },
      });
      const allowed = { ...restoreFrom, allowNonRestoredState: true };
      const next = { ...jobWith(storage, 2, { restoreFrom: allowed }), pipeline: renamed };
      const summary = await platform.drive((await startOn(platform, next)).done);
      expect(summary).toMatchObject({ state: 'FINISHED', recordsIn: ROWS });
    }));
});
