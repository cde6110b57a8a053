/** What `--restore` finds in a folder of checkpoints, as processes with real files. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drey } from '../e2e/drey-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { rowsIn, startRun } from './killed-process.ts';

/** A folder with a pipeline that counts up to `rows`, 20,000 a second; null: without end. */
function folderWith(rows: number | null, lines: readonly string[] = []): string {
  const folder = temporaryFolder();
  const end =
    rows === null
      ? []
      : ['    fields.id.kind: sequence', '    fields.id.start: 1', `    fields.id.end: ${rows}`];
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    [
      'pipeline:',
      '  name: counting',
      '  config:',
      '    execution.checkpointing.interval: 50ms',
      '    execution.checkpointing.dir: ./checkpoints',
      '    execution.checkpointing.num-retained: 2',
      '    restart-strategy.type: none',
      ...lines.map((line) => `    ${line}`),
      'sources:',
      '  numbers:',
      '    connector: datagen',
      '    rows-per-second: 20000',
      '    seed: 1',
      ...end,
      '    columns: { id: BIGINT }',
      'sinks:',
      '  out: { from: numbers, connector: filesystem, path: ./out, format: json }',
      '',
    ].join('\n'),
  );
  return folder;
}

const restoreLatest = ['run', 'pipeline.yaml', '--restore', 'latest'];

/** The folders of checkpoints of all jobs, oldest first. */
function checkpointsIn(folder: string): readonly string[] {
  const directory = join(folder, 'checkpoints');
  return readdirSync(directory)
    .filter((name) => !name.startsWith('.'))
    .flatMap((job) =>
      readdirSync(join(directory, job))
        .filter((name) => name.startsWith('chk-'))
        .map((name) => join(directory, job, name)),
    )
    .sort((left, right) => Number(left.split('-').at(-1)) - Number(right.split('-').at(-1)));
}

/** Kills an endless run when it has so many checkpoints. */
async function killAfter(folder: string, checkpointId: number): Promise<void> {
  const run = startRun(folder, ['pipeline.yaml', '--json']);
  await run.said(`"checkpoint":{"id":${checkpointId},"status":"COMPLETED"`);
  run.child.kill('SIGKILL');
  await run.exit;
}

test('without any checkpoint it is refused, and allowed to start from the beginning', async () => {
  const folder = folderWith(1000);
  const refused = await drey(restoreLatest, { folder });
  expect(refused.exit).toBe(5);
  expect(refused.error).toContain('code: DREY_SNAPSHOT_NONE');
  expect(readdirSync(folder)).toEqual(['pipeline.yaml']);
  const allowed = await drey([...restoreLatest, '--allow-empty-state'], { folder });
  expect(allowed.exit, allowed.error).toBe(0);
  expect(rowsIn(join(folder, 'out'))).toHaveLength(1000);
});

test('a run that has finished is not run again unless asked for', async () => {
  const folder = folderWith(1000, ['drey.unused: x']);
  const first = await drey(['run', 'pipeline.yaml', '--summary', 'first.json'], { folder });
  expect(first.exit, first.error).toBe(0);
  const second = await drey([...restoreLatest, '--json'], { folder });
  expect(second.exit).toBe(0);
  const { jobId } = JSON.parse(readFileSync(join(folder, 'first.json'), 'utf8')) as {
    readonly jobId: string;
  };
  expect(JSON.parse(second.output)).toMatchObject({ jobId, state: 'FINISHED', recordsIn: 0 });
  expect(second.error).toContain('"alreadyFinished"');
  const text = await drey(restoreLatest, { folder });
  expect(text.exit).toBe(0);
  expect(text.error).toContain('there is nothing to do');
  // It starts, and is then refused by the sink, which has the rows of the first run.
  const again = await drey([...restoreLatest, '--again'], { folder });
  expect(again.error).toContain('DREY_SINK_FOLDER_TAKEN');
});

test('a second run on the same folder is refused while the first one is at work', async () => {
  const folder = folderWith(null);
  const first = startRun(folder, ['pipeline.yaml', '--json']);
  await first.said('"status":"COMPLETED"');
  for (const words of [restoreLatest, ['run', 'pipeline.yaml']]) {
    const second = await drey(words, { folder });
    expect(second.exit, second.error).toBe(11);
    expect(second.error).toContain('DREY_CHECKPOINT_LOCKED');
  }
  first.child.kill('SIGINT');
  expect(await first.exit).toBe(130);
});

