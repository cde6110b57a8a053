/**
 * How long drey takes to start, as ratios to an empty Node process measured in the same run:
 * `node scripts/run.js bench/startup.ts [REPETITIONS]`. Prints one JSON document.
 * The runs of all commands alternate, so that a busy moment of the machine meets them all.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

function elapsedMs(measured: Measured): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, measured.arguments, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const durationMs = performance.now() - start;
  if (status !== 0) throw new Error(`${measured.name} ended with ${status}: ${stderr}`);
  return durationMs;
}

const repetitions = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'drey-startup-'));
const file = join(folder, 'pipeline.yaml');
writeFileSync(file, pipeline);

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
];

const samples = new Map<string, number[]>(commands.map(({ name }) => [name, []]));
try {
  // The first round fills the file cache and is thrown away.
  for (let round = 0; round <= repetitions; round++) {
    for (const command of commands) {
      const durationMs = elapsedMs(command);
      if (round > 0) samples.get(command.name)?.push(durationMs);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
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
