/**
 * `npm run sim`: whole jobs on the simulated platform, schedule after schedule, in several processes.
 * DREY_SCHEDULES says how many (2,000), DREY_SEED which is the first; with DREY_SEED alone that one
 * is run. `--kafka` runs jobs that read and write Kafka; its seeds are others. `--planted` hunts the
 * planted bugs instead, `--planted --kafka` those on transactions, markers and partitions. Exit status 1
 * when a schedule failed, a planted bug was not found, or, from 2,000 schedules on, a fault struck too
 * rarely in a phase.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Coverage } from '../test/simulation/coverage.ts';
import type { WorldKind } from '../test/simulation/faults.ts';
import { plantedBugs, type PlantedBug, type SourceEdit } from '../test/simulation/planted-bugs.ts';
import { plantedKafkaBugs } from '../test/simulation/planted-kafka-bugs.ts';
import { buildPlanted } from '../test/simulation/planted-build.ts';
import { hasSmallSizes, smallSizes } from '../test/simulation/small-sizes.ts';
import {
  firstFailure,
  runSeeds,
  type SeedFailure,
  type SeedsResult,
} from '../test/simulation/run-seeds.ts';

const QUICK = 2_000;
/** Each fault in each phase where it can strike, in a run of QUICK schedules. */
const HITS_MIN = 20;
const REGRESSIONS: Readonly<Record<WorldKind, string>> = {
  files: 'test/simulation/seeds.txt',
  kafka: 'test/simulation/seeds-kafka.txt',
};
/** Seeds that a process takes at most: the first hundred cost twice as much, until they are compiled. */
const PART_MAX = 2_000;
/** Parts for each core, so that one core does not work alone for long. */
const PARTS_PER_CORE = 2;
/** Objects of one schedule die young; with one process a core, helper threads gain nothing. */
const CHILD_FLAGS = ['--max-semi-space-size=32', '--single-threaded', '--enable-source-maps'];

const bugs: readonly PlantedBug[] = [...plantedBugs, ...plantedKafkaBugs];
const root = dirname(dirname(process.argv[1] ?? ''));
const seedText = process.env['DREY_SEED'];
const first = Number(seedText ?? 1);
const count = Number(process.env['DREY_SCHEDULES'] ?? (seedText === undefined ? QUICK : 1));

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [mode, ...rest] = args;
  if (mode === '--part') return part(worldOf(rest[0]), rest.slice(1));
  if (mode === '--hunt') return huntHere(rest[0] ?? '');
  if (mode === '--planted') {
    const [name = null] = rest.filter((argument) => argument !== '--kafka');
    return huntAll(name, rest.includes('--kafka') ? 'kafka' : 'files');
  }
  return simulate(worldOf(mode));
}

function worldOf(argument: string | undefined): WorldKind {
  return argument === '--kafka' || argument === 'kafka' ? 'kafka' : 'files';
}

/** In a child: its last line is the result. */
async function part(world: WorldKind, seeds: readonly string[]): Promise<number> {
  if (seeds.length > 1) saveStacks();
  say(JSON.stringify(await runSeeds(seeds.map(Number), world)));
  return 0;
}

