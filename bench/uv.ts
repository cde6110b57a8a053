/**
 * The UV query in drey, DuckDB and a hand-written yardstick, as whole processes in turns:
 * `npm run build && node scripts/run.js bench/uv.ts [--rounds N]`.
 * All of them read the same 2,000,000 events and print their rows; the rows must be equal.
 * Then drey on the variants of the input (fields in random order, escapes, unknown nested fields).
 * DuckDB needs a Python with the duckdb package (bench/README.md); without one it is left out.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { eventFile, type Variant } from './event-files.ts';
import {
  describeRun,
  findPython,
  measureProcess,
  readRows,
  showSpread,
  type Rows,
  type Usage,
} from './measured-process.ts';

interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly usages: Usage[];
}

const MILLIONS = 2;
const MINUTES = 10;
/** The greatest ratios of CPU time that the project promises. */
const TO_DUCKDB_MAX = 0.8;
const TO_YARDSTICK_MAX = 1.6;
const TO_REGULAR_MAX = 1.8;

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(options.rounds);

function drey(file: string): string[] {
  const pipeline = resolve('bench/uv.yaml');
  return [process.execPath, resolve('bin/run.js'), 'run', pipeline, '--param', `EVENTS=${file}`];
}

function hasDuckdb(python: string): boolean {
  return spawnSync(python, ['-c', 'import duckdb'], { stdio: 'ignore' }).status === 0;
}

/** Runs the programs in turns; the first turn fills the caches and is thrown away. */
function runInTurns(programs: readonly Program[], folder: string): Rows {
  const output = join(folder, 'rows.jsonl');
  let agreed: Rows | null = null;
  for (let round = 0; round <= rounds; round++) {
    for (const { name, command, usages } of programs) {
      const usage = measureProcess(command, output);
      if (round > 0) usages.push(usage);
      const rows = readRows(output);
      agreed ??= rows;
      if (rows.digest !== agreed.digest) {
        throw new Error(
          `${name} gives other rows: ${JSON.stringify(rows)}, not ${JSON.stringify(agreed)}`,
        );
      }
    }
  }
  if (agreed === null) throw new Error('nothing ran');
  return agreed;
}

const cpuOf = ({ usages }: Program): number[] => usages.map(({ cpuSeconds }) => cpuSeconds);

/** Round by round, so that a busy moment of the machine meets both. */
function ratios(program: Program, base: Program): number[] {
  const baseSeconds = cpuOf(base);
  return cpuOf(program).map((seconds, round) => seconds / (baseSeconds[round] ?? Number.NaN));
}

function showPrograms(programs: readonly Program[]): void {
  console.log(
    `${'program'.padEnd(26)} ${'CPU seconds'.padEnd(24)} ${'wall seconds'.padEnd(24)} peak MB`,
  );
  for (const program of programs) {
    const wall = program.usages.map(({ wallSeconds }) => wallSeconds);
    const peakBytes = Math.max(...program.usages.map(({ peakMemoryBytes }) => peakMemoryBytes));
    console.log(
      `${program.name.padEnd(26)} ${showSpread(cpuOf(program)).padEnd(24)} ${showSpread(wall).padEnd(24)} ${(peakBytes / 1e6).toFixed(0)}`,
    );
  }
}

function showRatio(program: Program, base: Program, ratioMax: number): void {
  const name = `${program.name} : ${base.name}`;
  console.log(`${name.padEnd(46)} ${showSpread(ratios(program, base)).padEnd(24)} <= ${ratioMax}`);
}

const folder = mkdtempSync(join(tmpdir(), 'drey-uv-'));
try {
  const regular = eventFile(MILLIONS, MINUTES);
  const python = findPython();
  const onRegular: Program = { name: 'drey', command: drey(regular), usages: [] };
  const duckdb: Program = {
    name: 'DuckDB, one thread',
    command: [python, resolve('bench/uv-duckdb.py'), regular],
    usages: [],
  };
  const yardstick: Program = {
    name: 'uv-batched.mjs',
    command: [process.execPath, resolve('bench/uv-batched.mjs'), regular],
    usages: [],
  };
  const peers = hasDuckdb(python) ? [duckdb, yardstick] : [yardstick];
  const rows = runInTurns([onRegular, ...peers], folder);

  const variantNames: readonly Variant[] = ['shuffled', 'escaped', 'shuffled-escaped'];
  const base: Program = { name: 'drey, regular', command: drey(regular), usages: [] };
  const variants = variantNames.map((variant): Program => ({
    name: `drey, ${variant}`,
    command: drey(eventFile(MILLIONS, MINUTES, variant)),
    usages: [],
  }));
  runInTurns([base, ...variants], folder);

  console.log(`${describeRun()}, ${rounds} rounds: median (least to greatest)`);
  console.log(
    `${rows.count} rows, ${rows.views} views, ${rows.uniques} uniques, equal everywhere\n`,
  );
  showPrograms([onRegular, ...peers, base, ...variants]);
  console.log('\nratio of CPU seconds, round by round');
  if (peers.includes(duckdb)) showRatio(onRegular, duckdb, TO_DUCKDB_MAX);
  else console.log(`no DuckDB: ${python} has no duckdb package`);
  showRatio(onRegular, yardstick, TO_YARDSTICK_MAX);
  for (const variant of variants) showRatio(variant, base, TO_REGULAR_MAX);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
