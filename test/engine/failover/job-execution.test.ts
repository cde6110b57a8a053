import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors/drey-error.ts';
import type { ProcessFunction } from '../../../src/engine/process/process-function.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import { recoveryWith, type RecoveryParts } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { outputOf, runSimulated, startSimulated } from '../../support/simulated-job.ts';

const ROWS = 60;

/** Two seconds of rows; each row comes out with how many there were of its key. */
const pipeline = `
pipeline: { name: counts }
sources:
  numbers:
    connector: datagen
    rows-per-second: 30
    number-of-rows: ${ROWS}
    fields.id.kind: sequence
    fields.id.start: 0
    fields.id.end: ${ROWS - 1}
    columns: { id: BIGINT, key: 'AS MOD(id, 3)' }
transforms:
  counted:
    process:
      module: ./count.js
      key-by: [key]
      columns: { id: BIGINT, n: BIGINT }
sinks:
  rows: { from: counted, connector: print }
`;

interface Counted {
  readonly id: number;
  readonly n: number;
}

const expected: readonly Counted[] = Array.from({ length: ROWS }, (_, id) => ({
  id,
  n: Math.floor(id / 3) + 1,
}));

/** Counts rows by key; throws at these ids, each time that one comes for the first time. */
function counting(throwsAt: readonly number[] = []): ProcessFunction {
  const left = new Set(throwsAt);
  let count: { value(): number | null; update(n: number): void };
  return {
    open(context) {
      count = context.valueState<number>('count');
    },
    processElement(row, _context, out) {
      const id = Number(row['id']);
      if (left.delete(id)) throw new Error(`no more after ${id}`);
      const n = (count.value() ?? 0) + 1;
      count.update(n);
      out.collect({ id: row['id'] ?? null, n });
    },
  };
}

function rowsOf(output: string): readonly Counted[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Counted);
}

/** Output of a print sink: rows may be there twice after a restart, but none differs. */
function distinct(rows: readonly Counted[]): readonly Counted[] {
  const byId = new Map<number, Counted>();
  for (const row of rows) {
    expect(byId.get(row.id) ?? row).toEqual(row);
    byId.set(row.id, row);
  }
  return [...byId.values()].sort((left, right) => left.id - right.id);
}

const job = (storage: MemoryStorage, parts: RecoveryParts = {}) => ({
  pipeline,
  files: {},
  recovery: recoveryWith(storage, parts),
});
const options = (throwsAt: readonly number[] = []) => ({
  seed: 1,
  modules: { '/work/count.js': counting(throwsAt) },
});

