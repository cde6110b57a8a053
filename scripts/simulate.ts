/**
 * `npm run sim`: whole jobs on the simulated platform, schedule after schedule, in several processes.
 * DREY_SCHEDULES says how many (2,000), DREY_SEED which is the first; with DREY_SEED alone that one
 * is run. `--planted` hunts the planted bugs instead. Exit status 1 when a schedule failed, a planted
 * bug was not found, or, from 2,000 schedules on, a fault struck too rarely in a phase.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Coverage } from '../test/simulation/coverage.ts';
import { plantedBugs } from '../test/simulation/planted-bugs.ts';
import { huntPlanted, runSeeds, type SeedsResult } from '../test/simulation/run-seeds.ts';

const QUICK = 2_000;
/** Each fault in each phase where it can strike, in a run of QUICK schedules. */
const HITS_MIN = 20;
const REGRESSIONS = 'test/simulation/seeds.txt';
/** Seeds that a process takes at a time. */
const PART = 250;

const seedText = process.env['DREY_SEED'];
const first = Number(seedText ?? 1);
const count = Number(process.env['DREY_SCHEDULES'] ?? (seedText === undefined ? QUICK : 1));

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [mode, ...rest] = args;
  if (mode === '--part') return part(rest);
  if (mode === '--planted') return hunt(rest[0] ?? null);
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

function inChild(seeds: readonly number[]): Promise<SeedsResult> {
  const args = ['scripts/run.js', 'scripts/simulate.ts', '--part', ...seeds.map(String)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('close', (status) => {
      const last = output.trimEnd().split('\n').at(-1) ?? '';
      if (status === 0) resolve(JSON.parse(last) as SeedsResult);
      else reject(new Error(`seeds ${seeds[0]} and on ended with ${status}: ${output}`));
    });
  });
}

/** Null: all of them. */
async function hunt(name: string | null): Promise<number> {
  const found: number[] = [];
  let missed = 0;
  for (const bug of plantedBugs) {
    if (name !== null && bug.name !== name) continue;
    if (name === null && bug.unreached !== undefined) {
      say(`not hunted        ${bug.name}: ${bug.unreached}`);
      continue;
    }
    const seed = await huntPlanted(bug.name, { from: first, count });
    if (seed === null) missed++;
    else found.push(seed - first + 1);
    say(
      `${seed === null ? 'NOT FOUND' : `found after ${seed - first + 1}`.padEnd(17)} ${bug.name}`,
    );
  }
  const median = found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)] ?? 0;
  say(`${found.length} planted bugs found, ${missed} missed; median ${median} schedules`);
  return missed === 0 ? 0 : 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
