/**
 * A pipeline that has changed since its savepoint: what still fits goes on, what does not is
 * refused with a sentence that names the node and the difference.
 */
import { describe, expect, it, test } from 'vitest';
import { RefusedError } from '../../../src/errors/drey-error.ts';
import { withRealWorldShut } from '../../../src/platform/simulated/shut-real-world.ts';
import type { SimulatedPlatform } from '../../../src/platform/simulated/simulated-platform.ts';
import {
  createWorld,
  recoveryInFiles,
  restoreFrom,
  stepUntil,
  stopWithSavepoint,
  visibleText,
} from '../../support/savepoint-world.ts';
import { outputOf, startOn } from '../../support/simulated-job.ts';

const EVENTS = 120;
const STOPPED_AFTER = 40;

const sources = `sources:
  web: { connector: filesystem, path: web.jsonl, format: json, columns: { ts: BIGINT, id: STRING, city: STRING, amount: INT, event_time: "AS TO_TIMESTAMP_LTZ(ts, 3)" }, watermark: { column: event_time, delay: 1s } }`;
const totals =
  '  totals: { from: web, window: { type: tumble, size: 30s }, group-by: [id], aggregate: { n: COUNT(*), total: SUM(amount) } }';
const toFiles = '  out: { from: totals, connector: filesystem, path: out, format: json }';

interface Parts {
  readonly config?: string;
  readonly sources?: string;
  readonly transforms?: string;
  readonly sinks?: string;
}

function pipelineOf(parts: Parts = {}): string {
  return `pipeline: { name: sums${parts.config ?? ''} }
${parts.sources ?? sources}
transforms:
${parts.transforms ?? totals}
sinks:
${parts.sinks ?? toFiles}
`;
}

function eventLines(): string {
  const lines = Array.from({ length: EVENTS }, (_, index) =>
    JSON.stringify({
      ts: 1_700_000_000_000 + index * 1000,
      id: `d${index % 5}`,
      city: `c${index % 3}`,
      amount: index,
    }),
  );
  return `${lines.join('\n')}\n`;
}

interface Stopped {
  readonly platform: SimulatedPlatform;
  readonly location: string;
}

/** A job at parallelism 2 that was stopped with a savepoint in the middle of its input. */
async function stopped(pipeline: string): Promise<Stopped> {
  const platform = createWorld({ 'web.jsonl': eventLines() }, { seed: 5 });
  const recovery = recoveryInFiles(platform);
  const handle = await startOn(platform, { pipeline, parallelism: 2, recovery });
  await stepUntil(platform, handle, () => handle.progress().recordsIn >= STOPPED_AFTER);
  const { location } = await stopWithSavepoint(platform, handle);
  return { platform, location };
}

interface Restore {
  readonly before?: Parts;
  readonly after: Parts;
  readonly parallelism?: number;
  readonly allowNonRestoredState?: boolean;
}

/** Starts the changed pipeline from the savepoint of the one before and runs it to its end. */
async function restored({
  before = {},
  after,
  parallelism = 2,
  allowNonRestoredState = false,
}: Restore): Promise<SimulatedPlatform> {
  const { platform, location } = await stopped(pipelineOf(before));
  const from = await restoreFrom(platform, location, { allowNonRestoredState });
  const recovery = recoveryInFiles(platform, { restoreFrom: from, intervalMs: 20 });
  const handle = await startOn(platform, { pipeline: pipelineOf(after), parallelism, recovery });
  await platform.drive(handle.done);
  return platform;
}

async function refusalOf(restore: Restore): Promise<string> {
  return withRealWorldShut(async () => {
    const failure: unknown = await restored(restore).then(
      () => 'it was restored',
      (error: unknown) => error,
    );
    if (!(failure instanceof RefusedError))
      throw new Error('it was not refused', { cause: failure });
    expect(failure.code).toBe('DREY_RESTORE_MISMATCH');
    return failure.message.replace(/ in \/savepoints\/savepoint-[0-9a-f-]+/, '');
  });
}

