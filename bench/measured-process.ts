/**
 * Runs a whole process and says how much CPU time and memory it took (measure.py), because that is
 * what two programs in different languages can be compared by.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';

export interface Usage {
  readonly status: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
}

/** A Python that may have the duckdb package: DREY_BENCH_PYTHON, bench/.venv, or the system's. */
export function findPython(): string {
  const local = resolve('bench/.venv/bin/python');
  return process.env['DREY_BENCH_PYTHON'] ?? (existsSync(local) ? local : 'python3');
}

/** Runs `command`, its standard output into the file `output`; throws unless it ends with 0. */
export function measureProcess(command: readonly string[], output: string): Usage {
  const { stdout, stderr, status } = spawnSync(
    'python3',
    [resolve('bench/measure.py'), output, ...command],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`bench/measure.py failed: ${stderr}`);
  const usage = JSON.parse(stdout) as Usage;
  if (usage.status !== 0) {
    throw new Error(`${command.join(' ')} ended with ${usage.status}: ${stderr}`);
  }
  return usage;
}

export interface Rows {
  readonly count: number;
  readonly views: number;
  readonly uniques: number;
  /** Of all rows in the order of their bytes; the same for two programs that agree in every row. */
  readonly digest: string;
}

/** Reads the result rows that a program has printed. */
export function readRows(file: string): Rows {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1).sort();
  const rows = lines.map((line) => JSON.parse(line) as { pv: number; uv: number });
  return {
    count: rows.length,
    views: rows.reduce((sum, { pv }) => sum + pv, 0),
    uniques: rows.reduce((sum, { uv }) => sum + uv, 0),
    digest: createHash('sha256').update(lines.join('\n')).digest('hex'),
  };
}

/** Machine, load, Node version and commit: without them a figure says nothing. */
export function describeRun(): string {
  const [cpu] = cpus();
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
  const git = (...words: readonly string[]): string =>
    execFileSync('git', words, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'bin') === '' ? '' : ' with changes';
  return [
    `${cpus().length} x ${cpu?.model ?? 'unknown CPU'}, load ${load}`,
    `node ${process.version}, commit ${git('rev-parse', '--short', 'HEAD')}${changed}`,
  ].join('\n');
}

export function medianOf(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** `0.48 (0.46 to 0.51)`: median, least and greatest. */
export function showSpread(samples: readonly number[]): string {
  const [median, least, most] = [medianOf(samples), Math.min(...samples), Math.max(...samples)].map(
    (value) => value.toFixed(2),
  );
  return `${median} (${least} to ${most})`;
}
