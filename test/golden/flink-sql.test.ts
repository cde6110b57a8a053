/**
 * The pipelines under flink-sql/pipelines give the rows that a real Flink 2.3.0 gave for the same
 * query: append-only rows as a multiset, changelogs by the rows that are there in the end.
 */
import { describe, expect, it } from 'vitest';
import { runSimulated, type FinishedJob } from '../support/simulated-job.ts';
import {
  EXPECTED,
  inputsOf,
  pipelineNames,
  readPipelineFile,
} from './flink-sql/golden-pipelines.ts';
import { readResult } from './flink-sql/golden-rows.ts';

/** Where drey gives other rows on purpose, with the reason. */
const differences: Readonly<Record<string, string>> = {
  'flink-38075':
    'Window TVFs of Flink lose rows in zones without daylight saving time, where a window does not begin with one of UTC.',
};

/** So many pipelines have late rows at least. */
const LATE_MIN = 20;

const run = (name: string): Promise<FinishedJob> =>
  runSimulated(
    { pipeline: readPipelineFile(name, 'pipeline.yaml'), files: inputsOf(name) },
    { seed: 1 },
  );

describe('as Flink 2.3.0', () => {
  const names = pipelineNames().filter((name) => differences[name] === undefined);

  it.each(names)('%s', async (name) => {
    const { output } = await run(name);
    expect(readResult(output)).toEqual(readResult(readPipelineFile(name, EXPECTED)));
  });
});

it.each(Object.keys(differences))('%s differs as is said', async (name) => {
  const { output } = await run(name);
  expect(readResult(output)).not.toEqual(readResult(readPipelineFile(name, EXPECTED)));
});

it(`has late rows in ${LATE_MIN} pipelines`, async () => {
  let count = 0;
  for (const name of pipelineNames()) if ((await run(name)).summary.lateRecords > 0) count += 1;
  expect(count).toBeGreaterThanOrEqual(LATE_MIN);
});
