/**
 * Of each kind of operator whose result files can take: a job that dies three times, at any moment,
 * and goes on at another parallelism each time from the latest checkpoint on the disk, writes the
 * rows of one that never dies, and counts the same late rows.
 */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/platform/simulated/random.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { readResult } from '../../golden/flink-sql/golden-rows.ts';
import {
  branchInputs,
  branchModules,
  operatorBranches,
  pipelineOf,
  type OperatorBranch,
} from '../../support/operator-branches.ts';
import { runs } from '../../support/property-runs.ts';
import {
  createWorld,
  inSmallBlocks,
  recoveryInFiles,
  restoreLatest,
  visibleText,
} from '../../support/savepoint-world.ts';
import { jobFolder, startOn } from '../../support/simulated-job.ts';

const DEATHS = 3;
const PARALLELISM_MAX = 4;
/** Events of one life: a whole run takes some 2,000. */
const STEPS = { min: 100, spread: 300 } as const;

/** They correct rows that they have sent, which files do not take. */
const changelogs = ['early', 'running', 'last', 'top', 'top_counts'];
const branches = operatorBranches.filter(({ name }) => !changelogs.includes(name));
const seeds = Array.from({ length: runs(3) }, (_, index) => index + 1);

interface Outcome {
  readonly rows: readonly string[];
  readonly lateRecords: number;
}

interface Lives {
  readonly branch: OperatorBranch;
  readonly seed: number;
  readonly deaths: number;
}

async function run({ branch, seed, deaths }: Lives): Promise<Outcome> {
  let platform: SimulatedPlatform = createWorld(branchInputs(), {
    seed,
    modules: branchModules(() => platform),
  });
  const random = new SeededRandom(seed, `deaths of ${branch.name}`);
  const pipeline = pipelineOf(branch.name, [branch]).replace(
    'connector: print',
    'connector: filesystem, path: out, format: json',
  );
  const start = async () => {
    const recovery = recoveryInFiles(platform, {
      intervalMs: 3,
      isUnaligned: random.index(2) === 0,
      maxConcurrent: 1 + random.index(2),
      restoreFrom: await restoreLatest(platform, branch.name),
    });
    const parallelism = 1 + random.index(PARALLELISM_MAX);
    const handle = await startOn(platform, { pipeline, parallelism, recovery });
    // A life that is cut short has nobody to tell.
    handle.done.catch(() => undefined);
    return handle;
  };
  for (let death = 0; death < deaths; death++) {
    await start();
    const steps = STEPS.min + random.index(STEPS.spread);
    for (let step = 0; step < steps; step++) await platform.scheduler.step();
    platform = inSmallBlocks(platform.crash('lose-unsynced'));
  }
  const { lateRecords } = await platform.drive((await start()).done);
  const { rows } = readResult(visibleText(platform, `${jobFolder}/out`));
  return { rows, lateRecords };
}

describe.each(branches)('$name', (branch) => {
  it.each(seeds)('seed %i', (seed) =>
    withRealWorldShut(async () => {
      const expected = await run({ branch, seed: 1, deaths: 0 });
      expect(expected.rows.length).toBeGreaterThan(4);
      expect(await run({ branch, seed, deaths: DEATHS })).toEqual(expected);
    }),
  );
});
