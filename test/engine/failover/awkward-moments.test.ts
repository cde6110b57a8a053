import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors/drey-error.ts';
import type { JobHandle, JobRecovery, RestoreFrom } from '../../../src/engine/minicluster.ts';
import { FileJobStorage } from '../../../src/engine/snapshots.ts';
import type { ProcessFunction } from '../../../src/engine/process/process-function.ts';
import { readLatestSnapshot } from '../../../src/engine/checkpoint/storage/latest-snapshot.ts';
import type { OperatorHeader } from '../../../src/engine/checkpoint/snapshot-storage.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { recoveryWith, type RecoveryParts } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { startOn, startSimulated, jobFolder } from '../../support/simulated-job.ts';

const ROWS = 60;

/** Two seconds of rows into a folder. */
const toFiles = `
pipeline: { name: numbers }
sources:
  numbers:
    connector: datagen
    rows-per-second: 30
    number-of-rows: ${ROWS}
    fields.id.kind: sequence
    fields.id.start: 0
    fields.id.end: ${ROWS - 1}
    columns: { id: BIGINT }
sinks:
  rows: { from: numbers, connector: filesystem, path: out, format: json }
`;

/** Ids in the files that a reader of the folder sees, in their order. */
function visibleIds({ disk }: SimulatedPlatform, folder = 'out'): readonly number[] {
  const path = `${jobFolder}/${folder}`;
  if (disk.find(path) === null) return [];
  const text = disk
    .list(path)
    .filter((name) => !name.startsWith('.'))
    .map((name) => {
      const file = disk.find(`${path}/${name}`);
      return file?.kind === 'file' ? new TextDecoder().decode(disk.content(file)) : '';
    })
    .join('');
  const ids = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { id: number }).id);
  return ids.sort((left, right) => left - right);
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, id) => id);

function pause(platform: SimulatedPlatform, delayMs: number): Promise<void> {
  return new Promise<void>((resolve) => platform.timers.after(delayMs, resolve));
}

function after(platform: SimulatedPlatform, delayMs: number): Promise<void> {
  return platform.drive(pause(platform, delayMs));
}

const startedToFiles = async (storage: MemoryStorage, parts: RecoveryParts = {}) =>
  startSimulated(
    { pipeline: toFiles, files: {}, recovery: recoveryWith(storage, parts) },
    { seed: 1 },
  );

describe('a savepoint with which the job stops', () => {
  test('ends the job also when its output becomes visible at the second try only', () =>
    withRealWorldShut(async () => {
      const storage = new MemoryStorage();
      const { platform, handle } = await startedToFiles(storage);
      await after(platform, 500);
      // Commits rename, and nothing else does.
      storage.onMoment = (moment) => {
        if (moment !== 'complete') return;
        platform.fileFaults.add({
          kind: 'nth',
          nth: 1,
          errno: 'EIO',
          isPersistent: false,
          operation: 'rename',
        });
      };
      const taken = handle.triggerSavepoint({ targetDirectory: '/savepoints', stop: true });
      const { location } = await platform.drive(taken);
      storage.onMoment = () => undefined;
      const summary = await platform.drive(handle.done);
      expect(platform.fileFaults.hits).toBe(1);
      expect(summary.state).toBe('CANCELED');
      const ids = visibleIds(platform);
      expect(ids.length).toBeLessThan(40);
      expect(ids).toEqual(upTo(ids.length));
      const again = await startOn(platform, {
        pipeline: toFiles,
        recovery: recoveryWith(new MemoryStorage(), { restoreFrom: storage.restoreFrom(location) }),
      });
      await platform.drive(again.done);
      expect(visibleIds(platform)).toEqual(upTo(ROWS));
    }));
});

test('a checkpoint that cannot be read is read again by the next restart', () =>
  withRealWorldShut(async () => {
    const storage = new MemoryStorage();
    let failures = 3;
    const read = storage.read.bind(storage);
    storage.read = async (location) => {
      if (--failures >= 0)
        throw new EngineError('DREY_CHECKPOINT_FAILED', 'the disk does not answer');
      return read(location);
    };
    let isDue = true;
    const { platform, handle } = await startSimulated(
      {
        pipeline: toFiles,
        files: {},
        recovery: recoveryWith(storage),
        pick: () => {
          if (isDue && storage.snapshots.size > 2) {
            isDue = false;
            throw new EngineError('DREY_PROCESS_FAILED', 'a failure');
          }
          return 0;
        },
      },
      { seed: 1 },
    );
    const summary = await platform.drive(handle.done);
    expect(summary.state).toBe('FINISHED');
    expect(visibleIds(platform)).toEqual(upTo(ROWS));
    expect(summary.recordsIn).toBe(ROWS);
    expect(summary.recordsOut).toBe(ROWS);
  }));

