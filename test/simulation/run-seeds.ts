/**
 * Runs the schedules of a range of seeds and says what came of them, as data that another process
 * can add up. One in fifty runs twice: its trace must be the same, event by event.
 */
import type { CoverageCounts } from './coverage.ts';
import { Coverage } from './coverage.ts';
import { runSchedule } from './run-schedule.ts';
import type { WorldKind } from './faults.ts';
import { drawSchedule, type Schedule } from './schedule.ts';
import { shrink } from './shrink.ts';

export interface FailedSeed {
  readonly seed: number;
  readonly violation: string;
  /** The faults and the number of lines that are left after shrinking. */
  readonly shrunk: string;
}

export interface SeedsResult {
  readonly schedules: number;
  readonly hits: number;
  readonly commits: number;
  /** Complete snapshots that hold rows in flight. */
  readonly inFlight: number;
  readonly processes: number;
  readonly repeated: number;
  readonly failed: readonly FailedSeed[];
  readonly coverage: CoverageCounts;
}

const REPEATED_EVERY = 50;
/** Others are only counted: one cause often fails many. */
const SHRUNK_MAX = 5;

export async function runSeeds(
  seeds: readonly number[],
  world: WorldKind = 'files',
): Promise<SeedsResult> {
  const coverage = new Coverage();
  const failed: FailedSeed[] = [];
  let [hits, commits, inFlight, processes, repeated] = [0, 0, 0, 0, 0];
  for (const seed of seeds) {
    const schedule = drawSchedule(seed, world);
    const result = await runSchedule(schedule);
    hits += result.hits;
    commits += result.commits;
    inFlight += result.inFlight;
    processes += result.lives;
    coverage.add(result.coverage.toCounts());
    let { violation } = result;
    if (violation === null && seed % REPEATED_EVERY === 0) {
      repeated++;
      const again = await runSchedule(schedule);
      if (again.traceHash !== result.traceHash) violation = 'two runs of it have other traces';
    } else if (violation !== null) {
      const text = failed.length < SHRUNK_MAX ? await shrunkText(schedule) : '';
      failed.push({ seed, violation, shrunk: text });
      continue;
    }
    if (violation !== null) failed.push({ seed, violation, shrunk: '' });
  }
  const counts = { schedules: seeds.length, hits, commits, inFlight, processes, repeated };
  return { ...counts, failed, coverage: coverage.toCounts() };
}

async function shrunkText(schedule: Schedule): Promise<string> {
  const { schedule: small, result, runs } = await shrink(schedule, await runSchedule(schedule));
  const faults = small.faults.map(({ kind, phase, nth }) => `${kind} in ${phase} ${nth}`);
  const lines = small.workload.files.reduce((sum, file) => sum + file.lines.length, 0);
  return `${small.workload.kind}, ${lines} lines, parallelism ${small.parallelism}, ${
    faults.length === 0 ? 'no faults' : faults.join(', ')
  } (${runs} runs): ${result.violation ?? ''}`;
}

export interface SeedFailure {
  readonly seed: number;
  readonly violation: string;
}

export interface HuntedSeeds {
  readonly first: number;
  readonly count: number;
  readonly world: WorldKind;
  /** The others are passed over. */
  readonly where: ((schedule: Schedule) => boolean) | undefined;
}

/** Null: no schedule of these fails. */
export async function firstFailure(seeds: HuntedSeeds): Promise<SeedFailure | null> {
  const { first, count, world, where } = seeds;
  for (let seed = first; seed < first + count; seed++) {
    const schedule = drawSchedule(seed, world);
    if (where?.(schedule) === false) continue;
    const { violation } = await runSchedule(schedule);
    if (violation !== null) return { seed, violation };
  }
  return null;
}
