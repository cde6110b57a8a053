import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { runs } from '../../support/property-runs.ts';
import {
  createWorld,
  recoveryInFiles,
  restoreLatest,
  stepUntil,
} from '../../support/savepoint-world.ts';
import { outputOf, startOn } from '../../support/simulated-job.ts';

const pipeline = (name: string): string => `
pipeline: { name: ${name} }
sources:
  s: { connector: filesystem, path: ${name}.jsonl, format: json, columns: { v: STRING } }
transforms:
  t: { dictionary: { column: v, as: n, store: redis, url: "redis://r", key: devices } }
sinks:
  out: { connector: print, from: t }
`;

const lines = (values: readonly (string | null)[]): string =>
  values.map((v) => `${JSON.stringify({ v })}\n`).join('');

function world(files: Readonly<Record<string, readonly (string | null)[]>>, seed = 3) {
  return createSimulatedPlatform({
    seed,
    files: Object.fromEntries(
      Object.entries(files).map(([name, values]) => [`${name}.jsonl`, lines(values)]),
    ),
  });
}

interface NumberedRow {
  readonly v: string | null;
  readonly n: number | null;
}

function rowsOf(platform: SimulatedPlatform): readonly NumberedRow[] {
  return outputOf(platform)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as NumberedRow);
}

/** One number a value, and one value a number. */
function expectNumbered(rows: readonly NumberedRow[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { v, n } of rows) {
    expect(n === null).toBe(v === null);
    if (v === null || n === null) continue;
    expect(numbers.get(v) ?? n).toBe(n);
    numbers.set(v, n);
  }
  expect(new Set(numbers.values()).size).toBe(numbers.size);
  return numbers;
}

