import { describe, expect, test } from 'vitest';
import type { JobSummary, JobWarning } from '../../../src/engine/minicluster.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import { jobFolder, outputOf, startSimulated } from '../../support/simulated-job.ts';

/** A row each second for a minute; the table is read again each ten seconds. */
const pipeline = (more = '', tables = 'places'): string => `
pipeline: { name: refreshed }
sources:
  ticks:
    connector: datagen
    rows-per-second: 1
    fields.n.kind: sequence
    fields.n.start: 1
    fields.n.end: 60
    columns: { n: BIGINT }
  places:
    connector: filesystem
    path: places.csv
    format: csv
    columns: { id: BIGINT, place: STRING }
transforms:
  keyed: { from: ticks, select: { n: n, k: CAST(1 AS BIGINT) } }
  located: { lookup: { table: ${tables}, on: { k: id }, refresh: 10s${more} } }
sinks:
  out: { from: located, connector: print }
`;

interface Change {
  readonly atMs: number;
  /** The table's only file at the start when left out. */
  readonly name?: string;
  /** Null: the file goes. */
  readonly content: string | null;
}

interface Run {
  readonly summary: JobSummary;
  /** The place by tick. */
  readonly places: readonly (string | null)[];
  readonly warnings: readonly JobWarning[];
}

/** Runs the job while the table's file changes. */
async function run(changes: readonly Change[], text = pipeline(), seed = 1): Promise<Run> {
  const warnings: JobWarning[] = [];
  return withRealWorldShut(async () => {
    const { platform, handle } = await startSimulated(
      {
        pipeline: text,
        files: { 'places.csv': '1,first\n2,other\n' },
        warn: (warning) => warnings.push(warning),
      },
      { seed },
    );
    for (const change of changes) {
      platform.timers.after(change.atMs, () => void write(platform, change));
    }
    const summary = await platform.drive(handle.done);
    const lines = outputOf(platform).split('\n').slice(0, -1);
    const places = lines.map((line) => (JSON.parse(line) as { place: string | null }).place);
    expect(platform.files.openFiles).toBe(0);
    return { summary, places, warnings };
  });
}

async function write(platform: SimulatedPlatform, change: Change): Promise<void> {
  const { name = 'places.csv', content } = change;
  const path = `${jobFolder}/${name}`;
  if (content === null) {
    await platform.files.remove(path);
    return;
  }
  const file = await platform.files.openToWrite(`${path}.new`);
  await file.write(new TextEncoder().encode(content));
  await file.close();
  await platform.files.rename(`${path}.new`, path);
}

/** Each value once, in the order of their first rows. */
const order = (places: Run['places']): readonly (string | null)[] => [...new Set(places)];

describe('a lookup table that is read again', () => {
  test.each([1, 2, 3])('gives later rows what the file says by then (seed %i)', async (seed) => {
    const { summary, places, warnings } = await run(
      [
        { atMs: 15_000, content: '1,second\n' },
        { atMs: 35_000, content: '2,other\n1,third\n' },
      ],
      pipeline(),
      seed,
    );
    expect(places).toHaveLength(60);
    expect(order(places)).toEqual(['first', 'second', 'third']);
    // Read after about 10, 20, 30, 40 and 50 seconds.
    const counts = order(places).map((name) => places.filter((each) => each === name).length);
    for (const [index, about] of [20, 20, 20].entries()) {
      expect(Math.abs(counts[index]! - about)).toBeLessThanOrEqual(2);
    }
    expect(summary).toMatchObject({ state: 'FINISHED', tableRefreshes: { failed: 0 } });
    expect(summary.tableRefreshes?.completed).toBeGreaterThanOrEqual(5);
    expect(warnings).toEqual([]);
  });

  test('takes files that were not there before', async () => {
    const changes = [
      { atMs: 15_000, content: '2,other\n' },
      { atMs: 15_000, name: 'places-more.csv', content: '1,second\n' },
    ];
    const { places } = await run(changes, pipeline().replace('places.csv', "'places*.csv'"));
    expect([places[0], places.at(-1)]).toEqual(['first', 'second']);
  });

  test('loses a key that the file has lost', async () => {
    const { places } = await run([{ atMs: 15_000, content: '2,other\n' }]);
    expect(order(places)).toEqual(['first', null]);
  });

  test.each([
    ['a row that cannot be read', '1,second\nx,y\n', 'DREY_RECORD_UNREADABLE'],
    ['two rows of one key', '1,second\n1,third\n', 'DREY_LOOKUP_DUPLICATE_KEY'],
    ['no file', null, 'DREY_FILE_NOT_FOUND'],
  ])('stays as it was with %s, which is said and counted', async (_name, content, code) => {
    const { summary, places, warnings } = await run([
      { atMs: 15_000, content },
      { atMs: 35_000, content: '1,repaired\n' },
    ]);
    expect(order(places)).toEqual(['first', 'repaired']);
    expect(summary.tableRefreshes).toMatchObject({ failed: 2 });
    expect(warnings.map(({ node, reason }) => [node, reason.code])).toEqual([
      ['places', code],
      ['places', code],
    ]);
    expect(warnings[1]!.message).toContain('failed 2 times so far');
  });

  test('is the same table for all of its lookups at any time', async () => {
    const text = pipeline(', select: [place]')
      .replace(
        'sinks:',
        `  again: { select: { n: n, k: k, before: place } }
  both: { lookup: { table: places, on: { k: id }, refresh: 10s } }
  differing: { where: before <> place, select: { place: place } }
sinks:`,
      )
      .replace('from: located', 'from: differing');
    const { places, summary } = await run([{ atMs: 15_000, content: '1,second\n' }], text);
    expect(places).toEqual([]);
    expect(summary.tableRefreshes?.completed).toBeGreaterThanOrEqual(5);
  });

  test('that fails when the job starts ends the job', async () => {
    const broken = { pipeline: pipeline(), files: { 'places.csv': 'x,y\n' } };
    await withRealWorldShut(async () => {
      const { platform, handle } = await startSimulated(broken, { seed: 1 });
      await expect(platform.drive(handle.done)).rejects.toMatchObject({
        code: 'DREY_RECORD_UNREADABLE',
      });
    });
  });
});