test('a damaged latest checkpoint is refused and the older one offered, which restores', async () => {
  const folder = folderWith(null);
  await killAfter(folder, 4);
  const found = checkpointsIn(folder);
  const [older, newest] = found.slice(-2);
  expect(found.length).toBeGreaterThanOrEqual(2);
  writeFileSync(join(newest!, '_metadata'), 'damaged');
  const refused = await drey([...restoreLatest, '--json'], { folder });
  expect(refused.exit, refused.error).toBe(12);
  const { error } = JSON.parse(refused.output) as {
    readonly error: { readonly details: { readonly older: string } };
  };
  expect(error.details.older).toBe(older);
  const run = startRun(folder, ['pipeline.yaml', '--json', '--restore', older!]);
  await run.said('"status":"COMPLETED"');
  expect(run.errorText()).toContain(`"location":"${older}"`);
  run.child.kill('SIGINT');
  await run.exit;
});

test('where all are damaged it is refused, and allowed to start from the beginning', async () => {
  const folder = folderWith(null);
  await killAfter(folder, 3);
  for (const location of checkpointsIn(folder)) {
    writeFileSync(join(location, '_metadata'), 'damaged');
  }
  const refused = await drey(restoreLatest, { folder });
  expect(refused.exit, refused.error).toBe(12);
  expect(refused.error).toContain('--allow-empty-state');
});

test('the folders of checkpoints are listed, shown and disposed without a cluster', async () => {
  const folder = folderWith(null);
  await killAfter(folder, 4);
  const list = async () => {
    const { output } = await drey(['checkpoint', 'list', '--dir', 'checkpoints', '--json'], {
      folder,
    });
    return (JSON.parse(output) as { readonly checkpoints: readonly Record<string, unknown>[] })
      .checkpoints;
  };
  const [newest, older] = await list();
  expect(newest).toMatchObject({ status: 'COMPLETED', isSavepoint: false, jobName: 'counting' });
  // The line of the newest one may not be written yet.
  expect(typeof older!['durationMs']).toBe('number');
  const location = String(newest!['location']);
  const shown = await drey(['checkpoint', 'show', location, '--json'], { folder });
  expect(JSON.parse(shown.output)).toMatchObject({ id: newest!['id'], verification: 'deep' });
  writeFileSync(join(location, 'state-0'), 'damaged');
  expect((await list())[0]).toMatchObject({ status: 'BROKEN', location });
  const broken = await drey(['checkpoint', 'show', location], { folder });
  expect(broken.exit).toBe(12);
  const path = String(older!['location']);
  const kept = await drey(['savepoint', 'dispose', path, '--dry-run'], { folder });
  expect(kept.exit, kept.error).toBe(0);
  const { length } = await list();
  expect((await list()).map((one) => one['location'])).toContain(path);
  expect((await drey(['savepoint', 'dispose', path, '--yes'], { folder })).exit).toBe(0);
  expect(await list()).toHaveLength(length - 1);
  expect(
    (await drey(['savepoint', 'dispose', path, '--yes', '--via', 'fs'], { folder })).exit,
  ).toBe(6);
  const gone = await drey(['savepoint', 'dispose', path, '--yes', '--if-exists'], { folder });
  expect(gone.exit, gone.error).toBe(0);
});

test('the list of a folder is shown again and again where that is asked for', async () => {
  const folder = folderWith(1000);
  expect((await drey(['run', 'pipeline.yaml'], { folder })).exit).toBe(0);
  const words = ['checkpoint', 'list', '--dir', 'checkpoints', '--watch', '--interval', '20ms'];
  const { exit, output } = await drey([...words, '--json'], { folder, linesWanted: 3 });
  expect(exit).toBe(130);
  const lines = output.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(3);
  expect(JSON.parse(lines[2]!)).toMatchObject({ checkpoints: [], counts: { restored: 0 } });
});

test('a restore that is refused does not say that it has restored anything', async () => {
  const folder = folderWith(null);
  await killAfter(folder, 2);
  const file = join(folder, 'pipeline.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('numbers', 'counted'));
  const { exit, error } = await drey(restoreLatest, { folder });
  expect(exit, error).toBe(5);
  expect(error).toContain('it looks renamed');
  expect(error).not.toContain('restored from');
});

test('what drey did not make is not disposed of', async () => {
  const folder = temporaryFolder();
  const foreign = join(folder, 'savepoint-aaaaaa-bbbbbbbbbbbb');
  mkdirSync(foreign);
  writeFileSync(join(foreign, '_metadata'), 'of somebody else');
  const { exit, error } = await drey(['savepoint', 'dispose', foreign, '--via', 'fs', '--yes'], {
    folder,
  });
  expect(exit, error).toBe(5);
  expect(readdirSync(foreign)).toEqual(['_metadata']);
});
