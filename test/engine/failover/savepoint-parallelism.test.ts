/**
 * Of each kind of operator: a job that is stopped with a savepoint at parallelism 2 in the middle of
 * its input, and goes on at another parallelism, gives the rows of one that is never stopped.
 */
import { describe, expect, it, test } from 'vitest';
import type { JobSummary } from '../../../src/engine/minicluster.ts';
import { SeededRandom } from '../../../src/platform/simulated/random.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { readResult, type GoldenResult } from '../../golden/flink-sql/golden-rows.ts';
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
  stepUntil,
  stopWithSavepoint,
} from '../../support/savepoint-world.ts';
import { outputOf, startOn } from '../../support/simulated-job.ts';

const EVENTS_MIN = 30;
const EVENTS_SPREAD = 80;

function newWorld(seed: number): SimulatedPlatform {
  const platform: SimulatedPlatform = createWorld(branchInputs(), {
    seed,
    modules: branchModules(() => platform),
  });
  return platform;
}

/** Rows that are there in the end, and what was counted. */
interface Outcome extends GoldenResult {
  readonly recordsIn: number;
  readonly lateRecords: number;
}

function outcomeOf(platform: SimulatedPlatform, summary: JobSummary): Outcome {
  const { recordsIn, lateRecords } = summary;
  return { ...readResult(outputOf(platform)), recordsIn, lateRecords };
}

async function runWhole(pipeline: string): Promise<Outcome> {
  const platform = newWorld(1);
  const handle = await startOn(platform, { pipeline, parallelism: 1 });
  return outcomeOf(platform, await platform.drive(handle.done));
}

/** Goes through these parallelisms, stopped with a savepoint between two. */
async function runThrough(
  pipeline: string,
  parallelisms: readonly number[],
  seed: number,
): Promise<Outcome> {
  const platform = newWorld(seed);
  const random = new SeededRandom(seed, 'stops');
  let from: Awaited<ReturnType<typeof restoreFrom>> | null = null;
  for (const [index, parallelism] of parallelisms.entries()) {
    const handle = await startOn(platform, {
      pipeline,
      parallelism,
      recovery: recoveryInFiles(platform, { restoreFrom: from }),
    });
    if (index === parallelisms.length - 1) {
      return outcomeOf(platform, await platform.drive(handle.done));
    }
    const rows = EVENTS_MIN + random.index(EVENTS_SPREAD / parallelisms.length);
    const before = handle.progress().recordsIn;
    await stepUntil(platform, handle, () => handle.progress().recordsIn >= before + rows);
    const { location } = await stopWithSavepoint(platform, handle);
    from = await restoreFrom(platform, location);
  }
  throw new Error('there is no last parallelism');
}

describe.each(operatorBranches)('$name', (branch) => {
  const pipeline = pipelineOf(branch.name, [branch]);
  let expected: Promise<Outcome> | null = null;
  const expectedOutcome = (): Promise<Outcome> => (expected ??= runWhole(pipeline));

  it.each([1, 3, 128])('goes on at parallelism %i', (parallelism) =>
    withRealWorldShut(async () => {
      const outcome = await runThrough(pipeline, [2, parallelism], parallelism);
      expect(outcome).toEqual(await expectedOutcome());
    }),
  );

  it('goes on from a second savepoint of the restored job', () =>
    withRealWorldShut(async () => {
      const outcome = await runThrough(pipeline, [2, 3, 1], 9);
      expect(outcome).toEqual(await expectedOutcome());
    }));
});

test('the results are no empty ones', () =>
  withRealWorldShut(async () => {
    for (const branch of operatorBranches) {
      const { rows } = await runWhole(pipelineOf(branch.name, [branch]));
      expect(rows.length, branch.name).toBeGreaterThan(4);
    }
  }));
