/** Rows that a restored job still has, and a lookup that its pipeline did not have before. */
import { expect, test } from 'vitest';
import type { AsyncFunction } from '../../../src/engine/async/async-function.ts';
import type { ProcessFunction } from '../../../src/engine/process/process-function.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import { recoveryWith, type RecoveryParts } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { stepUntil } from '../../support/savepoint-world.ts';
import { outputOf, startOn, startSimulated } from '../../support/simulated-job.ts';

const fromFiles =
  '  numbers: { connector: filesystem, path: in, format: csv, columns: { n: BIGINT } }';
const ticking =
  '  numbers: { connector: datagen, rows-per-second: 100, fields.n.kind: sequence, fields.n.start: 0, fields.n.end: 200, columns: { n: BIGINT } }';
const places =
  '  places: { connector: filesystem, path: places.csv, format: csv, columns: { id: BIGINT, city: STRING }, primary-key: [id] }\n';
const located =
  '  located: { from: last, lookup: { table: places, on: { id: id }, select: [city], missing: keep } }\n';

/** Read slowly: rows are there long before. */
const placeLines = Array.from({ length: 20_000 }, (_, id) => `${id},city ${id}\n`).join('');

interface Case {
  readonly numbers: string;
  readonly transforms: string;
  /** `pause`: a millisecond. */
  readonly modules: (pause: () => Promise<void>) => Readonly<Record<string, unknown>>;
  readonly recovery?: RecoveryParts;
  /** A snapshot with what is to be restored is there. */
  readonly isReached: (storage: MemoryStorage) => boolean;
  /** Before the restore. */
  readonly pauseMs?: number;
}

/** The rows of the job that goes on with the lookup. */
async function restoredRows(given: Case): Promise<readonly string[]> {
  const { numbers, transforms, isReached, pauseMs = 0 } = given;
  const pipelineOf = (tables: string, more: string, shown: string) =>
    `pipeline: { name: wide }
sources:
${numbers}
${tables}transforms:
${transforms}${more}sinks:
  rows: { from: ${shown}, connector: print }
`;
  const storage = new MemoryStorage();
  const pause = (ms: number) =>
    new Promise<void>((go) => {
      platform.timers.after(ms, go);
    });
  const { platform, handle } = await startSimulated(
    {
      pipeline: pipelineOf('', '', 'last'),
      parallelism: 2,
      files: {
        'in/a.csv': '1\n2\n3\n',
        'in/b.csv': '4\n5\n6\n',
        'places.csv': placeLines,
      },
      recovery: recoveryWith(storage, { intervalMs: 10, ...given.recovery }),
    },
    { seed: 1, fileLatencyMsMax: 40, modules: given.modules(() => pause(1)) },
  );
  await stepUntil(platform, handle, () => isReached(storage));
  const location = [...storage.snapshots.keys()].at(-1)!;
  handle.stop();
  await platform.drive(handle.done);
  await platform.drive(pause(pauseMs));
  const shown = outputOf(platform).length;
  const again = await startOn(platform, {
    pipeline: pipelineOf(places, located, 'located'),
    parallelism: 2,
    recovery: recoveryWith(new MemoryStorage(), { restoreFrom: storage.restoreFrom(location) }),
  });
  await platform.drive(again.done);
  const rows = outputOf(platform)
    .slice(shown)
    .split('\n')
    .filter((line) => line !== '');
  expect(rows.length).toBeGreaterThan(0);
  return rows;
}

const withoutCity = (rows: readonly string[]) =>
  rows.filter((row) => !row.includes('"city":"city'));

test('rows that were in flight wait until a new lookup table has been read', () =>
  withRealWorldShut(async () => {
    const many: ProcessFunction = {
      processElement(row, _context, out) {
        for (let k = 0; k < 3_000; k++) out.collect({ id: row['n'] ?? null, k: BigInt(k % 50) });
      },
    };
    const spread: ProcessFunction = {
      processElement(row, _context, out) {
        out.collect({ id: row['id'] ?? null });
      },
    };
    let isSlow = true;
    const rows = await restoredRows({
      numbers: fromFiles,
      transforms: `  many: { process: { module: ./many.js, key-by: [n], columns: { id: BIGINT, k: BIGINT } } }
  spread: { process: { module: ./spread.js, key-by: [k], columns: { id: BIGINT } } }
  last: { async: { module: ./last.js, columns: { n: BIGINT }, capacity: 1, timeout: 1h }, select: { id: id } }
`,
      modules: (pause) => ({
        '/work/many.js': many,
        '/work/spread.js': spread,
        '/work/last.js': async () => {
          if (isSlow) await pause();
          return { n: 1n };
        },
      }),
      recovery: { isUnaligned: true, alignedTimeoutMs: 0 },
      isReached: ({ snapshots }) => {
        const operators = [...snapshots.values()].at(-1)?.operators ?? [];
        const parts = operators.flatMap(({ subtasks }) => subtasks.flatMap((one) => one.parts));
        isSlow = !parts.some(({ kind }) => kind === 'input-channel');
        return !isSlow;
      },
    });
    expect(withoutCity(rows)).toEqual([]);
  }));

test('overdue timers wait until a new lookup table has been read', () =>
  withRealWorldShut(async () => {
    const last: ProcessFunction = {
      processElement(_row, context) {
        context.registerProcessingTimeTimer(context.currentProcessingTime() + 100);
      },
      onTimer(_timestamp, context, out) {
        out.collect({ id: context.key['n'] ?? null });
      },
    };
    const rows = await restoredRows({
      numbers: ticking,
      transforms:
        '  last: { process: { module: ./last.js, key-by: [n], columns: { id: BIGINT } } }\n',
      modules: () => ({ '/work/last.js': last }),
      isReached: ({ snapshots }) => snapshots.size > 3,
      pauseMs: 10_000,
    });
    expect(withoutCity(rows)).toEqual([]);
  }));

test('rows that wait for answers wait until a new lookup table has been read', () =>
  withRealWorldShut(async () => {
    let isOpen = false;
    const last: AsyncFunction = {
      invoke: (row) =>
        isOpen ? Promise.resolve([{ id: row['n'] ?? null }]) : new Promise(() => undefined),
    };
    const rows = await restoredRows({
      numbers: ticking,
      transforms:
        '  last: { async: { module: ./last.js, columns: { id: BIGINT }, timeout: 1h } }\n',
      modules: () => ({ '/work/last.js': last }),
      isReached: ({ snapshots }) => {
        isOpen = snapshots.size > 20;
        return isOpen;
      },
    });
    expect(withoutCity(rows)).toEqual([]);
  }));
