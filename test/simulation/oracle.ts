/**
 * Holds what a reader of the output sees against the reference, cut where the input was cut for the
 * checkpoint that has just been committed.
 * Invariant: a row that was visible stays visible, and no row is there that the cut does not give.
 */
import type {
  OperatorHeader,
  SnapshotOrder,
} from '../../src/engine/checkpoint/snapshot-storage.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';
import { StateReader } from '../../src/engine/state/state-reader.ts';
import type { SimulatedPlatform } from '../../src/platform/simulated/simulated-platform.ts';
import { KafkaInput, pathOfSplit } from './kafka-input.ts';
import { committedLines } from './kafka-output.ts';
import { expectedRows, rowText, wholeInput, type Cut } from './reference.ts';
import type { Schedule } from './schedule.ts';
import { NumberPairs } from './number-pairs.ts';
import { outputFolder } from './workload-document.ts';

/** What the engine did wrong. */
export class Violation extends Error {
  override name = 'Violation';
}

/** Parts of the sources of one snapshot, as they are added. */
export interface CutBuilder {
  add(part: StatePart): void;
  finish(operators: readonly OperatorHeader[]): void;
}

/** Where output is seen. */
export type World = Pick<SimulatedPlatform, 'disk' | 'kafkaCluster'>;

const FOLDER = `/work/${outputFolder}`;

export class Oracle {
  /** Read by jobs that do not read files. */
  readonly kafkaInput: KafkaInput;
  private readonly schedule: Schedule;
  private readonly cuts = new Map<string, Cut>();
  private readonly expected = new Map<Cut, readonly string[]>();
  /** How often each row was visible when it was looked for last. */
  private seen: ReadonlyMap<string, number> = new Map();
  commits = 0;
  /** Complete snapshots that hold rows in flight. */
  inFlight = 0;
  /** The first one. */
  violation: Violation | null = null;

  constructor(schedule: Schedule) {
    this.schedule = schedule;
    this.kafkaInput = new KafkaInput(schedule.workload);
  }

