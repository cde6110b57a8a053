import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { entry } from './drey-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const pipeline = `
pipeline: { name: refreshed }
sources:
  ticks:
    connector: datagen
    rows-per-second: 20
    fields.n.kind: sequence
    fields.n.start: 1
    fields.n.end: 100000
    columns: { n: BIGINT }
  places: { connector: filesystem, path: ./places.csv, format: csv, columns: { id: BIGINT, place: STRING } }
transforms:
  keyed: { from: ticks, select: { n: n, k: CAST(1 AS BIGINT) } }
  located: { lookup: { table: places, on: { k: id }, refresh: 1s } }
sinks:
  out: { from: located, connector: print }
`;

/** Resolves once the stream has said these words. */
async function said(stream: Readable, words: string): Promise<void> {
  let text = '';
  while (!text.includes(words)) text += String(await once(stream, 'data'));
}

test('a running job goes over to a new table, and says so when it cannot', async () => {
  const folder = temporaryFolder();
  const table = (content: string): void => {
    writeFileSync(join(folder, 'new.csv'), content);
    renameSync(join(folder, 'new.csv'), join(folder, 'places.csv'));
  };
  table('1,first\n');
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline);
  const job = spawn(process.execPath, [entry, 'run', join(folder, 'pipeline.yaml')]);
  const ended = once(job, 'close');
  onTestFinished(() => void job.kill('SIGKILL'));
  await said(job.stdout, '"place":"first"');
  const warned = said(job.stderr, 'warning: the lookup table places could not be read again');
  table('1,broken,\n1,\n');
  await warned;
  await said(job.stdout, '"place":"first"');
  table('1,second\n');
  await said(job.stdout, '"place":"second"');
  job.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
});
