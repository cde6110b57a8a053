/**
 * Rows in flight as state: a list of rows and of the watermarks between them, in their order, and
 * what the operator has seen and said as a union list. At another parallelism the rows are dealt out;
 * the watermarks between them are left out, because one that holds for the rows of all comes behind.
 * Invariant: rows of one old subtask that come to one new one keep their order.
 */
import type { Value } from '../../expression/value.ts';
import { Batch, WATERMARK_MAX, type RowSchema } from '../batch/batch.ts';
import { readValue } from '../batch/read-value.ts';
import { writeValue } from '../batch/write-value.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { readRow, writeRow } from '../state/row-values.ts';
import type { StateReader } from '../state/state-reader.ts';
import { readTime } from '../state/subtask-progress.ts';

const ROWS = 'rows';
/** What begins with `time/` is no state of the operator's own: nothing is lost without it. */
const SEEN = 'time/seen';
/** Of both lists. */
const VERSION = 1;
const elementTags = { row: 0, watermark: 1 } as const;

/** What an async operator has seen of its input, and has told its output. */
export interface AsyncProgress {
  /** Rows that came so far. */
  readonly position: number;
  /** The highest watermark that has come, on its own or before a row. */
  readonly inputMs: number;
  /** The watermark that the output has seen. */
  readonly emittedMs: number;
  readonly isInputIdle: boolean;
  readonly isOutputIdle: boolean;
}

export type StoredElement =
  | { readonly kind: 'row'; readonly row: StoredRow }
  | { readonly kind: 'watermark'; readonly watermarkMs: number };

export interface StoredRow {
  readonly values: readonly Value[];
  readonly watermarkMs: number;
  readonly position: number;
}

export interface RestoredCalls {
  readonly progress: AsyncProgress;
  readonly elements: readonly StoredElement[];
  /** A watermark that follows all of them; null: none but those among them. */
  readonly watermarkMs: number | null;
}

export function writeCalls(
  snapshot: SnapshotWriter,
  schema: RowSchema,
  progress: AsyncProgress,
  elements: Iterable<StoredElement>,
): void {
  const seen = snapshot.unionList(SEEN);
  seen.uint8(VERSION);
  for (const value of [progress.position, progress.inputMs, progress.emittedMs]) {
    seen.float64(value);
  }
  seen.boolean(progress.isInputIdle);
  seen.boolean(progress.isOutputIdle);
  const batch = new Batch(schema);
  for (const element of elements) {
    const writer = snapshot.list(ROWS);
    writer.uint8(VERSION);
    writer.uint8(elementTags[element.kind]);
    if (element.kind === 'watermark') {
      writer.float64(element.watermarkMs);
      continue;
    }
    const { values, watermarkMs, position } = element.row;
    writer.float64(watermarkMs);
    writer.float64(position);
    batch.reset();
    for (const [index, column] of batch.columns.entries()) writeValue(column, 0, values[index]!);
    writeRow(writer, batch.columns, 0);
  }
}

/** Null: the snapshot has none. */
export function readCalls(restored: RestoredState, schema: RowSchema): RestoredCalls | null {
  const all = restored.unionList(SEEN).map(({ subtask, reader }) => ({
    subtask,
    progress: readSeen(reader),
  }));
  const batch = new Batch(schema);
  const elements = restored.list(ROWS).map((reader) => readElement(reader, batch));
  if (restored.parallelism === restored.oldParallelism) {
    const own = all.find(({ subtask }) => subtask === restored.subtask);
    return own === undefined ? null : { progress: own.progress, elements, watermarkMs: null };
  }
  if (all.length === 0) return null;
  const progress = leastOf(all.map((each) => each.progress));
  const { inputMs } = progress;
  return { progress, elements: dealtOut(elements, inputMs), watermarkMs: inputMs };
}

/** The rows alone: the watermark before none of them is above `inputMs`, and none falls. */
function dealtOut(elements: readonly StoredElement[], inputMs: number): readonly StoredElement[] {
  return elements
    .flatMap((element) => (element.kind === 'row' ? [element.row] : []))
    .map((row) => ({ ...row, watermarkMs: Math.min(row.watermarkMs, inputMs) }))
    .toSorted((left, right) => compareTimes(left.watermarkMs, right.watermarkMs))
    .map((row) => ({ kind: 'row', row }));
}

/** Infinities too, whose difference is no number. */
function compareTimes(left: number, right: number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Where the last of several subtasks is; those that expect no rows do not count while others do. */
function leastOf(all: readonly AsyncProgress[]): AsyncProgress {
  const open = all.filter(({ isInputIdle, inputMs }) => !isInputIdle && inputMs !== WATERMARK_MAX);
  const counted = open.length > 0 ? open : all;
  return {
    position: Math.max(...all.map(({ position }) => position)),
    inputMs: Math.min(...counted.map(({ inputMs }) => inputMs)),
    emittedMs: Math.min(...counted.map(({ emittedMs }) => emittedMs)),
    isInputIdle: all.every(({ isInputIdle }) => isInputIdle),
    isOutputIdle: all.every(({ isOutputIdle }) => isOutputIdle),
  };
}

function readSeen(reader: StateReader): AsyncProgress {
  expectVersion(reader);
  const position = readPosition(reader);
  const inputMs = readTime(reader);
  const emittedMs = readTime(reader);
  const progress = {
    position,
    inputMs,
    emittedMs,
    isInputIdle: reader.boolean(),
    isOutputIdle: reader.boolean(),
  };
  reader.end();
  return progress;
}

function readElement(reader: StateReader, batch: Batch): StoredElement {
  expectVersion(reader);
  const tag = reader.uint8();
  const watermarkMs = readTime(reader);
  if (tag === elementTags.watermark) {
    reader.end();
    return { kind: 'watermark', watermarkMs };
  }
  if (tag !== elementTags.row) throw corruptState(`it has an element of unknown kind ${tag}`);
  const position = readPosition(reader);
  batch.reset();
  readRow(reader, batch.columns, 0);
  reader.end();
  const values = batch.columns.map((column) => readValue(column, 0));
  return { kind: 'row', row: { values, watermarkMs, position } };
}

function readPosition(reader: StateReader): number {
  const position = reader.float64();
  if (!Number.isSafeInteger(position) || position < 0) {
    throw corruptState(`it counts ${position} rows`);
  }
  return position;
}

function expectVersion(reader: StateReader): void {
  const version = reader.uint8();
  if (version !== VERSION) throw corruptState(`rows in flight of unknown version ${version}`);
}