  /** Takes note of where a snapshot cuts the input. */
  builder(jobId: string, { checkpointId }: SnapshotOrder): CutBuilder {
    const lines = new Map<string, number>();
    return {
      add: (part) => {
        if (part.kind !== 'union-list' || part.name !== 'splits') return;
        const reader = new StateReader(part.bytes);
        const name = reader.text();
        const position = new StateReader(reader.bytes()).float64();
        const partition = pathOfSplit(name);
        const path = partition ?? name.replace(/^\/work\//, '');
        if (partition !== null) lines.set(path, this.kafkaInput.linesBefore(path, position));
        else if (path.startsWith('in/')) lines.set(path, this.linesIn(path, position));
      },
      finish: () => {
        this.cuts.set(`${jobId} ${checkpointId}`, { lines, isEnd: lines.size === 0 });
      },
    };
  }

  /** Undefined: nobody was told that it is complete. */
  cutOf(jobId: string, checkpointId: number): Cut | undefined {
    return this.cuts.get(`${jobId} ${checkpointId}`);
  }

  /** The output of this checkpoint, and of no later one, is visible. */
  committed(world: World, cut: Cut, when: string): void {
    this.commits++;
    // Rows in flight of an unaligned one have been read and are not out yet.
    this.compare(world, cut, { when, isComplete: !this.schedule.checkpoints.isUnaligned });
  }

  /** At most this is visible. */
  atMost(world: World, cut: Cut | null, when: string): void {
    if (cut === null) {
      const rows = this.visibleRows(world);
      if (rows.length > 0)
        this.report(new Violation(`${when}: ${rows[0]} is there without a commit`));
      return;
    }
    this.compare(world, cut, { when, isComplete: false });
  }

  /** Names that were not durable may be gone; what a snapshot covers gets them back. */
  crashed(world: World): void {
    this.seen = countOf(this.visibleRows(world));
  }

  finished(world: World): void {
    this.compare(world, wholeInput, { when: 'at the end', isComplete: true });
  }

  report(violation: Violation): void {
    this.violation ??= violation;
  }

  private compare(
    world: World,
    cut: Cut,
    options: { readonly when: string; readonly isComplete: boolean },
  ): void {
    try {
      this.compareRows(world, cut, options);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.report(error);
    }
  }

  private compareRows(
    world: World,
    cut: Cut,
    { when, isComplete }: { readonly when: string; readonly isComplete: boolean },
  ): void {
    const numbers = new NumberPairs();
    const visible = this.visibleRows(world, numbers);
    if (this.schedule.checkpoints.mode === 'AT_LEAST_ONCE') {
      this.compareLoosely(visible, cut, isComplete && when === 'at the end');
      return;
    }
    const twice = numbers.twice;
    if (twice !== null) throw new Violation(`${when}: ${twice}`);
    const now = countOf(visible);
    const wanted = countOf(this.expectedOf(cut));
    const shown = `(${visible.length} rows are visible)`;
    for (const [row, count] of now) {
      const may = wanted.get(row) ?? 0;
      if (count > may)
        throw new Violation(`${when}: ${row} is there ${count} times, not ${may} ${shown}`);
    }
    for (const [row, count] of isComplete ? wanted : this.seen) {
      const there = now.get(row) ?? 0;
      if (there < count)
        throw new Violation(`${when}: ${row} is there ${there} times, not ${count} ${shown}`);
    }
    this.seen = now;
  }

  /** Rows may have been counted twice; none may be missing, where what they become is their own. */
  private compareLoosely(visible: readonly string[], cut: Cut, isEnd: boolean): void {
    const { kind } = this.schedule.workload;
    if (!isEnd || !['pass', 'dedup', 'join', 'numbers'].includes(kind)) return;
    const there = new Set(visible);
    for (const row of this.expectedOf(cut)) {
      if (!there.has(row)) throw new Violation(`at the end: ${row} is missing`);
    }
  }

  private visibleRows(world: World, numbers = new NumberPairs()): readonly string[] {
    const { kafka } = this.schedule.workload;
    if (kafka?.outPartitions == null) return visibleRows(world, numbers);
    return committedLines(world.kafkaCluster).map((line) => asRow(line, numbers));
  }

  private expectedOf(cut: Cut): readonly string[] {
    let rows = this.expected.get(cut);
    if (rows === undefined) {
      rows = expectedRows(this.schedule.workload, cut);
      this.expected.set(cut, rows);
    }
    return rows;
  }

  /** Lines that end within so many bytes. */
  private linesIn(path: string, sizeBytes: number): number {
    const file = this.schedule.workload.files.find((one) => one.path === path);
    let left = sizeBytes;
    let count = 0;
    for (const line of file?.lines ?? []) {
      const text = 'poison' in line ? line.poison : JSON.stringify(line);
      left -= Buffer.byteLength(text) + 1;
      if (left < 0) break;
      count++;
    }
    return count;
  }
}

function countOf(rows: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}

/** What a reader of the folder sees. */
function visibleRows({ disk }: World, numbers: NumberPairs): readonly string[] {
  if (disk.find(FOLDER) === null) return [];
  return disk
    .list(FOLDER)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => {
      const file = disk.find(`${FOLDER}/${name}`);
      const text = file?.kind === 'file' ? new TextDecoder().decode(disk.content(file)) : '';
      const lines = text.split('\n');
      if (lines.pop() !== '') throw new Violation(`${name} ends within a row`);
      return lines.map((line) => asRow(line, numbers));
    });
}

/** The same lines are looked at with each commit. */
const KNOWN_MAX = 4_096;
const known = new Map<string, string>();

function asRow(line: string, numbers: NumberPairs): string {
  const text = known.get(line);
  if (text !== undefined) return text;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    throw new Violation(`a visible line is no row: ${JSON.stringify(line)}`);
  }
  const row: Record<string, string | number> = {};
  let hasNumber = false;
  for (const [name, value] of Object.entries(parsed ?? {})) {
    const isBound = name === 'window_start' || name === 'window_end';
    if (name === 'number') {
      hasNumber = true;
      numbers.add(row['id'], value);
    } else if (typeof value === 'number') row[name] = value;
    else row[name] = isBound ? Date.parse(`${String(value).replace(' ', 'T')}Z`) : String(value);
  }
  const result = rowText(row);
  if (hasNumber) return result;
  if (known.size === KNOWN_MAX) known.clear();
  known.set(line, result);
  return result;
}
