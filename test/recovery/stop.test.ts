/** Signals, savepoints on stop, and folders that fail under a running job, as processes. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drey } from '../e2e/drey-process.ts';
import { waitUntil } from '../peers/wait-until.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startRun } from './killed-process.ts';

/** Longer than the two seconds that are promised, on a machine with other work, is a failure. */
const STOP_MS_MAX = 2_000;

function folderWith(lines: readonly string[], sink = 'connector: blackhole'): string {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'pipeline.yaml'),
    [
      'pipeline:',
      '  name: endless',
      '  config:',
      '    execution.checkpointing.interval: 50ms',
      '    execution.checkpointing.dir: ./checkpoints',
      '    restart-strategy.type: none',
      ...lines.map((line) => `    ${line}`),
      'sources:',
      '  numbers: { connector: datagen, rows-per-second: 1000, seed: 1, columns: { id: BIGINT } }',
      'sinks:',
      `  out: { from: numbers, ${sink} }`,
      '',
    ].join('\n'),
  );
  return folder;
}

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while checkpoints are taken', (signal, status) => {
  test(`ends the run within two seconds with ${status}, and it can be gone on with`, async () => {
    const folder = folderWith([]);
    const run = startRun(folder, ['pipeline.yaml', '--json']);
    await run.said('"status":"COMPLETED"');
    const sentAtMs = performance.now();
    run.child.kill(signal);
    expect(await run.exit, run.errorText()).toBe(status);
    expect(performance.now() - sentAtMs).toBeLessThan(STOP_MS_MAX);
    const next = startRun(folder, ['pipeline.yaml', '--json', '--restore', 'latest']);
    await next.said('"restored"');
    await next.said('"status":"COMPLETED"');
    next.child.kill(signal);
    expect(await next.exit, next.errorText()).toBe(status);
  });
});

describe('--savepoint-on-stop', () => {
  test('takes one before the end and says where it is; latest goes on from it', async () => {
    const folder = folderWith(['execution.checkpointing.savepoint-dir: ./savepoints']);
    const words = ['pipeline.yaml', '--savepoint-on-stop', '--summary', 'summary.json'];
    const run = startRun(folder, [...words, '--json']);
    await run.said('"status":"COMPLETED"');
    run.child.kill('SIGINT');
    expect(await run.exit, run.errorText()).toBe(130);
    const { savepoint, state } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as {
      readonly savepoint: string;
      readonly state: string;
    };
    expect(state).toBe('CANCELED');
    expect(savepoint).toContain(join(folder, 'savepoints', 'savepoint-'));
    const listed = await drey(['savepoint', 'list', '--dir', 'savepoints', '-o', 'name'], {
      folder,
    });
    expect(listed.output).toBe(`${savepoint}\n`);
    const next = startRun(folder, ['pipeline.yaml', '--json', '--restore', 'latest']);
    await next.said(`"restored":{"location":"${savepoint}","kind":"savepoint"`);
    next.child.kill('SIGINT');
    await next.exit;
  });

  test('ends with 6 when the savepoint fails', async () => {
    const folder = folderWith(['execution.checkpointing.savepoint-dir: ./pipeline.yaml']);
    const run = startRun(folder, ['pipeline.yaml', '--savepoint-on-stop', '--json']);
    await run.said('"status":"COMPLETED"');
    run.child.kill('SIGINT');
    expect(await run.exit, run.errorText()).toBe(6);
    expect(run.errorText()).toContain('DREY_SAVEPOINT_FAILED');
  });

  test('is refused where there is no folder for it', async () => {
    const folder = folderWith([]);
    const path = join(folder, 'pipeline.yaml');
    const text = readFileSync(path, 'utf8').replace(/^.*checkpointing\.dir.*\n/m, '');
    writeFileSync(path, text);
    const { exit, error } = await drey(['run', 'pipeline.yaml', '--savepoint-on-stop'], { folder });
    expect(exit, error).toBe(2);
  });
});

