import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runNaively, type NaivePipeline, type NaiveRow } from '../support/naive-pipeline.ts';
import { runs } from '../support/property-runs.ts';
import { randomPipeline } from '../support/random-pipeline.ts';
import { runSimulated } from '../support/simulated-job.ts';

const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** A printed row as the reference has it: integers of any size as bigint, bounds as times. */
function rowOfLine(line: string, doubles: ReadonlySet<string>): NaiveRow {
  // An integer behind a key; no text of the random events looks like one.
  const quoted = line.replace(/":(-?\d+)(?=[,}])/g, '":"n$1"');
  return JSON.parse(quoted, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (key === 'window_start' || key === 'window_end')
      return Date.parse(`${value.replace(' ', 'T')}Z`);
    if (!/^n-?\d+$/.test(value)) return value;
    return doubles.has(key) ? Number(value.slice(1)) : BigInt(value.slice(1));
  }) as NaiveRow;
}

function shown(row: NaiveRow): string {
  return JSON.stringify(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? `${value}n` : Object.is(value, -0) ? 0 : value,
    ]),
  );
}

function doublesOf({ aggregates }: NaivePipeline): ReadonlySet<string> {
  const names = aggregates
    .filter(({ column, function: name }) => column === 'ratio' && /^(SUM|AVG|MIN|MAX)$/.test(name))
    .map(({ name }) => name);
  return new Set([...names, 'ratio']);
}

function printedRows(output: string, naive: NaivePipeline): readonly string[] {
  const doubles = doublesOf(naive);
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => shown(rowOfLine(line, doubles)))
    .sort();
}

test('random pipelines give the rows of the naive reference', async () => {
  await fc.assert(
    fc.asyncProperty(randomPipeline, seed, async ({ job, naive, events }, drawnSeed) => {
      const expected = runNaively(naive, events);
      const one = await runSimulated({ ...job, parallelism: 1 }, { seed: drawnSeed });
      expect(printedRows(one.output, naive)).toEqual(expected.rows.map(shown).sort());
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