describe('a job with checkpoints', () => {
  test('gives the rows that it gives without, and takes one more at its end', async () => {
    const storage = new MemoryStorage();
    const { summary, output } = await runSimulated(job(storage), options());
    expect(rowsOf(output)).toEqual(expected);
    expect(summary.state).toBe('FINISHED');
    expect(summary.checkpoints.completed).toBeGreaterThan(10);
    expect(summary.checkpoints).toMatchObject({
      completed: storage.snapshots.size,
      failed: 0,
      latest: [...storage.snapshots.keys()].at(-1),
    });
    const last = [...storage.snapshots.values()].at(-1);
    expect(last?.operators.every(({ subtasks }) => subtasks[0]?.isFinished)).toBe(true);
    expect(storage.ended).toBe('finished');
  });

  test('goes on from the latest checkpoint after each failure', async () => {
    const storage = new MemoryStorage();
    const warnings: string[] = [];
    const { summary, output } = await runSimulated(
      { ...job(storage), warn: ({ message }) => warnings.push(message) },
      options([0, 17, 18, 41]),
    );
    expect(distinct(rowsOf(output))).toEqual(expected);
    expect(summary).toMatchObject({ state: 'FINISHED', recordsIn: ROWS });
    const restarts = warnings.filter((message) => message.includes('starts again'));
    expect(restarts).toHaveLength(4);
    expect(restarts[0]).toContain('starts again from its start');
    // What a print sink cannot keep is said once.
    expect(warnings).toHaveLength(5);
    expect(restarts[3]).toMatch(/from checkpoint \d+ .*no more after 41/);
  });

  test('fails with what happened when its restarts are used up', async () => {
    const storage = new MemoryStorage();
    const restart = { kind: 'fixed-delay', attemptsMax: 1, delayMs: 10 } as const;
    const run = runSimulated(job(storage, { restart }), options([20, 30]));
    await expect(run).rejects.toThrow('no more after 30');
  });

  test('is restored from each of its checkpoints by another run', async () => {
    const storage = new MemoryStorage();
    await runSimulated(job(storage), options());
    for (const location of storage.snapshots.keys()) {
      const restoreFrom = storage.restoreFrom(location);
      const again = new MemoryStorage();
      const { summary, output } = await runSimulated(job(again, { restoreFrom }), options());
      const rows = rowsOf(output);
      expect(rows).toEqual(expected.slice(ROWS - rows.length));
      expect(summary).toMatchObject({ restoredFrom: location, recordsIn: ROWS });
      const ids = [...again.snapshots.values()].map(({ checkpointId }) => checkpointId);
      expect(ids[0]).toBe(restoreFrom.snapshot.checkpointId + 1);
    }
  });

  test('outlives a checkpoint that fails as long as that is tolerable', async () => {
    for (const moment of ['begin', 'add', 'complete'] as const) {
      const storage = new MemoryStorage();
      storage.onMoment = (each, checkpointId) => {
        if (each === moment && checkpointId % 3 === 0) throw diskFull();
      };
      const { summary, output } = await runSimulated(
        job(storage, { tolerableFailed: 1 }),
        options(),
      );
      expect(rowsOf(output)).toEqual(expected);
      expect(summary.checkpoints.failed).toBeGreaterThan(3);
      expect(summary.checkpoints.completed).toBe(storage.snapshots.size);
    }
  });

  test('fails with exit status 9 when more fail in a row', async () => {
    const storage = new MemoryStorage();
    storage.onMoment = () => {
      throw diskFull();
    };
    const restart = { kind: 'none' } as const;
    const run = runSimulated(job(storage, { restart, tolerableFailed: 2 }), options());
    const failure = await run.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineError);
    expect(failure).toMatchObject({ code: 'DREY_CHECKPOINTS_FAILED', exitCode: 9 });
    expect(String(failure)).toContain('no space');
  });
});

function diskFull(): EngineError {
  return new EngineError('DREY_CHECKPOINT_FAILED', 'no space is left');
}

describe('a savepoint', () => {
  const started = async (parts: RecoveryParts = {}) => {
    const storage = new MemoryStorage();
    const { platform, handle } = await startSimulated(job(storage, parts), options());
    await platform.drive(new Promise<void>((resolve) => platform.timers.after(500, resolve)));
    return { storage, platform, handle };
  };

  test('is taken while the job goes on', () =>
    withRealWorldShut(async () => {
      const { storage, platform, handle } = await started({ intervalMs: null });
      const taken = handle.triggerSavepoint({ targetDirectory: '/savepoints' });
      const savepoint = await platform.drive(taken);
      expect(savepoint.kind).toBe('savepoint');
      const summary = await platform.drive(handle.done);
      expect(summary.state).toBe('FINISHED');
      expect(rowsOf(outputOf(platform))).toEqual(expected);
      expect([...storage.snapshots.keys()]).toEqual([savepoint.location]);
    }));

  test('with which the job stops divides the rows between two runs', () =>
    withRealWorldShut(async () => {
      const { storage, platform, handle } = await started();
      const taken = handle.triggerSavepoint({ targetDirectory: '/savepoints', stop: true });
      const { location } = await platform.drive(taken);
      const summary = await platform.drive(handle.done);
      const before = rowsOf(outputOf(platform));
      expect(before.length).toBeGreaterThan(5);
      expect(before.length).toBeLessThan(40);
      expect(summary.state).toBe('CANCELED');
      const restoreFrom = storage.restoreFrom(location);
      const after = await runSimulated(job(new MemoryStorage(), { restoreFrom }), options());
      expect([...before, ...rowsOf(after.output)]).toEqual(expected);
    }));

  test('that fails lets the job go on', () =>
    withRealWorldShut(async () => {
      const { storage, platform, handle } = await started({ tolerableFailed: 5 });
      storage.onMoment = (moment) => {
        if (moment === 'complete') throw diskFull();
      };
      const taken = handle.triggerSavepoint({ targetDirectory: '/savepoints', stop: true });
      await expect(platform.drive(taken)).rejects.toMatchObject({ code: 'DREY_SAVEPOINT_FAILED' });
      storage.onMoment = () => undefined;
      const summary = await platform.drive(handle.done);
      expect(summary.state).toBe('FINISHED');
      expect(rowsOf(outputOf(platform))).toEqual(expected);
    }));
});
