import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runNaively, type NaiveRow, type NaiveValue } from '../support/naive-pipeline.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const example = resolve('examples/exposure-uv');
const countedEvents: ReadonlySet<NaiveValue | undefined> = new Set([
  'exposure',
  'click',
  'delivery',
  'view',
]);

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

function generate(...options: readonly string[]): string {
  const folder = temporaryFolder();
  const script = join(example, 'generate.mjs');
  execFileSync(process.execPath, [script, '--out', folder, ...options], { stdio: 'ignore' });
  return folder;
}

/** The four fields of a line, NULL where one is missing. */
function eventOf(line: string): NaiveRow {
  const event = JSON.parse(line) as NaiveRow;
  const { ts = null, deviceId = null, localId = null, event: type = null } = event;
  return { ts, deviceId, localId, event: type };
}

/** A line of the table; only quoted fields may hold commas and doubled quotes. */
function localityOf(line: string): NaiveRow {
  const [localId, province, city, county] = [
    ...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g),
  ].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
  return { localId: localId!, province: province!, city: city!, county: county! };
}

function countOf(event: string): { function: 'COUNT'; filter: (row: NaiveRow) => boolean } {
  return { function: 'COUNT', filter: (row) => row['event'] === event };
}

function runExample(folder: string): { rows: string[]; lateCount: number } {
  const { rows, late } = runNaively(
    {
      time: 'ts',
      delayMs: 25_000,
      lookup: {
        table: linesOf(join(folder, 'localities.csv')).map(localityOf),
        on: { localId: 'localId' },
        select: ['province', 'city', 'county'],
        missing: 'keep',
      },
      where: (row) => countedEvents.has(row['event']),
      sizeMs: 60_000,
      groupingSets: [['province', 'city', 'county']],
      aggregates: [
        { name: 'pv', function: 'COUNT' },
        { name: 'uv', function: 'COUNT DISTINCT', column: 'deviceId' },
        { name: 'clicks', ...countOf('click') },
        { name: 'exposures', ...countOf('exposure') },
        { name: 'deliveries', ...countOf('delivery') },
      ],
    },
    linesOf(join(folder, 'events.jsonl')).map(eventOf),
  );
  const shown = rows.map((row) =>
    JSON.stringify(row, (key, value: NaiveValue) =>
      typeof value === 'bigint'
        ? Number(value)
        : key.startsWith('window_')
          ? new Date(Number(value)).toISOString().slice(0, 19).replace('T', ' ')
          : value,
    ),
  );
  return {
    rows: shown.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    lateCount: late.length,
  };
}

describe('the data of the exposure-uv example', () => {
  test('is what its generator writes, byte for byte', () => {
    const folder = generate();
    for (const file of ['events.jsonl', 'localities.csv']) {
      const written = readFileSync(join(folder, file));
      expect(written.equals(readFileSync(join(example, 'data', file)))).toBe(true);
    }
  });

  test('gives the expected rows in the naive reference too', () => {
    const { rows, lateCount } = runExample(join(example, 'data'));
    expect(rows).toEqual(linesOf(join(example, 'expected.jsonl')));
    expect(lateCount).toBe(247);
  });

  test('has a copy without late rows, which differs in nothing else', () => {
    const folder = generate('--no-late');
    expect(runExample(folder).lateCount).toBe(0);
    const all = linesOf(join(example, 'data', 'events.jsonl'));
    let at = -1;
    const kept = linesOf(join(folder, 'events.jsonl'));
    for (const line of kept) {
      at = all.indexOf(line, at + 1);
      if (at < 0) break;
    }
    expect(at).toBeGreaterThan(0);
    expect(all.length - kept.length).toBe(256);
  });
});
