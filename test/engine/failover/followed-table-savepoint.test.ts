/** A table that follows a changelog: what it was comes back, although its rows are not read again. */
import { expect, test } from 'vitest';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import { branchInputs } from '../../support/operator-branches.ts';
import {
  createWorld,
  recoveryInFiles,
  restoreFrom,
  stepUntil,
  stopWithSavepoint,
} from '../../support/savepoint-world.ts';
import { outputOf, startOn } from '../../support/simulated-job.ts';

const pipeline = `pipeline: { name: followed }
sources:
  web: { connector: filesystem, path: web.jsonl, format: json, columns: { ts: BIGINT, id: STRING } }
  places: { connector: filesystem, path: places.jsonl, format: json, columns: { place: STRING, city: STRING } }
transforms:
  cities: { from: places, group-by: [place], aggregate: { city: MAX(city) } }
  found: { from: web, lookup: { table: cities, on: { id: place }, missing: keep } }
sinks:
  out: { from: found, connector: print }
`;

interface Found {
  readonly id: string | null;
  readonly city: string | null;
}

/** Rows of the places that the table has. */
function foundIn(output: string): readonly Found[] {
  const places = new Set(
    branchInputs()
      ['places.jsonl']!.split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { place: string }).place),
  );
  const rows = output.split('\n').slice(0, -1);
  return rows.map((row) => JSON.parse(row) as Found).filter(({ id }) => places.has(id ?? ''));
}

test.each([1, 3, 128])('rows at parallelism %i meet what was known at 2', (parallelism) =>
  withRealWorldShut(async () => {
    const platform = createWorld(branchInputs(), { seed: parallelism });
    const recovery = recoveryInFiles(platform);
    const handle = await startOn(platform, { pipeline, parallelism: 2, recovery });
    const known = (): number =>
      new Set(foundIn(outputOf(platform)).flatMap(({ city }) => city ?? [])).size;
    await stepUntil(platform, handle, () => known() === 4);
    const { location } = await stopWithSavepoint(platform, handle);
    const before = outputOf(platform).length;
    const next = await startOn(platform, {
      pipeline,
      parallelism,
      recovery: recoveryInFiles(platform, { restoreFrom: await restoreFrom(platform, location) }),
    });
    await platform.drive(next.done);
    const after = foundIn(outputOf(platform).slice(before));
    expect(after.length).toBeGreaterThan(10);
    expect(after.filter(({ city }) => city === null)).toEqual([]);
  }),
);
