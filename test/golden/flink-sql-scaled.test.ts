/**
 * The pipelines under flink-sql/pipelines give the rows that a real Flink gave when they end in the
 * middle of the input and go on with another number of subtasks: killed after three checkpoints, or,
 * where files cannot take the result, stopped with a savepoint.
 */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/platform/simulated/random.ts';
import { withRealWorldShut } from '../../src/platform/simulated/shut-real-world.ts';
import {
  createWorld,
  inSmallBlocks,
  recoveryInFiles,
  restoreFrom,
  restoreLatest,
  stepUntil,
  stopWithSavepoint,
  visibleText,
} from '../support/savepoint-world.ts';
import { jobFolder, outputOf, startOn } from '../support/simulated-job.ts';
import {
  EXPECTED,
  inputsOf,
  pipelineNames,
  readPipelineFile,
} from './flink-sql/golden-pipelines.ts';
import { readResult, type GoldenResult } from './flink-sql/golden-rows.ts';

/** Where other rows come out on purpose, with the reason. */
const differences: Readonly<Record<string, string>> = {
  'flink-38075': 'Differs without a restore, too: see flink-sql.test.ts.',
};

const CHECKPOINTS = 3;
/** Events between the last checkpoint and the end of the process, at most. */
const STEPS_AFTER_MAX = 40;
const TO_PRINT = 'connector: print';
const TO_FILES = 'connector: filesystem, path: out, format: json';

const names = pipelineNames().filter((name) => differences[name] === undefined);

function expectedOf(name: string): GoldenResult {
  return readResult(readPipelineFile(name, EXPECTED));
}

/** The same pipeline with a sink that writes files. */
function intoFiles(name: string): string {
  const text = readPipelineFile(name, 'pipeline.yaml');
  expect(text).toContain(TO_PRINT);
  return text.replace(TO_PRINT, TO_FILES);
}

const subtasks = { before: 2, after: 3 } as const;

/** Dies after three checkpoints; another process goes on. */
async function runKilled(name: string, seed: number): Promise<string> {
  const pipeline = intoFiles(name);
  // Half of the checkpoints are unaligned from the start.
  const settings = { intervalMs: 5, isUnaligned: seed % 2 === 1 };
  const first = createWorld(inputsOf(name), { seed });
  const killed = await startOn(first, {
    pipeline,
    parallelism: subtasks.before,
    recovery: recoveryInFiles(first, settings),
  });
  const isDue = (): boolean =>
    (killed.checkpointStatistics()?.counts.completed ?? 0) >= CHECKPOINTS;
  await stepUntil(first, killed, isDue);
  const random = new SeededRandom(seed, 'kill');
  for (let step = random.index(STEPS_AFTER_MAX); step > 0; step--) await first.scheduler.step();
  const second = inSmallBlocks(first.crash('lose-unsynced'));
  const latest = await restoreLatest(second, name);
  expect(latest?.snapshot.checkpointId).toBeGreaterThanOrEqual(CHECKPOINTS);
  const handle = await startOn(second, {
    pipeline,
    parallelism: subtasks.after,
    recovery: recoveryInFiles(second, { ...settings, restoreFrom: latest }),
  });
  await second.drive(handle.done);
  return visibleText(second, `${jobFolder}/out`);
}

/** Stops with a savepoint in the middle; another job goes on. */
async function runStopped(name: string, seed: number): Promise<string> {
  const pipeline = readPipelineFile(name, 'pipeline.yaml');
  const platform = createWorld(inputsOf(name), { seed });
  const stopped = await startOn(platform, {
    pipeline,
    parallelism: subtasks.before,
    recovery: recoveryInFiles(platform),
  });
  const rowsAtStop = 1 + new SeededRandom(seed, 'stop').index(STEPS_AFTER_MAX);
  await stepUntil(platform, stopped, () => stopped.progress().recordsIn >= rowsAtStop);
  const { location } = await stopWithSavepoint(platform, stopped);
  const handle = await startOn(platform, {
    pipeline,
    parallelism: subtasks.after,
    recovery: recoveryInFiles(platform, { restoreFrom: await restoreFrom(platform, location) }),
  });
  await platform.drive(handle.done);
  return outputOf(platform);
}

describe('killed or stopped at parallelism 2, restored at 3, as Flink 2.3.0', () => {
  it.each(names.map((name, seed) => [name, seed] as const))('%s', async (name, seed) => {
    const expected = expectedOf(name);
    const through = expected.isChangelog ? runStopped : runKilled;
    const output = await withRealWorldShut(() => through(name, seed));
    expect(readResult(output)).toEqual(expected);
  });
});
