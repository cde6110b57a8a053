import { expect, test } from 'vitest';
import { MemoryJobStorage } from '../../../src/engine/snapshots.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import {
  checkpointFolder,
  createWorld,
  recoveryInFiles,
  stepUntil,
} from '../../support/savepoint-world.ts';
import { startOn } from '../../support/simulated-job.ts';

const pipeline = `
pipeline: { name: counting }
sources:
  numbers: { connector: filesystem, path: numbers.jsonl, format: json, columns: { id: INT } }
sinks:
  out: { from: numbers, connector: blackhole }
`;
const input = Array.from({ length: 2_000 }, (_, id) => `{"id":${id}}\n`).join('');
const newWorld = () => createWorld({ '/work/numbers.jsonl': input }, { seed: 4 });

test('a run that has finished names no checkpoint, since its end removes them', () =>
  withRealWorldShut(async () => {
    const platform = newWorld();
    const recovery = recoveryInFiles(platform, { intervalMs: 2 });
    const handle = await startOn(platform, { pipeline, recovery });
    const { checkpoints, jobId } = await platform.drive(handle.done);
    expect(checkpoints.completed).toBeGreaterThan(0);
    expect(checkpoints.latest).toBeNull();
    const left = platform.disk.list(`${checkpointFolder}/${jobId}`);
    expect(left.filter((name) => name.startsWith('chk-'))).toEqual([]);
  }));

test('a run that was stopped names the checkpoint that it keeps', () =>
  withRealWorldShut(async () => {
    const platform = newWorld();
    const recovery = recoveryInFiles(platform, { intervalMs: 2 });
    const handle = await startOn(platform, { pipeline, recovery });
    await stepUntil(platform, handle, () => handle.summary('RUNNING').checkpoints.completed > 0);
    handle.stop();
    const { checkpoints } = await platform.drive(handle.done);
    expect(platform.disk.list(checkpoints.latest!)).toContain('_metadata');
  }));

test('a checkpoint in memory is not named after the end of the run', () =>
  withRealWorldShut(async () => {
    const platform = newWorld();
    const storageOf = (job: { jobId: string; jobName: string }) =>
      new MemoryJobStorage(platform, job);
    const recovery = { ...recoveryInFiles(platform, { intervalMs: 2 }), storageOf };
    const handle = await startOn(platform, { pipeline, recovery });
    await stepUntil(platform, handle, () => handle.summary('RUNNING').checkpoints.completed > 0);
    expect(handle.summary('RUNNING').checkpoints.latest).toContain('memory:');
    handle.stop();
    expect((await platform.drive(handle.done)).checkpoints.latest).toBeNull();
  }));
