import { expect, test } from 'vitest';
import { EngineError } from '../../../src/errors/drey-error.ts';
import { JobExecution } from '../../../src/engine/failover/job-execution.ts';
import type {
  OpenContext,
  ProcessFunction,
  ValueState,
} from '../../../src/engine/process/process-function.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { createSimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import { withParallelism } from '../../../src/cli/run/run-pipeline.ts';
import { loadModules, type PickSubtask } from '../../../src/engine/minicluster.ts';
import { planOf } from '../../pipeline/load-text.ts';
import { census } from '../../support/census.ts';
import { recoveryWith } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { jobFolder } from '../../support/simulated-job.ts';

const pipeline = `
pipeline: { name: counts }
sources:
  numbers:
    connector: datagen
    rows-per-second: 20
    fields.id.kind: sequence
    fields.id.start: 0
    fields.id.end: 1000000
    columns: { id: BIGINT, key: 'AS MOD(id, 30)' }
transforms:
  counted:
    process: { module: ./count.js, key-by: [key], columns: { id: BIGINT } }
sinks:
  rows: { from: counted, connector: blackhole }
`;

class Count implements ProcessFunction {
  private count!: ValueState<number>;

  open(context: OpenContext): void {
    this.count = context.valueState('count');
  }

  processElement(...[row, , out]: Parameters<ProcessFunction['processElement']>): void {
    this.count.update((this.count.value() ?? 0) + 1);
    out.collect({ id: row['id'] ?? null });
  }
}

async function started(pick: PickSubtask | null) {
  const storage = new MemoryStorage();
  const modules = { [`${jobFolder}/count.js`]: Count };
  const platform = createSimulatedPlatform({ seed: 1, workingDirectory: jobFolder, modules });
  const plan = await planOf(pipeline, { folder: jobFolder, workingDirectory: jobFolder });
  const graph = toStreamGraph(withParallelism(plan, 2));
  const execution = new JobExecution({
    graph,
    platform,
    job: { jobId: 'a'.repeat(32), jobName: 'counts' },
    modules: await loadModules(graph, platform),
    warn: () => undefined,
    recovery: recoveryWith(storage, {
      intervalMs: 50,
      retainedMax: 1,
      isIncremental: true,
      restart: { kind: 'fixed-delay', attemptsMax: Infinity, delayMs: 10 },
    }),
    pick,
    // Pieces from the first key on.
    stateBackend: { isIncremental: true, limits: { wholeBytes: 0 } },
  });
  return { storage, platform, execution };
}

/** What has grown by more than this since an earlier census. */
function grown(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>) {
  return [...now].filter(([path, size]) => {
    const isOfTest = /\.(storage|platform)\b/.test(path);
    return !isOfTest && size - (before.get(path) ?? 0) > 50;
  });
}

test('nothing grows with the number of checkpoints', () =>
  withRealWorldShut(async () => {
    const { platform, execution } = await started(null);
    const running = execution.run();
    const pause = (ms: number) =>
      platform.drive(new Promise<void>((resolve) => platform.timers.after(ms, resolve)));
    await pause(60_000);
    const before = census(execution);
    await pause(60_000);
    expect(execution.checkpoints.completed).toBeGreaterThan(2_000);
    expect(grown(before, census(execution))).toEqual([]);
    execution.stop();
    await platform.drive(running);
  }));

test('nothing grows with the number of restarts', () =>
  withRealWorldShut(async () => {
    let steps = 0;
    let failures = 0;
    const { platform, execution } = await started((runnable) => {
      if (++steps % 100 === 0) {
        failures++;
        throw new EngineError('DREY_PROCESS_FAILED', 'a failure');
      }
      return steps % runnable.length;
    });
    const running = execution.run();
    const until = async (count: number): Promise<void> => {
      while (failures < count) await platform.scheduler.step();
    };
    await until(100);
    const before = census(execution);
    await until(400);
    expect(grown(before, census(execution))).toEqual([]);
    expect(platform.files.openFiles).toBe(0);
    execution.stop();
    await platform.drive(running);
  }));
