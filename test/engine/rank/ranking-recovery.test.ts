/**
 * A job of all operators that keep rows, numbers or tables, ended by a failure and restored at
 * another parallelism again and again: each row that it writes is there once.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withParallelism } from '../../../src/cli/run/run-pipeline.ts';
import { loadModules, startJob, type PickSubtask } from '../../../src/engine/minicluster.ts';
import { EngineError } from '../../../src/errors/drey-error.ts';
import { toStreamGraph } from '../../../src/pipeline/to-engine/stream-graph.ts';
import { SeededRandom } from '../../../src/platform/simulated/random.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../src/platform/simulated/simulated-platform.ts';
import { planOf } from '../../pipeline/load-text.ts';
import { recoveryWith, type RecoveryParts } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { runs } from '../../support/property-runs.ts';
import { jobFolder } from '../../support/simulated-job.ts';

const ROWS = 12_000;
/** Nobody reads it; it makes the file long enough for checkpoints between its blocks. */
const NOTE = 'x'.repeat(300);
/** Each writes into a folder of its own. */
const SINKS = ['numbered', 'firsts', 'best', 'pairs'] as const;

const pipeline = `
pipeline: { name: kept }
sources:
  posts:
    connector: filesystem
    path: posts.jsonl
    format: json
    columns: { ts: BIGINT, id: BIGINT, tag: STRING, moment: 'AS TO_TIMESTAMP_LTZ(ts, 3)' }
    watermark: { column: moment, delay: 1s }
  tags:
    connector: filesystem
    path: tags.jsonl
    format: json
    columns: { tag: STRING, color: STRING }
transforms:
  named:
    from: posts
    lookup: { table: tags, on: { tag: tag }, select: [color] }
  numbered: { from: named, dictionary: { column: tag, as: number } }
  firsts: { from: posts, dedup: { keys: [tag], keep: first, order-by: moment } }
  counts:
    from: posts
    window: { type: tumble, size: 5s }
    group-by: [tag]
    aggregate: { n: 'COUNT(*)' }
  best: { from: counts, top-n: { n: 3, order-by: [n DESC, tag ASC] } }
  left: { from: posts, select: { id: id, tag: tag, moment: moment } }
  right: { from: posts, where: 'MOD(id, 5) = 0', select: { other: id, same: tag, since: moment } }
  pairs:
    join: { left: left, right: right, on: { tag: same }, between: [0s, 1s], kind: left }
sinks:
${SINKS.map((name) => `  ${name}_out: { from: ${name}, connector: filesystem, path: ${name}, format: json }`).join('\n')}
`;

function inputs(): Readonly<Record<string, string>> {
  const random = new SeededRandom(7);
  const posts = Array.from({ length: ROWS }, (_, id) => {
    const ts = 1_700_000_000_000 + id * 10 + Math.floor(random.next() * 900);
    const tag = `t${Math.floor(random.next() ** 2 * 200)}`;
    return `${JSON.stringify({ ts, id, tag, note: NOTE })}\n`;
  });
  const tags = Array.from({ length: 100 }, (_, index) => {
    const row = { tag: `t${index * 2}`, color: `c${index % 7}` };
    return `${JSON.stringify(row)}\n`;
  });
  return {
    [`${jobFolder}/posts.jsonl`]: posts.join(''),
    [`${jobFolder}/tags.jsonl`]: tags.join(''),
  };
}

/** Rows that a reader of the sinks' folders sees, sorted. */
function visibleRows({ disk }: SimulatedPlatform): Readonly<Record<string, readonly string[]>> {
  const rowsOf = (sink: string): readonly string[] =>
    disk
      .list(`${jobFolder}/${sink}`)
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) => {
        const file = disk.find(`${jobFolder}/${sink}/${name}`);
        if (file?.kind !== 'file') return [];
        return new TextDecoder().decode(disk.content(file)).split('\n').slice(0, -1);
      })
      .sort();
  return Object.fromEntries(SINKS.map((sink) => [sink, rowsOf(sink)]));
}

/** Draws the next subtask; a step fails at a time that is drawn, once `isDue`. */
function failingPick(random: SeededRandom, isDue: () => boolean): PickSubtask {
  return (runnable) => {
    if (random.next() < 0.05 && isDue()) {
      throw new EngineError('DREY_PROCESS_FAILED', 'a failure');
    }
    return Math.floor(random.next() * runnable.length);
  };
}

interface Runs {
  readonly seed: number;
  /** Of the runs, one after the other; the last one ends the job. */
  readonly parallelisms: readonly number[];
  readonly recovery: RecoveryParts | null;
}

/** Runs the job until it has ended; how often it went on from a checkpoint is returned. */
async function runAll(drawn: Runs): Promise<{ platform: SimulatedPlatform; restored: number }> {
  const { seed, parallelisms, recovery } = drawn;
  const platform = createSimulatedPlatform({
    workingDirectory: jobFolder,
    seed,
    fileLatencyMsMax: 8,
    files: inputs(),
  });
  const random = new SeededRandom(seed);
  const storage = new MemoryStorage();
  const plan = await planOf(pipeline, { folder: jobFolder, workingDirectory: jobFolder });
  let restored = 0;
  for (const [index, parallelism] of parallelisms.entries()) {
    const isLast = index === parallelisms.length - 1;
    const hasSnapshot = storage.snapshots.size > 0;
    const failsAt = storage.snapshots.size + 1 + Math.floor(random.next() * 6);
    if (hasSnapshot) restored++;
    const restoreFrom = hasSnapshot ? storage.restoreFrom() : null;
    const parts = { ...recovery, restoreFrom, restart: { kind: 'none' } as const };
    const graph = toStreamGraph(withParallelism(plan, parallelism));
    const modules = await loadModules(graph, platform);
    const { done } = startJob(graph, platform, {
      modules,
      pick: failingPick(random, () => !isLast && storage.snapshots.size >= failsAt),
      ...(recovery !== null && { recovery: recoveryWith(storage, parts) }),
    });
    try {
      await platform.drive(done);
      break;
    } catch (error) {
      expect(error).toMatchObject({ message: expect.stringContaining('a failure') as unknown });
    }
  }
  return { platform, restored };
}

test('each row of operators that keep rows, numbers or tables is written once', () =>
  withRealWorldShut(async () => {
    const once = await runAll({ seed: 1, parallelisms: [1], recovery: null });
    const expected = visibleRows(once.platform);
    for (const sink of SINKS) expect(expected[sink]!.length, sink).toBeGreaterThan(20);
    let restored = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.constantFrom(1, 2, 3, 5), { minLength: 3, maxLength: 5 }),
        async (seed, parallelisms) => {
          const recovery = { intervalMs: 10 };
          const run = await runAll({ seed, parallelisms, recovery });
          restored += run.restored;
          expect(visibleRows(run.platform)).toEqual(expected);
        },
      ),
      { numRuns: runs(4) },
    );
    expect(restored).toBeGreaterThan(0);
  }));
