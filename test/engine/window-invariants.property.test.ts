/**
 * What holds for windows whatever the input: order and files do not matter as long as no row is
 * late; results before the end and corrections come to what is final; a UV only rises.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JobHarness, type TakenRow } from '../../src/engine/testing.ts';
import { toStreamGraph } from '../../src/pipeline/to-engine/stream-graph.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { createSimulatedPlatform } from '../../src/platform/simulated/simulated-platform.ts';
import { planOf } from '../pipeline/load-text.ts';
import { runs } from '../support/property-runs.ts';
import { runSimulated } from '../support/simulated-job.ts';

const DELAY_MS = 20_000;
const BASE_MS = 1_700_000_000_000;

interface Event {
  readonly ts: number;
  readonly id: string;
  readonly device: string;
}

const events = fc.array(
  fc.record({
    ts: fc.integer({ min: 0, max: 400 }).map((second) => BASE_MS + second * 1000),
    id: fc.constantFrom('a', 'b', 'ç'),
    device: fc.integer({ min: 0, max: 12 }).map((number) => `d${number}`),
  }),
  { maxLength: 120 },
);

/** In the order of their times, but each behind by up to less than the watermark's delay. */
const inBound = (rows: readonly Event[], delays: readonly number[]): readonly Event[] =>
  rows
    .map((row, index) => ({ row, at: row.ts + delays[index % delays.length]! }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ row }) => row);

const delays = fc.array(fc.integer({ min: 0, max: DELAY_MS - 1 }), { minLength: 1, maxLength: 40 });
const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

const windows = {
  tumble: '{ type: tumble, size: 1min }',
  hop: '{ type: hop, size: 90s, slide: 30s }',
  cumulate: '{ type: cumulate, size: 2min, step: 30s }',
  session: '{ type: session, gap: 15s }',
} as const;

const pipeline = (window: string, emit = ''): string => `
pipeline: { name: invariants }
sources:
  events:
    connector: filesystem
    path: in
    format: json
    columns: { ts: BIGINT, id: STRING, device: STRING, t: "AS TO_TIMESTAMP_LTZ(ts, 3)" }
    watermark: { column: t, delay: ${DELAY_MS}ms }
transforms:
  counted:
    window: ${window}
    group-by: [id]
    aggregate: { n: COUNT(*), uv: COUNT(DISTINCT device), last: MAX(ts) }
    ${emit}
sinks: { out: { from: counted, connector: print } }
`;

const text = (rows: readonly Event[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Lines that were printed, and how many rows were late. */
async function run(
  job: string,
  files: readonly (readonly Event[])[],
  drawnSeed: number,
): Promise<{ readonly lines: readonly string[]; readonly late: number }> {
  const { output, summary } = await runSimulated(
    {
      pipeline: job,
      files: Object.fromEntries(files.map((rows, index) => [`in/${index}.json`, text(rows)])),
    },
    { seed: drawnSeed },
  );
  return { lines: output.split('\n').slice(0, -1), late: summary.lateRecords };
}

test.each(Object.entries(windows))(
  'delays within the bound, and files, change no result: %s',
  async (_kind, window) => {
    await fc.assert(
      fc.asyncProperty(events, delays, fc.integer({ min: 1, max: 4 }), seed, async (...drawn) => {
        const [all, late, fileCount, drawnSeed] = drawn;
        const sorted = all.toSorted((left, right) => left.ts - right.ts);
        const expected = await run(pipeline(window), [sorted], drawnSeed);
        const delayed = inBound(sorted, late);
        const files = Array.from({ length: fileCount }, (_, file) =>
          delayed.filter((_row, index) => index % fileCount === file),
        );
        for (const given of [[delayed], files]) {
          const found = await run(pipeline(window), given, drawnSeed);
          expect(found.late).toBe(0);
          expect(found.lines.toSorted()).toEqual(expected.lines.toSorted());
        }
      }),
      { numRuns: runs(25) },
    );
  },
);

/** The changes of the job when the clock goes on by a second after each few rows. */
async function updatesOf(rows: readonly Event[], chunk: number): Promise<readonly TakenRow[]> {
  const emit = 'emit: { early: 1s, allowed-lateness: 1h }';
  const graph = toStreamGraph(await planOf(pipeline(windows.tumble, emit)));
  const platform: Platform = createSimulatedPlatform({ seed: 1 });
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs, zoneOffsetMs: () => 0 };
  const watched = { node: 'counted', stream: 'main' };
  const harness = new JobHarness(graph, { ...platform, clock }, [watched]);
  await harness.start();
  const changes: TakenRow[] = [];
  for (let at = 0; at < rows.length; at += chunk) {
    await harness.sendJson('events', text(rows.slice(at, at + chunk)));
    nowMs += 1000;
    await harness.processTimers();
    changes.push(...harness.take(watched));
  }
  await harness.end();
  changes.push(...harness.take(watched));
  await harness.close();
  return changes;
}

const shown = (row: TakenRow['values']): string =>
  JSON.stringify(['window_start', 'id', 'n', 'uv', 'last'].map((name) => String(row[name])));

test('what is updated ends at what is final, takes back what was said, and a UV only rises', async () => {
  let updateCount = 0;
  await fc.assert(
    fc.asyncProperty(events, delays, fc.integer({ min: 1, max: 9 }), async (all, late, chunk) => {
      const delayed = inBound(
        all.toSorted((left, right) => left.ts - right.ts),
        late,
      );
      const current = new Map<string, TakenRow['values']>();
      for (const { kind, values } of await updatesOf(delayed, chunk)) {
        const key = `${String(values['window_start'])} ${String(values['id'])}`;
        const before = current.get(key);
        expect(before === undefined).toBe(kind === '+I');
        if (kind === '-U') {
          expect(shown(values)).toBe(shown(before!));
          updateCount++;
          continue;
        }
        if (before !== undefined) expect(values['uv']! >= before['uv']!).toBe(true);
        current.set(key, values);
      }
      expect([...current.values()].map(shown).toSorted()).toEqual(naive(delayed).toSorted());
    }),
    { numRuns: runs(60) },
  );
  // Else nothing of this was tried.
  expect(updateCount).toBeGreaterThan(0);
});

const MINUTE_MS = 60_000;

/** Final results, group by group; window_start as the engine keeps it, in nanoseconds. */
function naive(rows: readonly Event[]): readonly string[] {
  const groups = new Map<string, Event[]>();
  for (const row of rows) {
    const key = `${row.ts - (row.ts % MINUTE_MS)} ${row.id}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const { ts, id } = group[0]!;
    const uv = new Set(group.map(({ device }) => device)).size;
    const last = Math.max(...group.map((row) => row.ts));
    const startNs = `${ts - (ts % MINUTE_MS)}000000`;
    return JSON.stringify([startNs, id, ...[group.length, uv, last].map(String)]);
  });
}
