import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EngineError } from '../../../src/errors/drey-error.ts';
import type { JobSummary, PickSubtask } from '../../../src/engine/minicluster.ts';
import { SeededRandom } from '../../../src/platform/simulated/random.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { recoveryWith, type RecoveryParts } from '../../support/checkpointed-job.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { runNaively } from '../../support/naive-pipeline.ts';
import { printedRows, shownRow } from '../../support/printed-rows.ts';
import { runs } from '../../support/property-runs.ts';
import { randomPipeline, type RandomPipeline } from '../../support/random-pipeline.ts';
import { jobFolder, startOn, startSimulated } from '../../support/simulated-job.ts';

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** How checkpoints are taken: often, since the files of a random pipeline are read in no time. */
const settings = fc.record({
  intervalMs: fc.constantFrom(10, 15, 30),
  maxConcurrent: fc.constantFrom(1, 1, 3),
  mode: fc.constantFrom('EXACTLY_ONCE' as const, 'EXACTLY_ONCE' as const, 'AT_LEAST_ONCE' as const),
});
const unaligned = fc.record({
  intervalMs: fc.constantFrom(10, 15, 30),
  isUnaligned: fc.constant(true),
  alignedTimeoutMs: fc.constantFrom(0, 0, 2, 20),
});

/** The same pipeline with a sink that writes files. */
function intoFiles({ job }: RandomPipeline): RandomPipeline['job'] {
  const pipeline = job.pipeline.replace(
    '"connector":"print"',
    '"connector":"filesystem","path":"out","format":"json"',
  );
  expect(pipeline).not.toBe(job.pipeline);
  return { ...job, pipeline };
}

/**
 * The same events in several files, in the order of their time: then none is late, whatever file
 * is read first. One of the same time as the one before may be late all the same; such events stay
 * in one file.
 */
function inFiles(drawn: RandomPipeline, count: number): RandomPipeline {
  if (count === 1) return drawn;
  const lines = String(drawn.job.files['events.jsonl']).split('\n');
  const sorted = drawn.events
    .map((event, index) => ({ event, line: lines[index]! }))
    .sort((left, right) => Number(left.event['ts']) - Number(right.event['ts']));
  const { 'events.jsonl': _whole, ...others } = drawn.job.files;
  const parts = Array.from({ length: count }, (_, file) => [
    `events/${file}.jsonl`,
    sorted
      .filter((_event, index) => index % count === file)
      .map(({ line }) => `${line}\n`)
      .join(''),
  ]);
  const events = sorted.map(({ event }) => event);
  if (runNaively(drawn.naive, events).late.length > 0) return drawn;
  return {
    ...drawn,
    job: {
      ...drawn.job,
      pipeline: drawn.job.pipeline.replace('"path":"events.jsonl"', '"path":"events"'),
      files: { ...others, ...Object.fromEntries(parts) },
    },
    events,
  };
}

/** Draws the next subtask; lets a step fail now and then, as often as `failures` says. */
function failingPick(drawnSeed: number, failures: number): PickSubtask {
  const random = new SeededRandom(drawnSeed);
  let left = failures;
  return (runnable) => {
    if (left > 0 && random.next() < 0.02) {
      left--;
      throw new EngineError('DREY_PROCESS_FAILED', `a failure of ${runnable[0]!.vertexId}`);
    }
    return Math.floor(random.next() * runnable.length);
  };
}

interface Finished {
  readonly summary: JobSummary;
  readonly text: string;
  readonly platform: SimulatedPlatform;
}

interface Run {
  readonly job: RandomPipeline['job'];
  readonly parallelism: number;
  readonly drawnSeed: number;
  readonly failures: number;
  readonly recovery: RecoveryParts;
}

async function run(storage: MemoryStorage, parts: Run): Promise<Finished> {
  const { platform, handle } = await startSimulated(
    {
      ...parts.job,
      parallelism: parts.parallelism,
      recovery: recoveryWith(storage, parts.recovery),
      pick: failingPick(parts.drawnSeed, parts.failures),
    },
    { seed: parts.drawnSeed, fileLatencyMsMax: 8 },
  );
  const summary = await platform.drive(handle.done);
  return { summary, text: visibleRows(platform), platform };
}