const late = `
pipeline: { name: late }
sources:
  numbers:
    connector: datagen
    rows-per-second: 1000
    number-of-rows: 3
    fields.id.kind: sequence
    fields.id.start: 0
    fields.id.end: 2
    columns: { id: BIGINT }
transforms:
  timed:
    process: { module: ./timed.js, key-by: [id], columns: { id: BIGINT } }
sinks:
  rows: { from: timed, connector: filesystem, path: out, format: json }
`;

test('timers of processing time do not fire behind the end of the input', () =>
  withRealWorldShut(async () => {
    const storage = new MemoryStorage();
    let fired = 0;
    const timed: ProcessFunction = {
      processElement(_row, context) {
        context.registerProcessingTimeTimer(context.currentProcessingTime() + 50);
      },
      onTimer(_timestamp, _context, out) {
        fired++;
        out.collect({ id: 7 });
      },
    };
    const begin = storage.begin.bind(storage);
    storage.begin = async (order) => {
      const pending = await begin(order);
      const complete = async (operators: readonly OperatorHeader[]) => {
        if (order.kind === 'checkpoint') await pause(platform, 500);
        return pending.complete(operators);
      };
      return { ...pending, complete };
    };
    const { platform, handle } = await startSimulated(
      { pipeline: late, files: {}, recovery: recoveryWith(storage, { intervalMs: 1_000 }) },
      { seed: 1, modules: { '/work/timed.js': timed } },
    );
    await after(platform, 200);
    // The last checkpoint has not come to its end.
    await platform.drive(handle.triggerSavepoint({ targetDirectory: '/savepoints' }));
    await platform.drive(handle.done);
    expect(fired).toBe(0);
    expect(visibleIds(platform)).toEqual([]);
    // Nor in a job that is restored at that end, however much later.
    await after(platform, 1_000);
    for (const location of [...storage.snapshots.keys()].slice(0, 2)) {
      const restoreFrom = storage.restoreFrom(location);
      const recovery = recoveryWith(new MemoryStorage(), { restoreFrom });
      const again = await startOn(platform, { pipeline: late, recovery });
      await platform.drive(again.done);
    }
    expect(fired).toBe(0);
  }));

const checkpointDirectory = `${jobFolder}/checkpoints`;
function onDisk(platform: SimulatedPlatform, from: RestoreFrom | null): JobRecovery {
  return {
    ...recoveryWith(new MemoryStorage(), { intervalMs: 300, restoreFrom: from }),
    storageOf: (job) =>
      new FileJobStorage(
        {
          platform,
          checkpointDirectory,
          savepointDirectory: null,
          retention: 'DELETE_ON_CANCELLATION',
          dreyVersion: '0.0.0',
        },
        job,
      ),
  };
}

async function latest(platform: SimulatedPlatform): Promise<RestoreFrom> {
  const found = await platform.drive(
    readLatestSnapshot(platform.files, checkpointDirectory, 'numbers'),
  );
  if (found.kind !== 'found') throw new Error(found.kind);
  const { snapshot, location } = found;
  return {
    snapshot,
    location,
    completedAtMs: snapshot.triggeredAtMs,
    isOwned: false,
    allowNonRestoredState: false,
  };
}

/** A run whose lease has run out, and what another one that takes over starts from. */
async function takenOver(): Promise<{
  readonly first: SimulatedPlatform;
  readonly handle: JobHandle;
  readonly second: SimulatedPlatform;
  readonly from: RestoreFrom;
}> {
  const { platform } = await startSimulated({ pipeline: toFiles, files: {} }, { seed: 1 });
  const first = platform.crash('keep-all');
  const handle = await startOn(first, { pipeline: toFiles, recovery: onDisk(first, null) });
  handle.done.catch(() => undefined);
  await after(first, 700);
  const names = first.disk.list(checkpointDirectory).filter((name) => name.startsWith('.lock'));
  const lockFolder = `${checkpointDirectory}/${names[0]}`;
  const file = first.disk.openToWrite(`${lockFolder}/2`, false, first.clock.nowMs());
  first.disk.write(file, 0, new TextEncoder().encode('{}'), first.clock.nowMs());
  const second = first.startAnother();
  return { first, handle, second, from: await latest(second) };
}

