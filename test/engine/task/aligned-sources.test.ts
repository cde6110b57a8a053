/** Sources of one alignment group: what they read when, and that it changes no result. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlignmentGroup } from '../../../src/engine/time/watermark-alignment.ts';
import { runs } from '../../support/property-runs.ts';
import { runSimulated } from '../../support/simulated-job.ts';
import { startSource, type Poll, type StartedSource } from './scripted-source.ts';

const alignment = (maxDriftMs: number) => ({ group: 'g', maxDriftMs });

/** Sources that step in turn as a job lets them, each split's rows in order of time. */
async function startGroup(
  sources: readonly (readonly (readonly Poll[])[])[],
  maxDriftMs: number,
  idleTimeoutMs: number | null = null,
): Promise<readonly StartedSource[]> {
  const group = new AlignmentGroup();
  const started: StartedSource[] = [];
  for (const [index, splits] of sources.entries()) {
    const options = { uid: `s${index}`, group, alignment: alignment(maxDriftMs), idleTimeoutMs };
    started.push(await startSource(splits, options));
  }
  return started;
}

const rowsOf = ({ rows }: StartedSource): readonly number[] =>
  rows.events.filter((event) => /^\d+$/.test(event)).map(Number);

/** Steps all sources until a round brings nothing new. */
function run(sources: readonly StartedSource[]): void {
  let hasRows = true;
  while (hasRows) {
    hasRows = false;
    for (const { task } of sources) hasRows = task.step() === 'rows' || hasRows;
    hasRows ||= sources.some(({ task }) => task.isReleased);
  }
}

describe('a group', () => {
  test('waits for its slowest source', async () => {
    const sources = await startGroup([[[1, 5, 20, 21, 22]], [[1, 'silent', 16, 30]]], 10);
    run(sources);
    // 20 came from a split that was at 5.
    expect(sources.map(rowsOf)).toEqual([[1, 5, 20], [1]]);
    await sources[1]!.splits[0]!.wakeUp();
    run(sources);
    expect(sources.map(rowsOf)).toEqual([
      [1, 5, 20, 21, 22],
      [1, 16, 30],
    ]);
    expect(sources.map(({ task }) => task.isEnded)).toEqual([true, true]);
  });

  test('waits for a bounded source that has not had a row', async () => {
    const sources = await startGroup([[[1, 2, 3]], [['silent', 2]]], 10);
    run(sources);
    expect(sources.map(rowsOf)).toEqual([[1], []]);
    await sources[1]!.splits[0]!.wakeUp();
    run(sources);
    expect(sources.map(rowsOf)).toEqual([[1, 2, 3], [2]]);
  });

  test('does not wait for a source that is idle', async () => {
    const sources = await startGroup([[[1, 50, 100, 'silent']], [[1, 'silent', 2]]], 10, 5);
    run(sources);
    expect(sources.map(rowsOf)).toEqual([[1, 50], [1]]);
    for (const { advanceMs } of sources) advanceMs(5);
    run(sources);
    expect(sources.map(rowsOf)).toEqual([[1, 50, 100], [1]]);
  });

  test('goes on when the slowest ends in the same round in which all others waited', async () => {
    const sources = await startGroup([[[100, 200, 300]], [[1]]], 10);
    run(sources);
    expect(sources.map(({ task }) => task.isEnded)).toEqual([true, true]);
  });

  test('holds back splits of one source, too', async () => {
    const [source] = await startGroup(
      [
        [
          [1, 30, 60, 'silent'],
          [1, 2, 'silent', 40, 'silent'],
        ],
      ],
      10,
      1000,
    );
    run([source!]);
    expect(rowsOf(source!)).toEqual([1, 1, 30, 2]);
    await source!.splits[1]!.wakeUp();
    run([source!]);
    expect(rowsOf(source!)).toEqual([1, 1, 30, 2, 40, 60]);
  });
});

test('no split that is further ahead than the drift is read, and all come to their end', async () => {
  const split = fc
    .array(fc.nat({ max: 300 }), { maxLength: 12 })
    .map((times) => times.toSorted((a, b) => a - b));
  const source = fc.array(split, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(source, { minLength: 1, maxLength: 3 }),
      fc.nat({ max: 80 }),
      async (drawn, maxDriftMs) => {
        const sources = await startGroup(drawn, maxDriftMs);
        const at = drawn.map((splits) => splits.map(() => ({ ms: -Infinity, left: 0 })));
        for (const [index, splits] of drawn.entries()) {
          for (const [number, times] of splits.entries()) at[index]![number]!.left = times.length;
        }
        let rounds = 0;
        while (sources.some(({ task }) => !task.isEnded)) {
          expect(rounds++, 'nobody goes on').toBeLessThan(1000);
          for (const [index, { task, rows, splits }] of sources.entries()) {
            const before = splits.map(({ rowCount }) => rowCount);
            const count = rows.events.length;
            if (task.step() !== 'rows') continue;
            const read = splits.findIndex(({ rowCount }, number) => rowCount !== before[number]);
            const place = at[index]![read]!;
            const waitedFor = at.flat().filter(({ left }) => left > 0);
            const slowest = Math.min(...waitedFor.map(({ ms }) => ms));
            if (place.ms > slowest) expect(place.ms - slowest).toBeLessThanOrEqual(maxDriftMs);
            place.ms = Number(rows.events[count]);
            place.left--;
          }
        }
        expect(sources.map((each) => rowsOf(each).toSorted((a, b) => a - b))).toEqual(
          drawn.map((splits) => splits.flat().toSorted((a, b) => a - b)),
        );
      },
    ),
    { numRuns: runs(100) },
  );
});

test('a job gives the rows that it gives without alignment', async () => {
  const times = fc.array(fc.nat({ max: 20_000 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(times, times, times),
      fc.constantFrom('0s', '1s', '1min'),
      fc.nat(),
      async (drawn, maxDrift, seed) => {
        const files = Object.fromEntries(
          drawn.map((each, index) => [
            `${'abc'[index]}.jsonl`,
            each.map((ts) => `{"ts":${ts}}\n`).join(''),
          ]),
        );
        const [aligned, free] = [
          await runSimulated(
            { pipeline: pipelineOf(`, alignment: { group: g, max-drift: ${maxDrift} }`), files },
            { seed },
          ),
          await runSimulated({ pipeline: pipelineOf(''), files }, { seed }),
        ];
        const sorted = (output: string): readonly string[] => output.split('\n').sort();
        expect(sorted(aligned.output)).toEqual(sorted(free.output));
      },
    ),
    { numRuns: runs(15) },
  );
});

/** Three sources whose rows are never late. */
function pipelineOf(more: string): string {
  const sources = ['a', 'b', 'c'].map(
    (name) => `  ${name}:
    connector: filesystem
    path: ${name}.jsonl
    format: json
    columns: { ts: BIGINT, at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }
    watermark: { column: at, delay: 20s${more} }`,
  );
  return `pipeline: { name: job }
sources:
${sources.join('\n')}
transforms:
  all: { union: [a, b, c] }
  counted:
    window: { type: tumble, size: 1s }
    aggregate: { c: COUNT(*) }
sinks:
  out: { from: counted, connector: print }
`;
}
