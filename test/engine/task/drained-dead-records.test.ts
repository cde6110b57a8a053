import { expect, test } from 'vitest';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';
import { recoveryInFiles, savepointFolder, stepUntil } from '../../support/savepoint-world.ts';
import { outputOf, startOn } from '../../support/simulated-job.ts';

/** More than go out in one batch. */
const BROKEN = 10_000;

const pipeline = `
pipeline: { name: dead }
sources:
  events: { connector: filesystem, path: events.jsonl, format: json, columns: { id: BIGINT }, on-error: dead-letter }
transforms:
  slow: { from: events.dead, async: { module: ./slow.js, columns: { n: BIGINT }, capacity: 10, timeout: 1h }, select: { why: reason } }
sinks:
  rows: { from: events, connector: blackhole }
  broken: { from: slow, connector: print }
`;

test('a job that is drained passes on all dead records that it has read', () =>
  withRealWorldShut(async () => {
    const platform: SimulatedPlatform = createSimulatedPlatform({
      files: { '/work/events.jsonl': '{\n'.repeat(BROKEN) },
      workingDirectory: '/work',
      seed: 3,
      modules: {
        '/work/slow.js': async () => {
          await new Promise<void>((go) => {
            platform.timers.after(1, go);
          });
          return { n: 1n };
        },
      },
    });
    const recovery = recoveryInFiles(platform, { intervalMs: null });
    const handle = await startOn(platform, { pipeline, recovery });
    await stepUntil(platform, handle, () => handle.progress().deadRecords > 0);
    const targetDirectory = savepointFolder;
    await platform.drive(handle.triggerSavepoint({ targetDirectory, stop: true, drain: true }));
    const { deadRecords } = await platform.drive(handle.done);
    expect(deadRecords).toBeGreaterThan(2_048);
    expect(outputOf(platform).trimEnd().split('\n')).toHaveLength(deadRecords);
  }));
