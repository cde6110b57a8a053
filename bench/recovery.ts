/**
 * How long a job is away after a kill -9: the time from the start of the new process to its first
 * row, with 100 MB of state or more, beyond that of a process that starts from nothing:
 * `npm run build && node scripts/run.js bench/recovery.ts [--rounds N]`. Exit status 1 when the
 * median is above what the project promises.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { eventFile } from './event-files.ts';
import { describeRun, medianOf, showSpread } from './measured-process.ts';

const STATE_BYTES_MIN = 100_000_000;
const BEYOND_START_SECONDS_MAX = 1;
/** Enough rows behind the checkpoint for a restored job to print at once. */
const MILLIONS = 6;
const MINUTES = 60;

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(options.rounds);
const events = eventFile(MILLIONS, MINUTES);
const folder = mkdtempSync(join(tmpdir(), 'drey-recovery-'));
const file = join(folder, 'pipeline.yaml');

writeFileSync(
  file,
  `pipeline:
  name: bench-recovery
  config:
    execution.checkpointing.interval: 2s
    execution.checkpointing.dir: ./checkpoints
    execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
sources:
  events:
    connector: filesystem
    path: ${events}
    format: json
    columns: { ts: BIGINT, deviceId: STRING, localId: STRING, event: STRING }
transforms:
  counted:
    group-by:
      - name: CONCAT(deviceId, '-', CAST(ts / 10000 AS STRING))
    aggregate:
      pv: COUNT(*)
      latest: MAX(ts)
sinks:
  result:
    from: counted
    connector: print
`,
);

function start(words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [resolve('bin/run.js'), 'run', file, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Seconds from the start of a process to its first byte of output; it is then killed. */
async function secondsToFirstRow(words: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const child = start(words);
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const tookMs = await new Promise<number>((settle, reject) => {
    child.stdout!.once('data', () => {
      settle(performance.now() - startedMs);
    });
    child.once('exit', () => {
      reject(new Error(`it ended without a row: ${errors}`));
    });
  });
  await killed(child);
  return tookMs / 1000;
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((settle) => child.once('close', settle));
  child.stdout!.resume();
  child.kill('SIGKILL');
  await gone;
}

/** Runs the job until a checkpoint with so much state is complete, and kills it. */
async function leaveCheckpoint(): Promise<number> {
  const child = start(['--json']);
  child.stdout!.resume();
  let text = '';
  const sizeBytes = await new Promise<number>((settle, reject) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      for (const match of text.matchAll(/"stateSizeBytes":(\d+)/g)) {
        if (Number(match[1]) >= STATE_BYTES_MIN) settle(Number(match[1]));
      }
      text = text.slice(-10_000);
    });
    child.once('exit', () => {
      reject(new Error(`it ended before a checkpoint was that large: ${text}`));
    });
  });
  await killed(child);
  return sizeBytes;
}

try {
  console.log(describeRun());
  const stateBytes = await leaveCheckpoint();
  const samples: { readonly restored: number; readonly fresh: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const restored = await secondsToFirstRow(['--restore', 'latest']);
    const fresh = await secondsToFirstRow([]);
    if (round > 0) samples.push({ restored, fresh });
  }
  const beyond = samples.map(({ restored, fresh }) => restored - fresh);
  console.log(`state of the checkpoint: ${(stateBytes / 1e6).toFixed(0)} MB`);
  console.log(`seconds to the first row, from nothing: ${showSpread(samples.map((s) => s.fresh))}`);
  console.log(
    `seconds to the first row, restored:     ${showSpread(samples.map((s) => s.restored))}`,
  );
  console.log(`beyond the start: ${showSpread(beyond)}  <= ${BEYOND_START_SECONDS_MAX}`);
  if (medianOf(beyond) > BEYOND_START_SECONDS_MAX) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
