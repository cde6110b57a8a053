import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runNaively } from '../support/naive-pipeline.ts';
import { printedRows, shownRow } from '../support/printed-rows.ts';
import { runs } from '../support/property-runs.ts';
import { randomPipeline } from '../support/random-pipeline.ts';
import { runSimulated } from '../support/simulated-job.ts';

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

test('random pipelines give the rows of the naive reference', async () => {
  await fc.assert(
    fc.asyncProperty(randomPipeline, seed, async ({ job, naive, events }, drawnSeed) => {
      const expected = runNaively(naive, events);
      const one = await runSimulated({ ...job, parallelism: 1 }, { seed: drawnSeed });
      expect(printedRows(one.output, naive)).toEqual(expected.rows.map(shownRow).sort());
      expect(one.summary).toMatchObject({
        state: 'FINISHED',
        recordsIn: events.length,
        recordsOut: expected.rows.length,
        lateRecords: expected.late.length,
        deadRecords: 0,
      });
    }),
    { numRuns: runs(300) },
  );
});

test('neither the seed of the simulation nor the parallelism changes a row', async () => {
  await fc.assert(
    fc.asyncProperty(randomPipeline, seed, seed, async ({ job, naive }, seedA, seedB) => {
      const rowsOf = async (parallelism: number, drawnSeed: number): Promise<unknown> => {
        const { output, summary } = await runSimulated(
          { ...job, parallelism },
          { seed: drawnSeed },
        );
        return { rows: printedRows(output, naive), late: summary.lateRecords };
      };
      const expected = await rowsOf(1, seedA);
      expect(await rowsOf(1, seedB)).toEqual(expected);
      expect(await rowsOf(3, seedA)).toEqual(expected);
    }),
    { numRuns: runs(40) },
  );
});

test('one seed gives one run: the same bytes, the same events at the same times', async () => {
  await fc.assert(
    fc.asyncProperty(randomPipeline, seed, async ({ job }, drawnSeed) => {
      const first = await runSimulated(job, { seed: drawnSeed });
      expect(await runSimulated(job, { seed: drawnSeed })).toEqual(first);
    }),
    { numRuns: runs(30) },
  );
});
