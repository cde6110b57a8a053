/**
 * `npm run sim`: whole jobs on the simulated platform, schedule after schedule, in several processes.
 * DREY_SCHEDULES says how many (2,000), DREY_SEED which is the first; with DREY_SEED alone that one
 * is run. `--planted` hunts the planted bugs instead. Exit status 1 when a schedule failed, a planted
 * bug was not found, or, from 2,000 schedules on, a fault struck too rarely in a phase.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Coverage } from '../test/simulation/coverage.ts';
import { plantedBugs, type PlantedBug } from '../test/simulation/planted-bugs.ts';
import { buildPlanted } from '../test/simulation/planted-build.ts';
import {
  firstFailure,
  runSeeds,
  type SeedFailure,
  type SeedsResult,
} from '../test/simulation/run-seeds.ts';

const QUICK = 2_000;
/** Each fault in each phase where it can strike, in a run of QUICK schedules. */
const HITS_MIN = 20;
const REGRESSIONS = 'test/simulation/seeds.txt';
/** Seeds that a process takes at a time. */
const PART = 250;

const root = dirname(dirname(process.argv[1] ?? ''));
const seedText = process.env['DREY_SEED'];
const first = Number(seedText ?? 1);
const count = Number(process.env['DREY_SCHEDULES'] ?? (seedText === undefined ? QUICK : 1));

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [mode, ...rest] = args;
  if (mode === '--part') return part(rest);
  if (mode === '--hunt') return huntHere(rest[0] ?? '');
  if (mode === '--planted') return huntAll(rest[0] ?? null);
  return simulate();
}

/** In a child: its last line is the result. */
async function part(seeds: readonly string[]): Promise<number> {
  say(JSON.stringify(await runSeeds(seeds.map(Number))));
  return 0;
}

async function simulate(): Promise<number> {
  const startedAtMs = Date.now();
  const seeds = Array.from({ length: count }, (_, at) => first + at);
  if (seedText === undefined) seeds.unshift(...regressions());
  const parts: number[][] = [];
  for (let at = 0; at < seeds.length; at += PART) parts.push(seeds.slice(at, at + PART));
  const results: SeedsResult[] = [];
  const work = async (): Promise<void> => {
    for (let next = parts.shift(); next !== undefined; next = parts.shift()) {
      const result = await inChild(next);
      for (const { seed, violation, shrunk } of result.failed) {
        say(
          `FAILED seed ${seed}: ${violation}\n  shrunk: ${shrunk}\n  DREY_SEED=${seed} npm run sim`,
        );
      }
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return report(results, Date.now() - startedAtMs);
}

function report(results: readonly SeedsResult[], elapsedMs: number): number {
  const coverage = new Coverage();
  for (const result of results) coverage.add(result.coverage);
  const sum = (of: (result: SeedsResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const failed = sum((result) => result.failed.length);
  if (count >= QUICK) say(coverage.render());
  const thin = count >= QUICK ? coverage.thin(HITS_MIN) : [];
  for (const cell of thin) say(`hit less than ${HITS_MIN} times: ${cell}`);
  say(
    `${sum((result) => result.schedules)} schedules, ${failed} failed; ${sum((result) => result.hits)} faults, ` +
      `${sum((result) => result.commits)} commits compared, ${sum((result) => result.inFlight)} snapshots with rows in flight, ${sum((result) => result.processes)} processes, ` +
      `${sum((result) => result.repeated)} run twice; ${(elapsedMs / 1_000).toFixed(0)} s`,
  );
  return failed === 0 && thin.length === 0 ? 0 : 1;
}

/** Seeds that failed once, before the fix that stands beside them. */
function regressions(): readonly number[] {
  return readFileSync(REGRESSIONS, 'utf8')
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

async function inChild(seeds: readonly number[]): Promise<SeedsResult> {
  const args = ['scripts/run.js', 'scripts/simulate.ts', '--part', ...seeds.map(String)];
  return (await lastLineOf(args)) as SeedsResult;
}

/** Runs Node; its last line, as JSON. */
function lastLineOf(args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('close', (status) => {
      const last = output.trimEnd().split('\n').at(-1) ?? '';
      if (status === 0) resolve(JSON.parse(last));
      else reject(new Error(`${args.slice(0, 5).join(' ')} ended with ${status}: ${output}`));
    });
  });
}

/** In a test build: its last line is the first schedule that fails; null: none does. */
async function huntHere(name: string): Promise<number> {
  const bug = plantedBugs.find((one) => one.name === name);
  say(JSON.stringify(await firstFailure({ first, count, where: bug?.where })));
  return 0;
}

/** `name` null: all of them. */
async function huntAll(name: string | null): Promise<number> {
  const startedAtMs = Date.now();
  const left = plantedBugs.filter((bug) => name === null || bug.name === name);
  if (left.length === 0) throw new Error(`no planted bug is called ${name}`);
  const hunted: Hunted[] = [];
  const work = async (): Promise<void> => {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
      const one = { name: bug.name, failure: await huntOne(bug) };
      hunted.push(one);
      say(describeHunt(one));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const after = hunted.flatMap(({ failure }) =>
    failure === null ? [] : [failure.seed - first + 1],
  );
  const median = after.toSorted((a, b) => a - b)[Math.floor(after.length / 2)] ?? 0;
  const missed = hunted.length - after.length;
  const unplanted = await inChild(hunted.flatMap(({ failure }) => failure?.seed ?? []));
  for (const { seed } of unplanted.failed) say(`seed ${seed} fails without a planted bug, too`);
  say(
    `${after.length} planted bugs found, ${missed} missed; median ${median} schedules; ` +
      `${((Date.now() - startedAtMs) / 1_000).toFixed(0)} s`,
  );
  return missed === 0 && unplanted.failed.length === 0 ? 0 : 1;
}

interface Hunted {
  readonly name: string;
  readonly failure: SeedFailure | null;
}

function describeHunt({ name, failure }: Hunted): string {
  if (failure === null) return `NOT FOUND         ${name}`;
  const found = `found after ${failure.seed - first + 1}`.padEnd(17);
  return `${found} ${name}: ${failure.violation.split('\n')[0] ?? ''}`;
}

async function huntOne({ name, edits }: PlantedBug): Promise<SeedFailure | null> {
  const output = join(root, 'node_modules/.cache/scripts', `planted-${randomUUID()}.mjs`);
  try {
    await buildPlanted({ root, script: 'scripts/simulate.ts', edits, output });
    return (await lastLineOf([output, '--hunt', name])) as SeedFailure | null;
  } finally {
    rmSync(output, { force: true });
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
