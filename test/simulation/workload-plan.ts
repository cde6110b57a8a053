/**
 * What a simulated job reads and computes, as data: drawn from a seed, small enough to be shrunk row
 * by row. Whether rows may be late is decided here: only where one file is all the input, since
 * lateness is exact only there.
 */
import type { SeededRandom } from '../../src/platform/simulated/random.ts';

export const workloadKinds = [
  'pass',
  'window',
  'top-n',
  'count',
  'timers',
  'join',
  'outer-join',
  'numbers',
  'dedup',
] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

export interface InputRow {
  readonly id: number;
  readonly ts: number;
  readonly key: string;
  readonly amount: number;
}

/** A line of an input file: a row, or bytes that are none. */
export type InputLine = InputRow | { readonly poison: string };

export type WindowPlan =
  | { readonly type: 'tumble'; readonly sizeMs: number }
  | { readonly type: 'hop'; readonly sizeMs: number; readonly slideMs: number }
  | { readonly type: 'cumulate'; readonly sizeMs: number; readonly stepMs: number }
  | { readonly type: 'session'; readonly gapMs: number };

export interface InputFile {
  readonly source: 'events' | 'others';
  /** From the job's folder. */
  readonly path: string;
  readonly lines: readonly InputLine[];
}

/** Kafka instead of files. */
export interface KafkaPlan {
  readonly brokerCount: number;
  /** Each input file is a partition of the topic of its source. */
  readonly isRead: boolean;
  /** Rows go to a topic of so many partitions, exactly once; null: to files. */
  readonly outPartitions: number | null;
  /** In which batches and transactions the input lies. */
  readonly salt: number;
}

export interface WorkloadPlan {
  readonly kind: WorkloadKind;
  readonly files: readonly InputFile[];
  readonly delayMs: number;
  readonly window: WindowPlan;
  /** Join with a table that knows some keys; rows of others are dropped. */
  readonly hasLookup: boolean;
  /** Rows wait in channels: what has ended and what time it is comes in any order between subtasks. */
  readonly isCrowded: boolean;
  /** Null: all is in files. */
  readonly kafka: KafkaPlan | null;
}

const BASE_MS = 1_700_000_000_000;
const FILE_ROWS_MAX = 36;
/** Of files whose rows are to wait in channels. */
const LONG_ROWS_MIN = 8;
const FILES_MAX = 4;
const OUT_PARTITIONS_MAX = 3;
const READ_SHARE = 0;
const POISON = ['{"id":', 'nothing', '{"id":"x"}', '[1]', '\u0000'] as const;

export const lookupKeys: readonly string[] = ['k0', 'k1', 'k3', 'k4'];

export function drawWorkload(
  random: SeededRandom,
  kinds: readonly WorkloadKind[] = workloadKinds,
  isCrowded = false,
): WorkloadPlan {
  const kind = kinds[random.index(kinds.length)]!;
  // What a timer finds depends on the order of rows.
  const isSingle = kind === 'timers' || (!isJoin(kind) && random.chance(0.5));
  const drawnDelayMs = [0, 1, 400, 3_000][random.index(4)]!;
  const drawn = drawWindow(random);
  // As in Flink, the first rows of sessions are no window top-n: they would be taken back.
  const hasSessions = drawn.type === 'session' && kind !== 'top-n';
  const window =
    drawn.type === 'session' && !hasSessions
      ? ({ type: 'tumble', sizeMs: drawn.gapMs } as const)
      : drawn;
  const mayBeLate =
    isSingle &&
    !isCrowded &&
    kind !== 'timers' &&
    !(usesWindows(kind) && window.type === 'session');
  // A row that is as old as the watermark may be late already.
  const delayMs = mayBeLate ? drawnDelayMs : Math.max(1, drawnDelayMs);
  const disorderMs = mayBeLate ? delayMs + 4_000 : delayMs - 1;
  const hasOthers = isJoin(kind) || (!isSingle && random.chance(0.3));
  const fileCount = isSingle ? 1 : 1 + random.index(FILES_MAX);
  const poisonShare = random.chance(0.2) ? 0.1 : 0;
  const files: InputFile[] = [];
  let id = 0;
  const drawFile = (source: InputFile['source'], index: number): void => {
    const options = { disorderMs, poisonShare, firstId: id, isLong: isCrowded };
    const lines = drawLines(random, options);
    id += lines.length;
    files.push({ source, path: `in/${source}/${index}.jsonl`, lines });
  };
  for (let index = 0; index < fileCount; index++) drawFile('events', index);
  if (hasOthers) {
    for (let index = 0; index < 1 + random.index(2); index++) drawFile('others', index);
  }
  const hasLookup = !isJoin(kind) && random.chance(0.25);
  return { kind, files, delayMs, window, hasLookup, isCrowded, kafka: null };
}

export function drawKafka(random: SeededRandom): KafkaPlan {
  const isRead = random.chance(READ_SHARE);
  return {
    brokerCount: random.chance(0.3) ? 1 : 3,
    isRead,
    outPartitions: !isRead || random.chance(0.8) ? 1 + random.index(OUT_PARTITIONS_MAX) : null,
    salt: random.index(2 ** 31),
  };
}

export function usesWindows(kind: WorkloadKind): boolean {
  return kind === 'window' || kind === 'top-n';
}

export function isJoin(kind: WorkloadKind): boolean {
  return kind === 'join' || kind === 'outer-join';
}

export function isRow(line: InputLine): line is InputRow {
  return 'id' in line;
}

interface LineOptions {
  readonly disorderMs: number;
  readonly poisonShare: number;
  readonly firstId: number;
  readonly isLong: boolean;
}

function drawLines(random: SeededRandom, options: LineOptions): readonly InputLine[] {
  const { disorderMs, poisonShare, firstId, isLong } = options;
  const least = isLong ? LONG_ROWS_MIN : 1;
  const count = random.chance(0.08) ? 0 : least + random.index(FILE_ROWS_MAX);
  const keys = 1 + random.index(7);
  const lines: InputLine[] = [];
  let highestMs = BASE_MS + random.index(500);
  for (let at = 0; at < count; at++) {
    if (random.chance(poisonShare)) {
      lines.push({ poison: POISON[random.index(POISON.length)]! });
      continue;
    }
    const isBehind = disorderMs > 0 && random.chance(0.3);
    if (!isBehind) highestMs += random.chance(0.1) ? random.index(9_000) : random.index(500);
    const ts = isBehind ? highestMs - random.index(disorderMs + 1) : highestMs;
    const row = { id: firstId + at, ts, key: `k${random.index(keys)}`, amount: random.index(9) };
    lines.push(row);
    // Duplicated input is input: it counts twice.
    if (random.chance(0.05)) lines.push(row);
  }
  return lines;
}

function drawWindow(random: SeededRandom): WindowPlan {
  const sizeMs = [250, 1_000, 4_000][random.index(3)]!;
  switch (random.index(4)) {
    case 0:
      return { type: 'hop', sizeMs, slideMs: sizeMs / [1, 2, 5][random.index(3)]! };
    case 1:
      return { type: 'cumulate', sizeMs, stepMs: sizeMs / [1, 2, 5][random.index(3)]! };
    case 2:
      return { type: 'session', gapMs: sizeMs / 2 };
    default:
      return { type: 'tumble', sizeMs };
  }
}