test('a reader that closes the output ends a run with checkpoints quietly', async () => {
  const folder = folderWith([], 'connector: print');
  const { exit, error } = await drey(['run', 'pipeline.yaml'], { folder, closeOutput: true });
  expect({ exit, error }).toEqual({ exit: 0, error: '' });
});

/** The job may be putting a checkpoint into it. */
function removeWhileUsed(folder: string): void {
  rmSync(folder, { recursive: true, maxRetries: 20, retryDelay: 20 });
}

/** False: the job has put something there again in between. */
function isMoved(from: string, to: string): boolean {
  try {
    rmSync(to, { recursive: true, force: true });
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

describe('a checkpoint folder that fails', () => {
  test('declines checkpoints and ends the job after the tolerable number, with 9', async () => {
    const folder = folderWith(['execution.checkpointing.tolerable-failed-checkpoints: 2']);
    const run = startRun(folder, ['pipeline.yaml', '--json']);
    await run.said('"status":"COMPLETED"');
    removeWhileUsed(join(folder, 'checkpoints'));
    expect(await run.exit, run.errorText()).toBe(9);
    const failed = run.errorText().match(/"status":"FAILED"/g) ?? [];
    expect(failed.length).toBeGreaterThanOrEqual(3);
    expect(run.errorText()).toContain('"code":"DREY_CHECKPOINT_FAILED"');
    expect(run.errorText()).toContain('"code":"DREY_CHECKPOINTS_FAILED"');
  });

  test('ends the job with 9 under the default restart strategy, too', async () => {
    const folder = folderWith([]);
    const path = join(folder, 'pipeline.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^.*restart-strategy.*\n/m, ''));
    const run = startRun(folder, ['pipeline.yaml', '--json']);
    await run.said('"status":"COMPLETED"');
    removeWhileUsed(join(folder, 'checkpoints'));
    expect(await run.exit, run.errorText()).toBe(9);
    expect(run.errorText()).toContain('after 3 restarts');
  });

  test('without room declines checkpoints, too, while the job goes on', async () => {
    const folder = folderWith(['execution.checkpointing.tolerable-failed-checkpoints: 2']);
    const path = join(folder, 'pipeline.yaml');
    const text = readFileSync(path, 'utf8')
      .replace('rows-per-second: 1000', 'rows-per-second: 50000')
      .replace(
        'sinks:',
        'transforms:\n  seen: { group-by: [id], aggregate: { n: COUNT(*) } }\nsinks:',
      )
      .replace('from: numbers, connector', 'from: seen, connector');
    writeFileSync(path, text);
    const run = startRun(folder, ['pipeline.yaml', '--json'], { fileBlocksMax: 600 });
    expect(await run.exit, run.errorText()).toBe(9);
    const ended = [...run.errorText().matchAll(/"status":"(COMPLETED|FAILED)"/g)];
    expect(ended.map(([, status]) => status).slice(-4)).toEqual([
      'COMPLETED',
      'FAILED',
      'FAILED',
      'FAILED',
    ]);
    expect(run.errorText()).toMatch(/E(?:FBIG|NOSPC)/);
  });

  test('that comes back in time costs only the checkpoints in between', async () => {
    const folder = folderWith(['execution.checkpointing.tolerable-failed-checkpoints: 1000']);
    const [directory, away] = [join(folder, 'checkpoints'), join(folder, 'away')];
    const run = startRun(folder, ['pipeline.yaml', '--json']);
    await run.said('"status":"COMPLETED"');
    renameSync(directory, away);
    await run.said('"status":"FAILED"');
    await waitUntil({ what: 'room for the folder', timeoutMs: 10_000 }, () =>
      Promise.resolve(isMoved(away, directory) || undefined),
    );
    await run.said('"status":"COMPLETED"', run.errorText().length);
    run.child.kill('SIGINT');
    expect(await run.exit, run.errorText()).toBe(130);
  });
});