describe('a shared dictionary', () => {
  test('numbers values from 0 on, NULL not at all, and keeps them in the store', async () => {
    const platform = world({ a: ['x', 'y', null, 'x', 'z'] });
    const handle = await startOn(platform, { pipeline: pipeline('a') });
    await platform.drive(handle.done);
    expect(rowsOf(platform)).toEqual([
      { v: 'x', n: 0 },
      { v: 'y', n: 1 },
      { v: null, n: null },
      { v: 'x', n: 0 },
      { v: 'z', n: 2 },
    ]);
    expect(platform.redisServer.read('devices:count')).toBe('3');
    expect(platform.redisServer.read('devices')).toEqual(
      new Map([
        ['x', '0'],
        ['y', '1'],
        ['z', '2'],
      ]),
    );
  });

  test('gives jobs that run side by side the same numbers, at any parallelism', async () => {
    const values = fc.array(
      fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.string(), fc.constant(null)),
      {
        maxLength: 60,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        values,
        values,
        fc.integer(),
        fc.integer({ min: 1, max: 3 }),
        async (a, b, seed, parallelism) => {
          const platform = world({ a, b }, seed);
          const handles = [
            await startOn(platform, { pipeline: pipeline('a'), parallelism }),
            await startOn(platform, { pipeline: pipeline('b') }),
          ];
          await platform.drive(Promise.all(handles.map(({ done }) => done)));
          const rows = rowsOf(platform);
          expect(rows).toHaveLength(a.length + b.length);
          const numbers = expectNumbered(rows);
          const stored = platform.redisServer.read('devices');
          expect(stored ?? new Map()).toEqual(
            new Map([...numbers].map(([value, number]) => [value, String(number)])),
          );
        },
      ),
      { numRuns: runs(60) },
    );
  });

  test('asks again when the connection breaks at any step, and numbers stay one to a value', async () => {
    for (let step = 0; step < 24; step++) {
      for (const breaksAfter of [0, 1, 2, 4]) {
        const platform = world({ a: ['x', 'y', 'x', 'z'] });
        const handle = await startOn(platform, { pipeline: pipeline('a') });
        platform.scheduler.schedule(step * 2, { label: 'break', owner: 'test' }, () => {
          platform.redisServer.breaksAfter = breaksAfter;
        });
        const failure = await platform.drive(
          handle.done.then(
            () => null,
            (error: unknown) => error,
          ),
        );
        // The first question, whether the server is there, is put once.
        if (failure !== null) expect(failure).toMatchObject({ code: 'DREY_REDIS_UNREACHABLE' });
        else expect(expectNumbered(rowsOf(platform)).size).toBe(3);
      }
    }
  });

  test('ends the job when the store comes back without what it held', async () => {
    const a = Array.from({ length: 5_000 }, (_, index) => `v${index}`);
    const platform = world({ a });
    const handle = await startOn(platform, { pipeline: pipeline('a') });
    const { redisServer: server } = platform;
    const lose = (): void => {
      if (server.read('devices') === null) again();
      else server.loseAll();
    };
    const again = (): void => {
      platform.scheduler.schedule(1, { label: 'lose', owner: 'test' }, lose);
    };
    again();
    const failure = await platform.drive(
      handle.done.then(
        () => null,
        (error: unknown) => error,
      ),
    );
    expect(failure).toMatchObject({ code: 'DREY_DICTIONARY_STORE_CHANGED', exitCode: 12 });
    expectNumbered(rowsOf(platform));
  });

  describe('restored from a checkpoint', () => {
    const a = Array.from({ length: 9_000 }, (_, index) => `v${index % 4_000}`);

    /** A job that was stopped behind a checkpoint, in the middle of its input. */
    async function stopped() {
      const platform = createWorld({ '/work/a.jsonl': lines(a) }, { seed: 5 });
      const recovery = recoveryInFiles(platform, { intervalMs: 2 });
      const handle = await startOn(platform, { pipeline: pipeline('a'), recovery });
      const isReached = (): boolean => {
        const { checkpoints, recordsIn } = handle.summary('RUNNING');
        return checkpoints.completed > 2 && recordsIn > 1_000;
      };
      await stepUntil(platform, handle, isReached);
      handle.stop();
      await platform.drive(handle.done);
      const latest = await restoreLatest(platform, 'a');
      const from = recoveryInFiles(platform, { intervalMs: 2, restoreFrom: latest });
      return {
        platform,
        restore: () => startOn(platform, { pipeline: pipeline('a'), recovery: from }),
      };
    }

    test('goes on with the numbers that the store holds', async () => {
      const { platform, restore } = await stopped();
      const before = rowsOf(platform).length;
      expect(before).toBeGreaterThan(0);
      expect(before).toBeLessThan(a.length);
      await platform.drive((await restore()).done);
      expect(expectNumbered(rowsOf(platform)).size).toBe(4_000);
    });

    test('refuses a store that another job has filled meanwhile', async () => {
      const { platform, restore } = await stopped();
      platform.redisServer.loseAll();
      platform.redisServer.execute(['SET', 'devices:store', 'another']);
      const failure = await platform.drive(
        (await restore()).done.then(
          () => null,
          (error: unknown) => error,
        ),
      );
      expect(failure).toMatchObject({
        code: 'DREY_DICTIONARY_STORE_CHANGED',
        message: expect.stringContaining('is another one'),
      });
    });

    test('refuses a store that has lost the last number that it knows of', async () => {
      const { platform, restore } = await stopped();
      const stored = platform.redisServer.read('devices');
      if (!(stored instanceof Map)) throw new Error('nothing was stored');
      // What was written last is lost first.
      for (const value of [...stored.keys()].slice(1_000)) {
        platform.redisServer.execute(['HDEL', 'devices', String(value)]);
      }
      const failure = await platform.drive(
        (await restore()).done.then(
          () => null,
          (error: unknown) => error,
        ),
      );
      expect(failure).toMatchObject({
        code: 'DREY_DICTIONARY_STORE_CHANGED',
        message: expect.stringContaining('has lost numbers'),
      });
    });
  });
});