describe('a run that stood still while another one took over', () => {
  test('ends and touches no file of the other', () =>
    withRealWorldShut(async () => {
      const { first, handle, second, from } = await takenOver();
      const other = await startOn(second, { pipeline: toFiles, recovery: onDisk(second, from) });
      other.done.catch(() => undefined);
      await expect(first.drive(handle.done)).rejects.toMatchObject({ exitCode: 11 });
      const summary = await second.drive(other.done);
      expect(summary.state).toBe('FINISHED');
      expect(visibleIds(second)).toEqual(upTo(ROWS));
    }));

  test('leaves the checkpoint that the other started from when it is canceled', () =>
    withRealWorldShut(async () => {
      const { first, handle, from } = await takenOver();
      handle.stop();
      await expect(first.drive(handle.done)).resolves.toMatchObject({ state: 'CANCELED' });
      expect(first.disk.find(`${from.location}/_metadata`)).not.toBeNull();
    }));
});

test('a stop that comes while a restart reads its checkpoint is heeded', () =>
  withRealWorldShut(async () => {
    const storage = new MemoryStorage();
    const read = storage.read.bind(storage);
    let handle: JobHandle | null = null;
    storage.read = (location) => {
      handle?.stop();
      return read(location);
    };
    let isDue = true;
    const started = await startSimulated(
      {
        pipeline: toFiles,
        files: {},
        recovery: recoveryWith(storage),
        pick: () => {
          if (!isDue || storage.snapshots.size < 3) return 0;
          isDue = false;
          throw new EngineError('DREY_PROCESS_FAILED', 'a failure');
        },
      },
      { seed: 1 },
    );
    ({ handle } = started);
    const summary = await started.platform.drive(started.handle.done);
    expect(summary.state).toBe('CANCELED');
  }));

test('a job whose last rows no checkpoint covers does not start again when they are shown', () =>
  withRealWorldShut(async () => {
    const storage = new MemoryStorage();
    const two = `${toFiles}  more: { from: numbers, connector: filesystem, path: more, format: json }\n`;
    const run = (fault: number | null) =>
      startSimulated(
        {
          pipeline: two,
          files: {},
          recovery: recoveryWith(storage, { isTakenAfterTasksFinish: false, intervalMs: 700 }),
        },
        { seed: 1 },
      ).then(async ({ platform, handle }) => {
        await after(platform, 1_900);
        if (fault !== null) {
          const nth = { kind: 'nth', nth: fault, errno: 'EIO', isPersistent: false } as const;
          platform.fileFaults.add({ ...nth, operation: 'rename' });
        }
        const ended = await platform.drive(
          handle.done.then(
            ({ state }) => state,
            () => 'FAILED',
          ),
        );
        return { ended, shown: [visibleIds(platform), visibleIds(platform, 'more')] };
      });
    expect(await run(null)).toEqual({ ended: 'FINISHED', shown: [upTo(ROWS), upTo(ROWS)] });
    // The first sink renames its last part, then the second one.
    const { ended, shown } = await run(2);
    expect(ended).toBe('FAILED');
    expect(shown[0]).toEqual(upTo(ROWS));
  }));

const wide = `
pipeline: { name: wide }
sources:
  numbers: { connector: filesystem, path: in, format: csv, columns: { n: BIGINT } }
transforms:
  many: { process: { module: ./many.js, key-by: [n], columns: { id: BIGINT, k: BIGINT } } }
  again: { process: { module: ./again.js, key-by: [k], columns: { id: BIGINT } } }
sinks:
  rows: { from: again, connector: filesystem, path: out, format: json }
`;

test('a subtask whose outputs are full waits for them, whatever barrier there is to take', () =>
  withRealWorldShut(async () => {
    const many: ProcessFunction = {
      processElement(row, _context, out) {
        for (let k = 0; k < 40_000; k++) out.collect({ id: row['n'] ?? null, k: BigInt(k % 50) });
      },
    };
    const again: ProcessFunction = {
      processElement(row, _context, out) {
        out.collect({ id: row['id'] ?? null });
      },
    };
    const unaligned = { intervalMs: 10, isUnaligned: true, alignedTimeoutMs: 0 };
    const { platform, handle } = await startSimulated(
      {
        pipeline: wide,
        parallelism: 2,
        files: { 'in/a.csv': '1\n2\n3\n', 'in/b.csv': '4\n5\n6\n' },
        recovery: recoveryWith(new MemoryStorage(), unaligned),
      },
      {
        seed: 1,
        fileLatencyMsMax: 40,
        modules: { '/work/many.js': many, '/work/again.js': again },
      },
    );
    // Far below what it takes to let time pass by asking again and again.
    const summary = await platform.drive(handle.done, 20_000);
    expect(summary).toMatchObject({ state: 'FINISHED', recordsOut: 240_000 });
  }));
