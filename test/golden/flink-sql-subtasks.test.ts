/**
 * The pipelines under flink-sql/pipelines give the rows of a real Flink 2.3.0 at any parallelism,
 * whatever subtask goes next, while checkpoints of both kinds are taken.
 */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/platform/simulated/random.ts';
import { recoveryWith } from '../support/checkpointed-job.ts';
import { MemoryStorage } from '../support/memory-storage.ts';
import { runSimulated } from '../support/simulated-job.ts';
import {
  EXPECTED,
  inputsOf,
  pipelineNames,
  readPipelineFile,
} from './flink-sql/golden-pipelines.ts';
import { readResult } from './flink-sql/golden-rows.ts';

/** The one that differs on purpose is in flink-sql.test.ts. */
const names = pipelineNames().filter((name) => name !== 'flink-38075');

describe.each([
  { parallelism: 1, isUnaligned: false },
  { parallelism: 2, isUnaligned: false },
  { parallelism: 3, isUnaligned: true },
])('$parallelism subtasks, unaligned: $isUnaligned', ({ parallelism, isUnaligned }) => {
  it.each(names)('%s', async (name) => {
    const random = new SeededRandom(parallelism);
    const { output, summary } = await runSimulated(
      {
        pipeline: readPipelineFile(name, 'pipeline.yaml'),
        files: inputsOf(name),
        parallelism,
        recovery: recoveryWith(new MemoryStorage(), { intervalMs: 10, isUnaligned }),
        pick: (runnable) => random.index(runnable.length),
      },
      { seed: parallelism, fileLatencyMsMax: 8 },
    );
    expect(readResult(output)).toEqual(readResult(readPipelineFile(name, EXPECTED)));
    expect(summary.checkpoints.completed).toBeGreaterThan(0);
  });
});
