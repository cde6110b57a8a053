/**
 * Settings of operations changed since the savepoint: those that its state does not depend on go on
 * with the same rows in the end, those that it does are refused.
 */
import { expect, test } from 'vitest';
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

const ROWS_BEFORE = 60;

function pipelineOfBranch(name: string): string {
  const branch = operatorBranches.find((each) => each.name === name)!;
  return pipelineOf(name, [branch]);
}

function newWorld(): SimulatedPlatform {
  const platform: SimulatedPlatform = createWorld(branchInputs(), {
    seed: 2,
    modules: branchModules(() => platform),
  });
  return platform;
}

/** Stops the branch at parallelism 2 and goes on at 3 with `to` in place of `from`. */
async function goOn(name: string, from: string, to: string): Promise<GoldenResult> {
  const pipeline = pipelineOfBranch(name);
  expect(pipeline).toContain(from);
  const platform = newWorld();
  const recovery = recoveryInFiles(platform);
  const handle = await startOn(platform, { pipeline, parallelism: 2, recovery });
  await stepUntil(platform, handle, () => handle.progress().recordsIn >= ROWS_BEFORE);
  const { location } = await stopWithSavepoint(platform, handle);
  const changed = await startOn(platform, {
    pipeline: pipeline.replace(from, to),
    parallelism: 3,
    recovery: recoveryInFiles(platform, { restoreFrom: await restoreFrom(platform, location) }),
  });
  await platform.drive(changed.done);
  return readResult(outputOf(platform));
}

async function whole(name: string): Promise<GoldenResult> {
  const platform = newWorld();
  const handle = await startOn(platform, { pipeline: pipelineOfBranch(name), parallelism: 1 });
  await platform.drive(handle.done);
  return readResult(outputOf(platform));
}

test.each([
  ['early', 'early: 5ms', 'early: 50ms'],
  ['early', 'early: 5ms, ', ''],
  ['running', 'state-ttl: 1h', 'state-ttl: 5h'],
  ['running', ', state-ttl: 1h', ''],
  ['first', ', state-ttl: 1h', ''],
  ['top', ', state-ttl: 1h', ''],
  ['last', 'order-by: event_time }', 'order-by: event_time }, state-ttl: 1h'],
  ['numbered', 'state-ttl: 1h', 'state-ttl: 2h'],
  ['called', 'capacity: 8', 'capacity: 3, order: unordered'],
  ['tumble', 'delay: 5s', 'delay: 5s, idle-timeout: 1min'],
  ['tumble', 'watermark: { column', 'on-error: dead-letter, watermark: { column'],
])('%s goes on with "%s" changed to "%s"', (name, from, to) =>
  withRealWorldShut(async () => {
    expect(await goOn(name, from, to)).toEqual(await whole(name));
  }),
);

test.each([
  ['top', 'n: 3', 'n: 4', 'n was 3 with ranks, is 4 with ranks'],
  [
    'top',
    'amount DESC',
    'amount ASC',
    'order-by was [amount DESC, ts ASC], is [amount ASC, ts ASC]',
  ],
  ['joined', 'kind: full', 'kind: left', 'join was full, is left'],
  ['joined', '-10s, 5s', '-20s, 5s', 'bounds was -10 s to 5 s, is -20 s to 5 s'],
  ['first', 'keys: [id, kind]', 'keys: [id]', 'keys was [id STRING, kind STRING], is [id STRING]'],
  ['numbered', 'column: tag', 'column: ts', 'column was [tag STRING], is [ts BIGINT]'],
  ['processed', 'key-by: [id]', 'key-by: [kind]', 'key-by was [id STRING], is [kind STRING]'],
  ['session', 'gap: 8s', 'gap: 9s', 'window was session with gap 8 s, is session with gap 9 s'],
  [
    'tumble',
    'most: MAX(amount), mean: AVG(amount) } }',
    'most: MAX(amount), mean: AVG(amount) }, emit: { early: 1s } }',
    'is that of a window-aggregate, but tumble is an updating-window now',
  ],
])('%s with "%s" changed to "%s" is refused', (name, from, to, difference) =>
  withRealWorldShut(async () => {
    await expect(goOn(name, from, to)).rejects.toMatchObject({
      code: 'DREY_RESTORE_MISMATCH',
      message: expect.stringContaining(difference) as string,
      details: { operator: name },
    });
  }),
);
