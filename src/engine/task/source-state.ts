/**
 * How a source lies in a snapshot: an element for each split that has not ended, which any subtask
 * may go on with, and one for each subtask that says how far event time has come there.
 * Invariant: a split is written by one subtask only, so that it goes on in exactly one.
 */
import { WATERMARK_MAX, WATERMARK_MIN } from '../batch/batch.ts';
import type {
  DeadRecord,
  RestoredSplits,
  SplitDiscovery,
  SplitReader,
} from '../connector/contract.ts';
import { corruptState } from '../state/corrupt-state.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { StateReader } from '../state/state-reader.ts';
import { StateWriter } from '../state/state-writer.ts';
import type { SourceRows, SourceTime } from './source-rows.ts';

/** Names of the parts. */
export const sourceParts = {
  splits: 'splits',
  subtasks: 'subtasks',
  dead: 'dead',
} as const;

/** What there is of a source between two steps. */
export interface SourceParts {
  /** Those that have not ended. */
  readonly splits: readonly { readonly index: number; readonly reader: SplitReader }[];
  readonly rows: SourceRows;
  readonly discovery: SplitDiscovery | null;
  /** Those that have found no room yet. */
  readonly deadRecords: readonly DeadRecord[];
}

export function writeSource(
  snapshot: SnapshotWriter,
  { splits, rows, discovery, deadRecords }: SourceParts,
): void {
  for (const { index, reader } of splits) {
    const writer = snapshot.unionList(sourceParts.splits);
    writer.text(reader.name);
    writeNested(writer, (nested) => {
      reader.snapshotState(nested);
    });
    writeNested(writer, (nested) => {
      rows.snapshotSplit(index, nested);
    });
  }
  const { combinedMs, isKnown } = rows.progress;
  const writer = snapshot.unionList(sourceParts.subtasks);
  writer.float64(combinedMs);
  writer.boolean(isKnown);
  writer.boolean(discovery !== null);
  if (discovery !== null) {
    writeNested(writer, (nested) => {
      discovery.snapshotState(nested);
    });
  }
  for (const record of deadRecords) writeDeadRecord(snapshot.list(sourceParts.dead), record);
}

/** A split as it was. */
export interface SplitState {
  /** What the split's reader wrote. */
  readonly position: StateReader;
  /** What SourceRows wrote. */
  readonly time: StateReader;
}

/** What one subtask of a source starts from. */
export class SourceState {
  /** Of all subtasks, by name. */
  private readonly splits = new Map<string, SplitState>();
  /** Those that this subtask had before. */
  private readonly ownNames: string[] = [];
  private readonly discoveries: StateReader[] = [];
  private readonly times: { readonly subtask: number; readonly time: SourceTime }[] = [];
  private readonly isRescaled: boolean;
  private readonly subtask: number;

  constructor(restored: RestoredState) {
    this.subtask = restored.subtask;
    this.isRescaled = restored.parallelism !== restored.oldParallelism;
    for (const { subtask, reader } of restored.unionList(sourceParts.splits)) {
      const name = reader.text();
      if (subtask === this.subtask) this.ownNames.push(name);
      if (this.splits.has(name)) throw corruptState(`the split ${name} is there twice`);
      const position = new StateReader(reader.bytes());
      this.splits.set(name, { position, time: new StateReader(reader.bytes()) });
    }
    for (const { subtask, reader } of restored.unionList(sourceParts.subtasks)) {
      const time = { combinedMs: reader.float64(), isKnown: reader.boolean() };
      this.times.push({ subtask, time });
      if (reader.boolean()) this.discoveries.push(new StateReader(reader.bytes()));
    }
  }

  /** For the source, which makes the readers. */
  get known(): RestoredSplits {
    const names = [...this.splits.keys()].sort(compareText);
    const own = this.isRescaled ? null : this.ownNames.sort(compareText);
    return { names, own, discoveries: this.discoveries };
  }

  /** Null: the split was found after the snapshot. */
  of(split: string): SplitState | null {
    return this.splits.get(split) ?? null;
  }

  /**
   * The watermark to go on from: this subtask's own; at another parallelism the lowest of those
   * that waited for a split, or the highest when none did. Consumers keep what they have seen.
   */
  get combinedMs(): number {
    if (!this.isRescaled) {
      const own = this.times.find(({ subtask }) => subtask === this.subtask);
      return own?.time.combinedMs ?? WATERMARK_MIN;
    }
    let lowest = WATERMARK_MAX;
    let highest = WATERMARK_MIN;
    for (const { time } of this.times) {
      if (time.isKnown) lowest = Math.min(lowest, time.combinedMs);
      highest = Math.max(highest, time.combinedMs);
    }
    return lowest === WATERMARK_MAX ? highest : lowest;
  }
}

/** What one reader or watermark writes, so that it can be skipped unread. */
function writeNested(writer: StateWriter, write: (nested: StateWriter) => void): void {
  const nested = new StateWriter();
  write(nested);
  writer.bytes(nested.finish());
}

function writeDeadRecord(writer: StateWriter, record: DeadRecord): void {
  writer.text(record.code);
  writer.text(record.source);
  writer.text(record.split);
  writer.float64(record.position);
  writer.text(record.unit);
  writer.boolean(record.column !== null);
  if (record.column !== null) writer.text(record.column);
  writer.text(record.reason);
  writer.bytes(record.raw);
}

export function readDeadRecord(reader: StateReader): DeadRecord {
  return {
    code: codeOf(reader.text()),
    source: reader.text(),
    split: reader.text(),
    position: reader.float64(),
    unit: unitOf(reader.text()),
    column: reader.boolean() ? reader.text() : null,
    reason: reader.text(),
    raw: reader.bytes(),
  };
}

function codeOf(text: string): DeadRecord['code'] {
  if (text === 'DREY_RECORD_UNREADABLE' || text === 'DREY_RECORD_TOO_LONG') return text;
  throw corruptState(`a dead record has the code ${text}`);
}

function unitOf(text: string): DeadRecord['unit'] {
  if (text === 'line' || text === 'offset' || text === 'row') return text;
  throw corruptState(`a dead record is counted in ${text}`);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
