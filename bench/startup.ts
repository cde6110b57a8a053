/**
 * How long drey takes to start, as ratios to an empty Node process measured in the same run:
 * `node scripts/run.js bench/startup.ts [REPETITIONS]`. Prints one JSON document.
 * The runs of all commands alternate, so that a busy moment of the machine meets them all.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

interface Measured {
  readonly name: string;
  readonly arguments: readonly string[];
  /** The greatest ratio to `node -e 0` that the project promises; null for the yardstick itself. */
  readonly ratioMax: number | null;
}

const pipeline = `
pipeline: { name: startup }
sources:
  events:
    connector: datagen
    number-of-rows: 1
    columns: { id: BIGINT }
sinks:
  result: { from: events, connector: blackhole }
`;

function medianOf(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

async function elapsedMs(measured: Measured): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, measured.arguments, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (part: Buffer) => (told += part.toString()));
  const [status] = (await once(child, 'exit')) as [number | null];
  const durationMs = performance.now() - start;
  if (status !== 0) throw new Error(`${measured.name} ended with ${status}: ${told}`);
  return durationMs;
}

/** What a cluster with two jobs answers to /jobs/overview. */
const jobs = JSON.stringify({
  jobs: ['a', 'b'].map((digit) => ({
    jid: digit.repeat(32),
    name: `job ${digit}`,
    state: 'RUNNING',
    'start-time': 1_700_000_000_000,
    'end-time': -1,
    duration: 12_498,
    'last-modification': 1_700_000_000_652,
    tasks: { running: 2, total: 2, created: 0, scheduled: 0, deploying: 0, failed: 0 },
  })),
});

/** The client that many requests make costs more on Node 20, which has an older engine. */
const JOB_LIST_RATIO_MAX = process.version.startsWith('v20.') ? 7 : 5.5;

const repetitions = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'drey-startup-'));
const file = join(folder, 'pipeline.yaml');
writeFileSync(file, pipeline);

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json; charset=UTF-8');
  response.end(jobs);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const entry = resolve('bin/run.js');
const commands: readonly Measured[] = [
  { name: 'node -e 0', arguments: ['-e', '0'], ratioMax: null },
  { name: 'drey --version', arguments: [entry, '--version'], ratioMax: 2.5 },
  { name: 'drey --help', arguments: [entry, '--help'], ratioMax: 4.5 },
  {
    name: 'drey pipeline validate FILE',
    arguments: [entry, 'pipeline', 'validate', file],
    ratioMax: 6,
  },
  {
    name: 'drey job list',
    arguments: [entry, 'job', 'list', '--url', url],
    ratioMax: JOB_LIST_RATIO_MAX,
  },
];

const samples = new Map<string, number[]>(commands.map(({ name }) => [name, []]));
try {
  // The first round fills the file cache and is thrown away.
  for (let round = 0; round <= repetitions; round++) {
    for (const command of commands) {
      const durationMs = await elapsedMs(command);
      if (round > 0) samples.get(command.name)?.push(durationMs);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  server.close();
  server.closeAllConnections();
}

const medians = commands.map(({ name }) => medianOf(samples.get(name) ?? []));
const yardstickMs = medians[0] ?? 0;
const results = commands.map(({ name, ratioMax }, index) => ({
  name,
  medianMs: Number((medians[index] ?? 0).toFixed(1)),
  ratio: Number(((medians[index] ?? 0) / yardstickMs).toFixed(2)),
  ratioMax,
}));
console.log(JSON.stringify({ node: process.version, repetitions, results }, null, 2));
