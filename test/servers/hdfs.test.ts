import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HdfsFiles } from '../../src/place/webhdfs/hdfs-files.ts';
import { createRealPlatform } from '../../src/platform/real/real-platform.ts';
import { startHdfs, type HdfsPeer } from '../peers/hdfs.ts';
import { runPipeline } from './run-pipeline.ts';

let hdfs: HdfsPeer;

const events = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, index) => `{"id":${from + index},"place":"p${index % 3}"}\n`,
  ).join('');

beforeAll(async () => {
  hdfs = await startHdfs();
  await hdfs.write('/events/2024/a.jsonl', events(0, 100));
  await hdfs.write('/events/2024/ü b#1.jsonl', events(100, 200));
  await hdfs.write('/events/2025/c.jsonl.gz', gzipSync(events(200, 300)));
  await hdfs.write('/events/2025/_SUCCESS', '');
  await hdfs.write('/tables/places.csv', 'p0,north\np1,south\n');
  await hdfs.write('/secret/d.jsonl', events(0, 1));
  await hdfs.setPermission('/secret', '700');
});

afterAll(async () => {
  await hdfs.stop();
});

function pipeline(path: string): string {
  return `
pipeline: { name: reading, config: { drey.hdfs.http-address: "${hdfs.httpAddress}", drey.hdfs.user: ann } }
sources:
  s: { connector: filesystem, path: "${path}", format: json, columns: { id: INT, place: STRING } }
sinks:
  out: { connector: filesystem, path: ./out, format: csv, from: s }
`;
}

const rowsOf = async (path: string): Promise<number> =>
  (await runPipeline(pipeline(path))).rows.length;

test('a source reads a file, a folder and what a glob matches', async () => {
  expect(await rowsOf('hdfs://nn:8020/events/2024/a.jsonl')).toBe(100);
  expect(await rowsOf('hdfs://nn:8020/events')).toBe(300);
  expect(await rowsOf(`webhdfs://${hdfs.httpAddress}/events/*/*.gz`)).toBe(100);
  expect(await rowsOf('hdfs://nn/events/2024/{ü*,z*}.jsonl')).toBe(100);
});

test('a lookup table is read from HDFS', async () => {
  const text = pipeline('hdfs://nn/events/2024/a.jsonl').replace(
    'sinks:',
    `  places: { connector: filesystem, path: "hdfs://nn/tables/places.csv", format: csv, columns: { place: STRING, side: STRING }, primary-key: [place] }
transforms:
  t: { from: s, lookup: { table: places, on: { place: place }, select: [side], missing: drop } }
sinks:`,
  );
  const { rows } = await runPipeline(
    text.replace('from: s }', 'from: t }').replace('t: { from: t', 't: { from: s'),
  );
  expect(rows).toHaveLength(67);
  expect(rows[0]).toBe('0,p0,north');
});

test('a file of several blocks is the same byte for byte, wherever reading begins', async () => {
  const content = new Uint8Array(3_000_000);
  for (let at = 0; at < content.length; at++) content[at] = (at * 31 + (at >> 8)) & 0xff;
  await hdfs.write('/big', content);
  const { http, timers, clock } = createRealPlatform();
  const files = new HdfsFiles({ http, timers, clock, user: null, httpAddresses: [] });
  const file = await files.openToRead(`webhdfs://${hdfs.httpAddress}/big`);
  const target = new Uint8Array(700_000);
  for (const from of [0, 1, 2_999_999, 1_234_567, 3_000_000]) {
    const read: number[] = [];
    let at = from;
    for (;;) {
      const count = await file.read(target, 0, target.length, at);
      if (count === 0) break;
      expect(Buffer.compare(target.subarray(0, count), content.subarray(at, at + count))).toBe(0);
      read.push(count);
      at += count;
    }
    expect(at).toBe(content.length);
  }
  await file.close();
});

test.each([
  ['hdfs://nn/no/such.jsonl', 'DREY_FILE_NOT_FOUND', 'hdfs://nn/no/such.jsonl does not exist'],
  [
    'hdfs://nn/events/*.parquet',
    'DREY_FILE_NOT_FOUND',
    'no file matches hdfs://nn/events/*.parquet',
  ],
  [
    'hdfs://nn/secret/d.jsonl',
    'DREY_FILE_DENIED',
    'AccessControlException: Permission denied: user=ann',
  ],
  ['webhdfs://127.0.0.1:1/x', 'DREY_UNREACHABLE', '127.0.0.1:1'],
])('reading %s ends with %s', async (path, code, words) => {
  await expect(runPipeline(pipeline(path))).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
});
