import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BATCH_ROWS } from '../../../src/engine/batch/column.ts';
import { MAX_PARALLELISM_DEFAULT } from '../../../src/engine/state/key-groups.ts';
import { RestoredParts } from '../../../src/engine/state/restored-parts.ts';
import type { SubtaskState } from '../../../src/engine/state/state-part.ts';
import { stateOf } from '../../support/operator-state.ts';
import { runs } from '../../support/property-runs.ts';
import {
  startSource,
  type Poll,
  type ScriptedOptions,
  type StartedSource,
} from './scripted-source.ts';

type Scripts = readonly (readonly Poll[])[];

interface Layout {
  readonly parallelism: number;
  readonly from?: readonly SubtaskState[];
}

/** All subtasks of a source. */
function startAll(
  scripts: Scripts,
  { parallelism, from }: Layout,
  options: ScriptedOptions = {},
): Promise<StartedSource[]> {
  const subtasks = Array.from({ length: parallelism }, (_, subtask) => {
    const restored =
      from === undefined
        ? {}
        : {
            restored: new RestoredParts(from, {
              subtask,
              parallelism,
              maxParallelism: MAX_PARALLELISM_DEFAULT,
            }),
          };
    return startSource(scripts, { ...options, place: { subtask, parallelism }, ...restored });
  });
  return Promise.all(subtasks);
}

function snapshotOf(subtasks: readonly StartedSource[]): SubtaskState[] {
  return subtasks.map(({ task }, subtask) => ({ subtask, parts: stateOf(task) }));
}

/** Lets each subtask take so many steps. */
async function step(subtasks: readonly StartedSource[], count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    for (const { task } of subtasks) task.step();
    await Promise.resolve();
  }
}

const isRow = (event: string): boolean => /^\d+$/.test(event);
const watermarksIn = (events: readonly string[]): number[] =>
  events.flatMap((event) => (event.startsWith('watermark') ? Number(event.slice(9)) : []));

const scriptsArbitrary = fc.array(
  fc.array(fc.oneof(fc.nat(99), fc.constant('wait' as const), fc.constant(-1)), { maxLength: 6 }),
  { minLength: 1, maxLength: 5 },
);

test('over any restores, at any parallelism, each row and dead record comes once', async () => {
  await fc.assert(
    fc.asyncProperty(
      scriptsArbitrary,
      fc.array(fc.record({ steps: fc.nat(6), parallelism: fc.integer({ min: 1, max: 4 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      async (scripts, lives) => {
        const rows: string[] = [];
        let deadCount = 0;
        let from: SubtaskState[] | undefined;
        for (const { steps, parallelism } of [...lives, { steps: 60, parallelism: 2 }]) {
          const layout = from === undefined ? { parallelism } : { parallelism, from };
          const subtasks = await startAll(scripts, layout);
          await step(subtasks, steps);
          from = snapshotOf(subtasks);
          for (const { rows: taken, dead } of subtasks) {
            rows.push(...taken.events.filter(isRow));
            deadCount += dead.events.filter((event) => event === 'events').length;
            const watermarks = watermarksIn(taken.events);
            expect(watermarks).toEqual([...watermarks].sort((a, b) => a - b));
          }
          const counted = subtasks.reduce((sum, { counters }) => sum + counters.deadRecords, 0);
          expect(counted).toBeGreaterThanOrEqual(deadCount);
        }
        const all = scripts.flat();
        const expected = all.filter((poll) => typeof poll === 'number' && poll >= 0).map(String);
        expect(rows.sort()).toEqual(expected.sort());
        expect(deadCount).toBe(all.filter((poll) => poll === -1).length);
      },
    ),
    { numRuns: runs(100) },
  );
});

test('a restored source tells its watermark anew, and no lower one', async () => {
  const scripts = [[10, 30], [20, 40], [5]];
  const before = await startAll(scripts, { parallelism: 1 });
  await step(before, 4);
  const last = watermarksIn(before[0]!.rows.events).at(-1)!;
  expect(last).toBeGreaterThan(0);
  const [after] = await startAll(scripts, { parallelism: 1, from: snapshotOf(before) });
  after!.task.step();
  expect(after!.rows.events[0]).toBe(`watermark ${last}`);
});

test('a source that had ended comes to its end again', async () => {
  const scripts = [[1], [2]];
  const before = await startAll(scripts, { parallelism: 2 });
  await step(before, 5);
  const after = await startAll(scripts, { parallelism: 3, from: snapshotOf(before) });
  await step(after, 1);
  for (const { task, rows } of after) {
    expect(task.isEnded).toBe(true);
    expect(rows.events.slice(-2)).toEqual(['watermark Infinity', 'end']);
    expect(rows.events.filter(isRow)).toEqual([]);
  }
});

test('an idle split is idle after a restore, and its watermark still counts when it comes back', async () => {
  const scripts: Scripts = [
    [10, 'silent', 40],
    [50, 'silent', 60],
  ];
  const options = { idleTimeoutMs: 100 };
  const before = await startAll(scripts, { parallelism: 1 }, options);
  await step(before, 4);
  before[0]!.advanceMs(100);
  await step(before, 1);
  expect(before[0]!.rows.events.at(-1)).toBe('idle');
  const [after] = await startAll(scripts, { parallelism: 1, from: snapshotOf(before) }, options);
  await step([after!], 1);
  expect(after!.rows.events.slice(0, 2)).toEqual(['watermark 50', 'idle']);
  expect(after!.rows.events).toContain('active');
});

test('dead records that found no room go out after the restore, and counters come back', async () => {
  const deadCount = BATCH_ROWS + 5;
  const scripts = [[1, ...Array.from({ length: deadCount }, () => -1), 2]];
  const [before] = await startAll(scripts, { parallelism: 1 });
  before!.dead.room = 0;
  await step([before!], 2);
  before!.dead.room = Infinity;
  before!.outputs.drain();
  expect(before!.counters.deadRecords).toBe(deadCount);
  expect(before!.dead.events).toHaveLength(BATCH_ROWS);
  const [after] = await startAll(scripts, { parallelism: 1, from: snapshotOf([before!]) });
  await step([after!], 1);
  expect(after!.dead.events).toHaveLength(5);
  expect(after!.counters.deadRecords).toBe(deadCount);
  expect(after!.counters.recordsOut).toBe(before!.counters.recordsOut);
});