function rowsIn(text: string): readonly string[] {
  return text.split('\n').slice(0, -1).sort();
}

/** The rows of a pipeline that runs from start to end. */
async function wholeRows(parts: Parts): Promise<readonly string[]> {
  const platform = createWorld({ 'web.jsonl': eventLines() }, { seed: 6 });
  const handle = await startOn(platform, { pipeline: pipelineOf(parts), parallelism: 1 });
  await platform.drive(handle.done);
  return rowsIn(visibleText(platform, '/work/out'));
}

const changed = (from: string, to: string): Parts => {
  expect(totals).toContain(from);
  return { transforms: totals.replace(from, to) };
};

describe('goes on', () => {
  const check = async (after: Parts, parallelism = 2, before: Parts = {}): Promise<void> =>
    withRealWorldShut(async () => {
      const platform = await restored({ before, after, parallelism });
      expect(rowsIn(visibleText(platform, '/work/out'))).toEqual(await wholeRows({}));
    });

  it('unchanged', () => check({}));
  it.each([1, 3, 128])('at parallelism %i', (parallelism) => check({}, parallelism));

  it('with another delay of the watermark', () =>
    check({ sources: sources.replace('delay: 1s', 'delay: 3s') }));

  it('with a select and a where that let the same rows through', () =>
    check({
      transforms: `  kept: { from: web, where: amount >= 0, select: { id: id, amount: amount, event_time: event_time } }
${totals.replace('from: web', 'from: kept')}`,
    }));

  it('with one more step behind it', () =>
    check(
      {
        transforms: `${totals}\n  named: { from: totals, select: { window_start: window_start, window_end: window_end, id: id, n: n, total: total } }`,
        sinks: '  out: { from: named, connector: filesystem, path: out, format: json }',
      },
      2,
    ));

  it('with the number of key groups of the savepoint when none is configured', () =>
    check({}, 3, { config: ', max-parallelism: 100' }));
});

describe('a source with another path', () => {
  const elsewhere: Parts = { sources: sources.replace('path: web.jsonl', 'path: other.jsonl') };

  it('goes on with the files of the snapshot, and only with them', () =>
    withRealWorldShut(async () => {
      const platform = await restored({ after: elsewhere });
      expect(rowsIn(visibleText(platform, '/work/out'))).toEqual(await wholeRows({}));
    }));

  it('ends when one that it had not read to the end is gone', () =>
    withRealWorldShut(async () => {
      const { platform, location } = await stopped(pipelineOf());
      const { files } = platform;
      await platform.drive(files.rename('/work/web.jsonl', '/work/other.jsonl'));
      const recovery = recoveryInFiles(platform, {
        restoreFrom: await restoreFrom(platform, location),
      });
      const pipeline = pipelineOf(elsewhere);
      const handle = await startOn(platform, { pipeline, parallelism: 2, recovery });
      await expect(platform.drive(handle.done)).rejects.toMatchObject({
        code: 'DREY_FILE_CHANGED',
      });
    }));
});

test('a sink with another folder leaves what it has written where it is', () =>
  withRealWorldShut(async () => {
    const platform = await restored({
      after: { sinks: toFiles.replace('path: out', 'path: new') },
    });
    const [before, after] = ['/work/out', '/work/new'].map((folder) =>
      rowsIn(visibleText(platform, folder)),
    );
    expect(before!.length * after!.length).toBeGreaterThan(0);
    expect([...before!, ...after!].sort()).toEqual(await wholeRows({}));
  }));

test('an operator that is added starts empty', () =>
  withRealWorldShut(async () => {
    const counts = '  counts: { from: web, group-by: [city], aggregate: { n: COUNT(*) } }';
    const platform = await restored({
      after: {
        transforms: `${totals}\n${counts}`,
        sinks: `${toFiles}\n  shown: { from: counts, connector: print }`,
      },
    });
    expect(rowsIn(visibleText(platform, '/work/out'))).toEqual(await wholeRows({}));
    // Rows before the savepoint are not counted.
    const last = outputOf(platform).trimEnd().split('\n').at(-1)!;
    const { n } = JSON.parse(last) as { n: number };
    expect(n).toBeLessThan((EVENTS - STOPPED_AFTER) / 3 + 1);
    expect(n).toBeGreaterThan(10);
  }));

