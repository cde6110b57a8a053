import { expect, test } from 'vitest';
import type { Manifest } from '../../../src/engine/checkpoint/storage/manifest.ts';
import { readManifest } from '../../../src/engine/checkpoint/storage/read-snapshot.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import {
  branchInputs,
  branchModules,
  operatorBranches,
  pipelineOf,
} from '../../support/operator-branches.ts';
import {
  checkpointFolder,
  createWorld,
  recoveryInFiles,
  restoreFrom,
  stepUntil,
} from '../../support/savepoint-world.ts';
import { startOn } from '../../support/simulated-job.ts';

const name = 'unclaimed';
const pipeline = pipelineOf(
  name,
  operatorBranches.filter((branch) => branch.name === 'processed'),
);
/** Every bit of state is a piece, which later checkpoints refer to. */
const stateBackend = { isIncremental: true, limits: { wholeBytes: 0 } };

function piecesIn({ operators }: Manifest): readonly string[] {
  return operators.flatMap(({ subtasks }) =>
    subtasks.flatMap(({ parts }) =>
      parts.flatMap(({ head }) => (head.kind === 'piece' ? [head.id] : [])),
    ),
  );
}

/** A run until its third checkpoint, stopped; the folder of the last one. */
async function oldRun(platform: SimulatedPlatform): Promise<string> {
  const recovery = recoveryInFiles(platform, { intervalMs: 2 });
  const handle = await startOn(platform, { pipeline, recovery, stateBackend });
  const counts = () => handle.summary('RUNNING').checkpoints;
  await stepUntil(platform, handle, () => counts().completed === 3);
  handle.stop();
  const { checkpoints } = await platform.drive(handle.done);
  expect(checkpoints.latest).not.toBeNull();
  return checkpoints.latest!;
}

test('the first checkpoint after a restore without a claim needs no file of the old run', () =>
  withRealWorldShut(async () => {
    const platform: SimulatedPlatform = createWorld(branchInputs(), {
      seed: 5,
      modules: branchModules(() => platform),
    });
    const old = await oldRun(platform);
    const oldPieces = piecesIn(await platform.drive(readManifest(platform.files, old)));
    expect(oldPieces.length).toBeGreaterThan(0);

    const from = await restoreFrom(platform, old, { isOwned: false });
    const recovery = recoveryInFiles(platform, { restoreFrom: from, intervalMs: 2 });
    const handle = await startOn(platform, { pipeline, recovery, stateBackend });
    const counts = () => handle.summary('RUNNING').checkpoints;
    await stepUntil(platform, handle, () => counts().completed === 1);
    const { latest } = counts();
    const first = await platform.drive(readManifest(platform.files, latest!));
    const reused = piecesIn(first).filter((id) => oldPieces.includes(id));
    expect(reused.length, 'pieces of the old run are used again').toBeGreaterThan(0);

    await platform.drive(platform.files.rename(old.slice(0, old.lastIndexOf('/')), '/gone'));
    expect(platform.disk.list(checkpointFolder)).not.toContain(from.snapshot.jobId);
    const { snapshot } = await restoreFrom(platform, latest!);
    expect(snapshot.checkpointId).toBe(4);
    // And none of the later ones looks for it.
    const { state, checkpoints } = await platform.drive(handle.done);
    expect([state, checkpoints.failed]).toEqual(['FINISHED', 0]);
  }));
