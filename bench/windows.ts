/**
 * What each kind of window costs against the tumbling one, as whole processes in turns:
 * `npm run build && node scripts/run.js bench/windows.ts [--rounds N]`. 2,000,000 events, counts of
 * rows and of distinct devices, rows to nowhere. Exit status 1 when a ratio is above what the
 * project promises.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BATCH_ROWS, createColumn } from '../src/engine/batch/column.ts';
import { createAccumulator } from '../src/engine/function/create-accumulator.ts';
import { LinearMemory } from '../src/engine/memory/linear-memory.ts';
import { eventFile } from './event-files.ts';
import {
  describeRun,
  measureProcess,
  showSpread,
  medianOf,
  type Usage,
} from './measured-process.ts';
import { seededRandom } from './seeded-random.ts';

const MILLIONS = 2;
const EVENTS = MILLIONS * 1_000_000;
const DAY_MINUTES = 1440;
const THREE_HOURS = 180;

const AREA = 'SUBSTRING(localId FROM 1 FOR 4)';
/** 200 groups and 200,000 of the same devices. */
const FEW = 'SUBSTRING(deviceId FROM 1 FOR 6)';
const MANY = 'deviceId';

interface Job {
  readonly name: string;
  readonly window: string;
  readonly minutes: number;
  readonly key?: string;
}

interface Comparison {
  readonly job: Job;
  readonly base: Job;
  readonly ratioMax: number;
  /** CPU time by row in and out, instead of the whole. */
  readonly isByRow?: boolean;
}

const tumble = (minutes: number): Job => ({
  name: `tumble 1 min, ${minutes / 60} h`,
  window: '{ type: tumble, size: 1min }',
  minutes,
});
const keyed = (name: string, key: string): Job => ({
  name,
  window: '{ type: tumble, size: 1h }',
  minutes: THREE_HOURS,
  key,
});

const comparisons: readonly Comparison[] = [
  {
    job: {
      name: 'cumulate 1 d in 1 min, 24 h',
      window: '{ type: cumulate, size: 1d, step: 1min }',
      minutes: DAY_MINUTES,
    },
    base: tumble(DAY_MINUTES),
    ratioMax: 1.5,
    isByRow: true,
  },
  {
    job: {
      name: 'hop 30 min each 1 min, 3 h',
      window: '{ type: hop, size: 30min, slide: 1min }',
      minutes: THREE_HOURS,
    },
    base: tumble(THREE_HOURS),
    ratioMax: 3,
  },
  {
    job: {
      name: 'session 30 s, 3 h',
      window: '{ type: session, gap: 30s }',
      minutes: THREE_HOURS,
    },
    base: tumble(THREE_HOURS),
    ratioMax: 2,
  },
  {
    job: keyed('200,000 keys', MANY),
    base: keyed('200 keys', FEW),
    ratioMax: 2,
  },
];

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(options.rounds);
const folder = mkdtempSync(join(tmpdir(), 'drey-windows-'));
const template = readFileSync('bench/windows.yaml', 'utf8');

function commandOf({ name, window, minutes, key = AREA }: Job): string[] {
  const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.yaml`);
  const text = template.replace('{ type: tumble, size: 1min }', window).replace(AREA, key);
  writeFileSync(file, text);
  const events = eventFile(MILLIONS, minutes);
  return [process.execPath, resolve('bin/run.js'), 'run', file, '--param', `EVENTS=${events}`];
}

/** Rows that the job gives. */
function rowsOutOf(job: Job): number {
  const summary = join(folder, 'summary.json');
  measureProcess([...commandOf(job), '--summary', summary], devNull);
  const { recordsOut } = JSON.parse(readFileSync(summary, 'utf8')) as { recordsOut: number };
  return recordsOut;
}

function compare({ job, base, ratioMax, isByRow = false }: Comparison): boolean {
  const [jobRows, baseRows] = [rowsOutOf(job), rowsOutOf(base)];
  const samples: { readonly job: Usage; readonly base: Usage }[] = [];
  for (let round = 0; round < rounds; round++) {
    samples.push({
      job: measureProcess(commandOf(job), devNull),
      base: measureProcess(commandOf(base), devNull),
    });
  }
  const share = isByRow ? (EVENTS + baseRows) / (EVENTS + jobRows) : 1;
  const ratios = samples.map((each) => (each.job.cpuSeconds / each.base.cpuSeconds) * share);
  const show = (name: string, usages: readonly Usage[], rows: number): void => {
    const peakBytes = Math.max(...usages.map(({ peakMemoryBytes }) => peakMemoryBytes));
    const seconds = showSpread(usages.map(({ cpuSeconds }) => cpuSeconds));
    console.log(
      `${name.padEnd(30)} ${seconds.padEnd(22)} CPU s  ${String(rows).padStart(8)} rows out  ${(peakBytes / 1e6).toFixed(0)} MB`,
    );
  };
  show(
    base.name,
    samples.map((each) => each.base),
    baseRows,
  );
  show(
    job.name,
    samples.map((each) => each.job),
    jobRows,
  );
  const by = isByRow ? ' by row in and out' : '';
  console.log(`  ratio${by}  ${showSpread(ratios)}  <= ${ratioMax}`);
  return medianOf(ratios) <= ratioMax;
}

const GROUPS = 300;
const DEVICES = 200_000;
const PAIR_BYTES_MAX = 12;

/** Memory of the state of COUNT(DISTINCT), by distinct pair of group and device. */
function showStateSize(isAskedOften: boolean): boolean {
  const memory = new LinearMemory();
  const accumulator = createAccumulator(
    { function: 'COUNT', distinct: true, type: { root: 'BIGINT', nullable: false } },
    { memory, valuesOf: () => createColumn(deviceType), isAskedOften },
  );
  accumulator.ensureSlots(GROUPS);
  const random = seededRandom(1);
  const column = createColumn(deviceType);
  const rows = Int32Array.from({ length: BATCH_ROWS }, (_, row) => row);
  const slots = new Int32Array(BATCH_ROWS);
  const ids = new Int32Array(BATCH_ROWS);
  const pairs = new Set<number>();
  const sizes: number[] = [];
  for (let events = 0; events < EVENTS; events += BATCH_ROWS) {
    for (let row = 0; row < BATCH_ROWS; row++) {
      slots[row] = Math.floor(random() * GROUPS);
      ids[row] = Math.floor(random() ** 1.5 * DEVICES);
      pairs.add(slots[row]! * DEVICES + ids[row]!);
    }
    accumulator.accumulate(
      { rows, count: BATCH_ROWS, slots },
      { column, filter: null, keys: null, ids, idLimit: DEVICES },
    );
    accumulator.emit(0, GROUPS, createColumn(countType));
    if (pairs.size > LARGE) sizes.push(accumulator.sizeBytes / pairs.size);
  }
  const when = isAskedOften ? 'asked for at any time' : 'asked for at the end';
  console.log(`bytes by pair, ${when}: ${showSpread(sizes)}  <= ${PAIR_BYTES_MAX}`);
  return medianOf(sizes) <= PAIR_BYTES_MAX;
}

/** Below this many pairs the fixed parts of tables are most of them. */
const LARGE = 100_000;
const deviceType = { root: 'VARCHAR', length: 10, nullable: true } as const;
const countType = { root: 'BIGINT', nullable: false } as const;

try {
  console.log(describeRun());
  const results = [...comparisons.map(compare), ...[false, true].map(showStateSize)];
  if (results.includes(false)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