/** What a reader of the folder sees. */
function visibleRows(platform: SimulatedPlatform): string {
  const { disk } = platform;
  return disk
    .list(`${jobFolder}/out`)
    .filter((name) => !name.startsWith('.'))
    .map((name) => {
      const file = disk.find(`${jobFolder}/out/${name}`);
      return file?.kind === 'file' ? new TextDecoder().decode(disk.content(file)) : '';
    })
    .join('');
}

test('whatever fails, at any parallelism, each row is written once', () =>
  withRealWorldShut(() =>
    fc.assert(
      fc.asyncProperty(
        randomPipeline,
        seed,
        fc.constantFrom(1, 2, 3, 5),
        fc.record({
          recovery: fc.oneof({ weight: 2, arbitrary: settings }, unaligned),
          fileCount: fc.constantFrom(1, 1, 4),
        }),
        async (whole, drawnSeed, parallelism, { recovery, fileCount }) => {
          const drawn = inFiles(whole, fileCount);
          // At-least-once promises less when something fails.
          const mayFail = !('mode' in recovery) || recovery.mode === 'EXACTLY_ONCE';
          const { summary, text } = await run(new MemoryStorage(), {
            job: intoFiles(drawn),
            parallelism,
            drawnSeed,
            failures: mayFail ? 3 : 0,
            recovery,
          });
          const expected = runNaively(drawn.naive, drawn.events);
          expect(printedRows(text, drawn.naive)).toEqual(expected.rows.map(shownRow).sort());
          expect(summary).toMatchObject({
            state: 'FINISHED',
            recordsIn: drawn.events.length,
            lateRecords: expected.late.length,
          });
        },
      ),
      { numRuns: runs(60) },
    ),
  ));

/** A process that dies after so many events, and the parallelism of the one that goes on. */
const death = fc.record({
  steps: fc.integer({ min: 1, max: 400 }),
  parallelism: fc.constantFrom(1, 2, 3, 5),
});

async function diesAfter(platform: SimulatedPlatform, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) if (!(await platform.scheduler.step())) return;
}

test('whenever the process dies, and however many subtasks go on, each row is written once', () =>
  withRealWorldShut(() =>
    fc.assert(
      fc.asyncProperty(
        randomPipeline,
        seed,
        fc.array(death, { minLength: 1, maxLength: 4 }),
        fc.oneof(
          settings.map((each) => ({ ...each, mode: 'EXACTLY_ONCE' as const })),
          unaligned,
        ),
        async (drawn, drawnSeed, deaths, recovery) => {
          const storage = new MemoryStorage();
          const job = intoFiles(drawn);
          const jobOf = (parallelism: number) => ({
            ...job,
            parallelism,
            recovery: recoveryWith(storage, {
              ...recovery,
              restoreFrom: storage.snapshots.size === 0 ? null : storage.restoreFrom(),
            }),
            pick: failingPick(drawnSeed, 1),
          });
          const options = { seed: drawnSeed, fileLatencyMsMax: 8 };
          let { platform, handle } = await startSimulated(jobOf(deaths[0]!.parallelism), options);
          handle.done.catch(() => undefined);
          for (const { steps, parallelism } of deaths) {
            await diesAfter(platform, steps);
            platform = platform.crash('lose-unsynced');
            handle = await startOn(platform, jobOf(parallelism));
            handle.done.catch(() => undefined);
          }
          const summary = await platform.drive(handle.done);
          const expected = runNaively(drawn.naive, drawn.events);
          const text = visibleRows(platform);
          expect(printedRows(text, drawn.naive)).toEqual(expected.rows.map(shownRow).sort());
          expect(summary).toMatchObject({
            state: 'FINISHED',
            recordsIn: drawn.events.length,
            lateRecords: expected.late.length,
          });
        },
      ),
      { numRuns: runs(60) },
    ),
  ));
