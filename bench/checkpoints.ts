/**
 * What a checkpoint every second costs the main job: the UV query of bench/uv.yaml with a filesystem
 * sink, with and without checkpoints, as whole processes in turns:
 * `npm run build && node scripts/run.js bench/checkpoints.ts [--rounds N] [--millions N]`.
 * Exit status 1 when the ratio of CPU time is above what the project promises, when rows differ, or
 * when a run took fewer checkpoints than seconds.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { eventFile } from './event-files.ts';
import {
  describeRun,
  measureProcess,
  medianOf,
  showSpread,
  type Usage,
} from './measured-process.ts';

const RATIO_MAX = 1.1;
const MINUTES = 60;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    millions: { type: 'string', default: '12' },
  },
});
const rounds = Number(options.rounds);
const events = eventFile(Number(options.millions), MINUTES);
const folder = mkdtempSync(join(tmpdir(), 'drey-checkpoints-'));

interface Run {
  readonly usage: Usage;
  readonly checkpoints: number;
  readonly digest: string;
}

function pipelineFile(name: string, interval: string | null): string {
  const config =
    interval === null
      ? ''
      : `  config:\n    execution.checkpointing.interval: ${interval}\n    execution.checkpointing.dir: ./${name}-checkpoints\n`;
  const text = readFileSync('bench/uv.yaml', 'utf8')
    .replace('  name: bench-uv\n', `  name: bench-uv\n${config}`)
    .replace(
      '    connector: print',
      `    connector: filesystem\n    path: ./${name}-rows\n    format: json\n    drey.sink.existing: replace`,
    );
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
}

function run(name: string, file: string): Run {
  const summary = join(folder, 'summary.json');
  const usage = measureProcess(
    [
      process.execPath,
      resolve('bin/run.js'),
      'run',
      file,
      '--param',
      `EVENTS=${events}`,
      '--summary',
      summary,
    ],
    devNull,
  );
  const { checkpoints } = JSON.parse(readFileSync(summary, 'utf8')) as {
    checkpoints: { completed: number };
  };
  const rows = join(folder, `${name}-rows`);
  const lines = readdirSync(rows)
    .filter((part) => !part.startsWith('.'))
    .flatMap((part) => readFileSync(join(rows, part), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .sort();
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex');
  return { usage, checkpoints: checkpoints.completed, digest };
}

try {
  console.log(describeRun());
  const without = pipelineFile('without', null);
  const each = pipelineFile('each-second', '1s');
  const ratios: number[] = [];
  const counts: number[] = [];
  let isRight = true;
  // The first turn fills the caches.
  for (let round = 0; round <= rounds; round++) {
    const base = run('without', without);
    const job = run('each-second', each);
    isRight &&= base.digest === job.digest;
    isRight &&= job.checkpoints >= Math.floor(job.usage.wallSeconds) - 1;
    if (round === 0) continue;
    ratios.push(job.usage.cpuSeconds / base.usage.cpuSeconds);
    counts.push(job.checkpoints);
    rmSync(join(folder, 'each-second-checkpoints'), { recursive: true, force: true });
  }
  console.log(`checkpoints in a run: ${showSpread(counts)}`);
  console.log(
    `CPU with a checkpoint each second : without  ${showSpread(ratios)}  <= ${RATIO_MAX}`,
  );
  if (!isRight) console.log('rows differ, or there were fewer checkpoints than seconds');
  if (!isRight || medianOf(ratios) > RATIO_MAX) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
