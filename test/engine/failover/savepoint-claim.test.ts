import { describe, expect, test } from 'vitest';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { readResult } from '../../golden/flink-sql/golden-rows.ts';
import {
  branchInputs,
  branchModules,
  operatorBranches,
  pipelineOf,
} from '../../support/operator-branches.ts';
import {
  createWorld,
  recoveryInFiles,
  restoreFrom,
  savepointFolder,
  stepUntil,
  stopWithSavepoint,
} from '../../support/savepoint-world.ts';
import { outputOf, startOn } from '../../support/simulated-job.ts';

const branches = operatorBranches.filter(({ name }) => ['processed', 'running'].includes(name));
const pipeline = pipelineOf('claims', branches);
const ROWS_BEFORE = 60;

function newWorld(): SimulatedPlatform {
  const platform: SimulatedPlatform = createWorld(branchInputs(), {
    seed: 3,
    modules: branchModules(() => platform),
  });
  return platform;
}

/** Stopped at parallelism 2. */
async function stopped(): Promise<{ platform: SimulatedPlatform; location: string }> {
  const platform = newWorld();
  const recovery = recoveryInFiles(platform);
  const handle = await startOn(platform, { pipeline, parallelism: 2, recovery });
  await stepUntil(platform, handle, () => handle.progress().recordsIn >= ROWS_BEFORE);
  const { location } = await stopWithSavepoint(platform, handle);
  return { platform, location };
}

/** Goes on from the savepoint to the end, with checkpoints; the rows that it prints. */
async function goOn(
  platform: SimulatedPlatform,
  location: string,
  { isOwned, parallelism }: { readonly isOwned: boolean; readonly parallelism: number },
): Promise<string> {
  const before = outputOf(platform).length;
  const from = await restoreFrom(platform, location, { isOwned });
  const recovery = recoveryInFiles(platform, { restoreFrom: from, intervalMs: 10 });
  const handle = await startOn(platform, { pipeline, parallelism, recovery });
  const { checkpoints } = await platform.drive(handle.done);
  expect(checkpoints.completed).toBeGreaterThan(1);
  return outputOf(platform).slice(before);
}

describe('a savepoint', () => {
  test('that is not claimed stays, and is gone on from again and again', () =>
    withRealWorldShut(async () => {
      const { platform, location } = await stopped();
      const already = outputOf(platform);
      const results = [];
      for (const parallelism of [3, 1]) {
        const rows = await goOn(platform, location, { isOwned: false, parallelism });
        results.push(readResult(already + rows));
      }
      expect(results[0]!.rows.length).toBeGreaterThan(ROWS_BEFORE);
      expect(results[1]).toEqual(results[0]);
      expect(platform.disk.list(savepointFolder)).toHaveLength(1);
    }));

  test('that is claimed goes when checkpoints of the restored job take its place', () =>
    withRealWorldShut(async () => {
      const { platform, location } = await stopped();
      await goOn(platform, location, { isOwned: true, parallelism: 3 });
      expect(platform.disk.list(savepointFolder)).toEqual([]);
    }));
});