async function simulate(world: WorldKind): Promise<number> {
  const startedAtMs = Date.now();
  const seeds = Array.from({ length: count }, (_, at) => first + at);
  if (seedText === undefined) seeds.unshift(...regressions(world));
  const results: SeedsResult[] = [];
  await withBuilds(async (builds) => {
    const parts = partsOf(seeds, builds);
    const work = async (): Promise<void> => {
      for (let next = parts.shift(); next !== undefined; next = parts.shift()) {
        results.push(await runPart(next, world));
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
  });
  return report(results, world, Date.now() - startedAtMs);
}

/** Files that hold this script with small sizes, and as it is. */
interface Builds {
  readonly small: string;
  readonly whole: string;
}

interface Part {
  readonly build: string;
  readonly seeds: readonly number[];
}

async function withBuilds<T>(work: (builds: Builds) => Promise<T>): Promise<T> {
  const builds = { small: cached('small'), whole: cached('whole') };
  try {
    await build(builds.small, smallSizes);
    await build(builds.whole, []);
    return await work(builds);
  } finally {
    for (const file of Object.values(builds)) rmSync(file, { force: true });
  }
}

function cached(name: string): string {
  return join(root, 'node_modules/.cache/scripts', `simulate-${name}-${randomUUID()}.mjs`);
}

function build(output: string, edits: readonly SourceEdit[]): Promise<void> {
  return buildPlanted({ root, script: 'scripts/simulate.ts', edits, output });
}

function partsOf(seeds: readonly number[], builds: Builds): Part[] {
  const size = Math.ceil(seeds.length / (PARTS_PER_CORE * availableParallelism()));
  const parts: Part[] = [];
  const divide = (build: string, own: readonly number[]): void => {
    const each = Math.min(PART_MAX, size);
    for (let at = 0; at < own.length; at += each) {
      parts.push({ build, seeds: own.slice(at, at + each) });
    }
  };
  divide(builds.small, seeds.filter(hasSmallSizes));
  divide(
    builds.whole,
    seeds.filter((seed) => !hasSmallSizes(seed)),
  );
  return parts;
}

async function runPart({ build, seeds }: Part, world: WorldKind): Promise<SeedsResult> {
  const result = (await lastLineOf([build, '--part', world, ...seeds.map(String)])) as SeedsResult;
  const mode = world === 'kafka' ? ' -- --kafka' : '';
  for (const { seed, violation, shrunk } of result.failed) {
    say(
      `FAILED seed ${seed}: ${violation}\n  shrunk: ${shrunk}\n  DREY_SEED=${seed} npm run sim${mode}`,
    );
  }
  return result;
}

/** Errors are made all the time, and whoever looks into a seed runs it alone. */
function saveStacks(): void {
  Error.stackTraceLimit = 0;
}

function report(results: readonly SeedsResult[], world: WorldKind, elapsedMs: number): number {
  const coverage = new Coverage();
  for (const result of results) coverage.add(result.coverage);
  const sum = (of: (result: SeedsResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const failed = sum((result) => result.failed.length);
  if (count >= QUICK) say(coverage.render(world));
  const thin = count >= QUICK ? coverage.thin(HITS_MIN, world) : [];
  for (const cell of thin) say(`hit less than ${HITS_MIN} times: ${cell}`);
  say(
    `${sum((result) => result.schedules)} schedules, ${failed} failed; ${sum((result) => result.hits)} faults, ` +
      `${sum((result) => result.commits)} commits compared, ${sum((result) => result.inFlight)} snapshots with rows in flight, ${sum((result) => result.processes)} processes, ` +
      `${sum((result) => result.repeated)} run twice; ${(elapsedMs / 1_000).toFixed(0)} s`,
  );
  return failed === 0 && thin.length === 0 ? 0 : 1;
}

/** Seeds that failed once, before the fix that stands beside them. */
function regressions(world: WorldKind): readonly number[] {
  return readFileSync(REGRESSIONS[world], 'utf8')
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

/** Runs Node; its last line, as JSON. */
function lastLineOf(args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [...CHILD_FLAGS, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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
  saveStacks();
  const bug = bugs.find((one) => one.name === name);
  const world = bug?.world ?? 'files';
  say(JSON.stringify(await firstFailure({ first, count, world, where: bug?.where })));
  return 0;
}

/** `name` null: all of those that the schedules of a world can show. */
async function huntAll(name: string | null, ofWorld: WorldKind): Promise<number> {
  const startedAtMs = Date.now();
  const isHunted = ({ name: own, world = 'files' }: PlantedBug): boolean =>
    name === null ? world === ofWorld : own === name;
  const left = bugs.filter(isHunted);
  if (left.length === 0) throw new Error(`no planted bug is called ${name}`);
  const hunted: Hunted[] = [];
  const work = async (): Promise<void> => {
    for (let bug = left.shift(); bug !== undefined; bug = left.shift()) {
      const { name, world = 'files' } = bug;
      const one = { name, world, failure: await huntOne(bug) };
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
  const unplanted = await failuresOf(hunted);
  for (const { seed } of unplanted) say(`seed ${seed} fails without a planted bug, too`);
  say(
    `${after.length} planted bugs found, ${missed} missed; median ${median} schedules; ` +
      `${((Date.now() - startedAtMs) / 1_000).toFixed(0)} s`,
  );
  return missed === 0 && unplanted.length === 0 ? 0 : 1;
}

/** Of the seeds that found a planted bug, in a build that has none. */
function failuresOf(hunted: readonly Hunted[]): Promise<SeedsResult['failed']> {
  return withBuilds(async ({ small }) => {
    const results = await Promise.all(
      (['files', 'kafka'] as const).map((world) => {
        const own = hunted.filter((one) => one.world === world);
        const seeds = own.flatMap(({ failure }) => failure?.seed ?? []);
        return runPart({ build: small, seeds }, world);
      }),
    );
    return results.flatMap(({ failed }) => failed);
  });
}

interface Hunted {
  readonly name: string;
  readonly world: WorldKind;
  readonly failure: SeedFailure | null;
}

function describeHunt({ name, failure }: Hunted): string {
  if (failure === null) return `NOT FOUND         ${name}`;
  const found = `found after ${failure.seed - first + 1}`.padEnd(17);
  return `${found} ${name}: ${failure.violation.split('\n')[0] ?? ''}`;
}

async function huntOne({ name, edits }: PlantedBug): Promise<SeedFailure | null> {
  const output = cached('planted');
  try {
    await build(output, [...edits, ...smallSizes]);
    return (await lastLineOf([output, '--hunt', name])) as SeedFailure | null;
  } finally {
    rmSync(output, { force: true });
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
