import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors/drey-error.ts';
import type { AsyncContext } from '../../../src/engine/async/async-function.ts';
import type { FileFault } from '../../../src/platform/simulated/file-faults.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { recoveryWith, restartAlways } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { jobFolder, startSimulated, type SimulatedJob } from '../../support/simulated-job.ts';

const FILES = 3;
const ROWS = 900;

/** Three files, counted by key and minute, into a folder. */
const pipeline = `
pipeline: { name: minutes }
sources:
  events:
    connector: filesystem
    path: in
    format: json
    columns: { id: BIGINT, ts: BIGINT, at: 'AS TO_TIMESTAMP_LTZ(ts, 3)' }
    watermark: { column: at, delay: 1s }
transforms:
  minutes:
    window: { type: tumble, size: 1min }
    group-by: [{ key: 'MOD(id, 7)' }]
    aggregate: { n: 'COUNT(*)', last: MAX(id) }
sinks:
  rows: { from: minutes, connector: filesystem, path: out, format: json }
`;
const files = Object.fromEntries(
  Array.from({ length: FILES }, (_, file) => [
    `in/${file}.jsonl`,
    Array.from({ length: ROWS / FILES }, (_row, row) => row * FILES + file)
      .map((id) => `{"id":${id},"ts":${1_700_000_000_000 + id * 1_000}}\n`)
      .join(''),
  ]),
);

function jobWith(storage: MemoryStorage, parallelism: number): SimulatedJob {
  const recovery = recoveryWith(storage, { intervalMs: 10, restart: restartAlways });
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

async function run(fault: FileFault | null, parallelism: number) {
  const storage = new MemoryStorage();
  const options = { seed: 7, fileLatencyMsMax: 8 };
  const { platform, handle } = await startSimulated(jobWith(storage, parallelism), options);
  if (fault !== null) platform.fileFaults.add(fault);
  const summary = await platform.drive(handle.done);
  return { rows: rowsOf(platform), hits: platform.fileFaults.hits, summary };
}

describe('a job whose disk fails once', () => {
  // Renames are commits, syncs are the durable phase, writes are flushes of the sinks.
  const operations = ['rename', 'sync', 'sync-folder', 'write', 'open', 'close', 'read'] as const;

  test.each(operations)('at any %s writes each row once', (operation) =>
    withRealWorldShut(async () => {
      const { rows: expected } = await run(null, 1);
      expect(expected.length).toBeGreaterThan(50);
      for (const parallelism of [1, 2]) {
        for (let nth = 1, isHit = true; isHit && nth <= 12; nth++) {
          const fault = { kind: 'nth', nth, errno: 'EIO', isPersistent: false, operation } as const;
          const { rows, hits, summary } = await run(fault, parallelism);
          isHit = hits > 0;
          expect(rows).toEqual(expected);
          expect(summary.state).toBe('FINISHED');
        }
      }
    }),
  );
});

const calling = `
pipeline: { name: calls }
sources:
  events: { connector: filesystem, path: in, format: json, columns: { id: BIGINT } }
transforms:
  calls: { from: events, async: { module: ./call.js, columns: { answer: BIGINT } } }
sinks:
  rows: { from: calls, connector: filesystem, path: out, format: json }
`;

test('a job that cannot be closed fails for good', () =>
  withRealWorldShut(async () => {
    const call = {
      invoke: () => Promise.reject(new Error('no answer for this one')),
      close: () => new Promise<void>(() => undefined),
    };
    const { platform, handle } = await startSimulated(
      { ...jobWith(new MemoryStorage(), 1), pipeline: calling },
      { seed: 1, modules: { '/work/call.js': call } },
    );
    const failure = await platform.drive(handle.done).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineError);
    expect(failure).toMatchObject({ code: 'DREY_ATTEMPT_STUCK', exitCode: 9 });
    expect(String(failure)).toContain('no answer for this one');
  }));

test.each([1, 2, 3])('%s subtasks wait for answers, with and without checkpoints', (parallelism) =>
  withRealWorldShut(async () => {
    let platform: SimulatedPlatform | null = null;
    const call = (row: Readonly<Record<string, unknown>>, _context: AsyncContext) =>
      new Promise<{ answer: bigint }>((resolve) => {
        const id = BigInt(String(row['id']));
        platform!.timers.after(Number(id % 17n), () => {
          resolve({ answer: id * 2n });
        });
      });
    const storage = new MemoryStorage();
    const started = await startSimulated(
      { ...jobWith(storage, parallelism), pipeline: calling },
      { seed: 3, modules: { '/work/call.js': call } },
    );
    platform = started.platform;
    const summary = await platform.drive(started.handle.done);
    expect(summary).toMatchObject({ state: 'FINISHED', recordsIn: ROWS, recordsOut: ROWS });
    expect(summary.checkpoints.completed).toBeGreaterThan(1);
    const expected = Array.from({ length: ROWS }, (_, id) => `{"id":${id},"answer":${id * 2}}`);
    expect(rowsOf(platform)).toEqual(expected.sort());
  }),
);