describe('an operator that is not there any more', () => {
  const counts = '  counts: { from: web, group-by: [city], aggregate: { n: COUNT(*) } }';
  const both: Parts = {
    transforms: `${totals}\n${counts}`,
    sinks: `${toFiles}\n  shown: { from: counts, connector: print }`,
  };

  it('is refused by name', async () => {
    expect(await refusalOf({ before: both, after: {} })).toBe(
      'the state of counts belongs to no node of the pipeline',
    );
  });

  it('is left out when that is allowed', () =>
    withRealWorldShut(async () => {
      const platform = await restored({ before: both, after: {}, allowNonRestoredState: true });
      expect(rowsIn(visibleText(platform, '/work/out'))).toEqual(await wholeRows({}));
    }));

  it('is said to look renamed when one of its kind is new', async () => {
    const renamed: Parts = {
      transforms: both.transforms!.replace('counts:', 'cities:'),
      sinks: both.sinks!.replace('from: counts', 'from: cities'),
    };
    expect(await refusalOf({ before: both, after: renamed })).toBe(
      'the state of counts belongs to no node of the pipeline, which has a new running-aggregate cities: it looks renamed',
    );
  });

  it('is refused when it is of another kind now', async () => {
    const after = {
      ...both,
      transforms: both.transforms!.replace(
        'counts: { from: web, group-by: [city], aggregate: { n: COUNT(*) } }',
        'counts: { from: web, dedup: { keys: [city], keep: first } }',
      ),
    };
    expect(await refusalOf({ before: both, after })).toBe(
      'the state of counts is that of a running-aggregate, but counts is a first-row now',
    );
  });
});

describe('state that would be misread is refused', () => {
  it.each<[string, Parts, string]>([
    [
      'another key',
      changed('group-by: [id]', 'group-by: [id, city]'),
      'group-by was [id STRING], is [id STRING, city STRING]',
    ],
    [
      'one more aggregate',
      changed('n: COUNT(*)', 'n: COUNT(*), most: MAX(amount)'),
      'aggregates was [COUNT(*), SUM(amount INT)], is [COUNT(*), MAX(amount INT), SUM(amount INT)]',
    ],
    [
      'another operand of the same type',
      changed('SUM(amount)', 'SUM(amount) FILTER (WHERE amount > 3)'),
      'aggregates was [COUNT(*), SUM(amount INT)], is [COUNT(*), SUM(amount INT) FILTER (WHERE >(amount INT, 3 INT))]',
    ],
    [
      'another size of the window',
      changed('size: 30s', 'size: 1min'),
      'window was tumble of 30 s, is tumble of 60 s',
    ],
    [
      'another kind of window in the same operator',
      changed('type: tumble, size: 30s', 'type: hop, size: 30s, slide: 10s'),
      'window was tumble of 30 s, is hop of 30 s by 10 s',
    ],
    [
      'another time zone',
      { config: ', config: { table.local-time-zone: Asia/Tokyo }' },
      'time zone was UTC, is Asia/Tokyo',
    ],
  ])('%s', async (_title, after, difference) => {
    expect(await refusalOf({ after })).toBe(
      `the state of totals does not fit totals: ${difference}`,
    );
  });

  it('another number of key groups', async () => {
    expect(await refusalOf({ after: { config: ', max-parallelism: 64' } })).toMatch(
      /^the state of \w+ was taken with 128 key groups, the pipeline has 64$/,
    );
  });

  it('another connector of a source', async () => {
    const after: Parts = {
      sources: sources.replace(
        'connector: filesystem, path: web.jsonl, format: json',
        'connector: stdin, format: json',
      ),
    };
    expect(await refusalOf({ after })).toBe(
      'the state of web does not fit web: connector was filesystem, is stdin',
    );
  });
});
