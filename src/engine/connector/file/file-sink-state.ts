/**
 * What a file sink's subtask writes into a snapshot: the parts that are not visible yet, of this
 * checkpoint and of earlier ones, since these may never complete.
 * Invariant: whatever the parallelism becomes, each part is in the share of exactly one subtask.
 */
import { corruptState } from '../../state/corrupt-state.ts';
import type { RestoredState } from '../../state/operator-snapshot.ts';
import type { StateReader } from '../../state/state-reader.ts';
import type { StateWriter } from '../../state/state-writer.ts';
import type { PartName } from './part-name.ts';

/** A part whose content is whole, waiting for its checkpoint. */
export interface PendingPart {
  readonly name: PartName;
  readonly sizeBytes: number;
  readonly checkpointId: number;
}

export interface FileSinkState {
  /** Absolute path of the sink's folder. */
  readonly folder: string;
  /** Whose finished files in the folder are the sink's own. */
  readonly lineages: readonly string[];
  /** In the order in which they were begun. */
  readonly pending: readonly PendingPart[];
  /** Names of finished files of other runs that the first commit is to remove. */
  readonly replaced: readonly string[];
}

/** A pending part, and the folder in which it was written. */
export interface RestoredPart extends PendingPart {
  readonly folder: string;
}

/** What one subtask starts from. */
export interface RestoredSink {
  /** Of all subtasks; the first one is gone on with. Never empty. */
  readonly lineages: readonly string[];
  /** The share of this subtask. */
  readonly pending: readonly RestoredPart[];
  readonly replaced: readonly string[];
}

/** Name of the part of a snapshot. */
export const SINK_STATE = 'parts';
const VERSION = 1;

export function writeSinkState(writer: StateWriter, state: FileSinkState): void {
  writer.uint8(VERSION);
  writer.text(state.folder);
  writer.uint32(state.lineages.length);
  for (const lineage of state.lineages) writer.text(lineage);
  writer.uint32(state.pending.length);
  for (const { name, sizeBytes, checkpointId } of state.pending) {
    writer.text(name.run);
    writer.uint32(name.subtask);
    writer.uint32(name.index);
    writer.float64(sizeBytes);
    writer.float64(checkpointId);
  }
  writer.uint32(state.replaced.length);
  for (const name of state.replaced) writer.text(name);
}

export function readSinkState(reader: StateReader): FileSinkState {
  const version = reader.uint8();
  if (version !== VERSION) throw corruptState(`a file sink's state has version ${version}`);
  const folder = reader.text();
  const lineages = Array.from({ length: reader.uint32() }, () => reader.text());
  const pending = Array.from({ length: reader.uint32() }, () => readPending(reader));
  const replaced = Array.from({ length: reader.uint32() }, () => reader.text());
  return { folder, lineages, pending, replaced };
}

/** The subtasks share out what the subtasks of the snapshot have left; null: it has nothing. */
export function restoredSink(restored: RestoredState): RestoredSink | null {
  const { subtask, parallelism } = restored;
  const all = restored
    .unionList(SINK_STATE)
    .map((element) => ({ by: element.subtask, state: readSinkState(element.reader) }));
  if (all.length === 0) return null;
  const own = all.filter(({ by }) => by % parallelism === subtask);
  return {
    lineages: [...new Set(all.flatMap(({ state }) => state.lineages))],
    pending: own.flatMap(({ state: { folder, pending } }) =>
      pending.map((part) => ({ ...part, folder })),
    ),
    replaced: own.flatMap(({ state }) => state.replaced),
  };
}

function readPending(reader: StateReader): PendingPart {
  const run = reader.text();
  const name = { run, subtask: reader.uint32(), index: reader.uint32() };
  return { name, sizeBytes: reader.float64(), checkpointId: reader.float64() };
}
