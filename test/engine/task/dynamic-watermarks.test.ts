/**
 * Whole jobs whose watermark follows the delays observed: rows arrive on standard input, one each
 * second of the simulated clock.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WALL_CLOCK_START_MS } from '../../../src/platform/simulated/clock.ts';
import { runs } from '../../support/property-runs.ts';
import { runSimulated } from '../../support/simulated-job.ts';

const LATENCY_MS = 1000;
const WINDOW_MS = 1000;
const SAMPLES = 100;
const FACTOR = 1.5;
const MIN_DELAY_MS = 100;

const pipeline = `pipeline: { name: job }
sources:
  live:
    connector: stdin
    columns: { ts: BIGINT, at: "AS TO_TIMESTAMP_LTZ(ts, 3)" }
    watermark: { column: at, strategy: dynamic, min-delay: ${MIN_DELAY_MS}ms }
transforms:
  counted:
    window: { type: tumble, size: ${WINDOW_MS}ms }
    aggregate: { c: COUNT(*) }
    emit: { late: keep }
sinks:
  out: { from: counted, connector: blackhole }
  late: { from: counted.late, connector: blackhole }
`;

/** Each row arrives a second after the one before, so long after its event. */
async function run(delays: readonly number[]): Promise<readonly number[]> {
  const times = eventTimes(delays);
  const input = times.map((ts) => new TextEncoder().encode(`{"ts":${ts}}\n`));
  const { summary } = await runSimulated(
    { pipeline, files: {} },
    { seed: 3, streams: { input, latencyMs: LATENCY_MS } },
  );
  return [summary.recordsIn, summary.lateRecords, summary.watermarkAtMs ?? 0];
}

const eventTimes = (delays: readonly number[]): readonly number[] =>
  delays.map((delayMs, index) => WALL_CLOCK_START_MS + (index + 1) * LATENCY_MS - delayMs);

/** By the words of the contract. */
function naive(delays: readonly number[]): readonly number[] {
  let watermark = -Infinity;
  let late = 0;
  for (const [index, eventMs] of eventTimes(delays).entries()) {
    if (watermark >= eventMs - (eventMs % WINDOW_MS) + WINDOW_MS - 1) late++;
    // A row from the future has a delay of 0.
    const last = delays
      .slice(0, index + 1)
      .slice(-SAMPLES)
      .map((delayMs) => Math.max(0, delayMs));
    const mean = last.reduce((sum, delayMs) => sum + delayMs, 0) / last.length;
    const highest = Math.max(...eventTimes(delays).slice(0, index + 1));
    const candidate = highest - Math.max(MIN_DELAY_MS, Math.ceil(mean * FACTOR));
    watermark = Math.max(watermark, candidate);
  }
  return [delays.length, late, watermark];
}

test('the delay is 1.5 times the mean of the last 100', async () => {
  // 100 rows of 2 s, then 100 of 10 s: the first 2 s are forgotten only then.
  const delays = [...Array<number>(100).fill(2000), ...Array<number>(100).fill(10_000)];
  expect(await run(delays.slice(0, 100))).toEqual([
    100,
    0,
    WALL_CLOCK_START_MS + 100_000 - 2000 - 3000,
  ]);
  expect(await run(delays)).toEqual(naive(delays));
  expect((await run(delays))[2]).toBe(WALL_CLOCK_START_MS + 200_000 - 10_000 - 15_000);
});

test('rows that are much later than those before them are late', async () => {
  const delays = [100, 100, 100, 100, 9000, 100, 100];
  const result = await run(delays);
  expect(result[1]).toBe(1);
  expect(result).toEqual(naive(delays));
});

test('whatever the delays are', async () => {
  const delay = fc.oneof(
    fc.nat({ max: 400 }),
    fc.nat({ max: 15_000 }),
    fc.integer({ min: -3000, max: 0 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(delay, { minLength: 1, maxLength: 150 }), async (delays) => {
      expect(await run(delays)).toEqual(naive(delays));
    }),
    { numRuns: runs(20) },
  );
});
