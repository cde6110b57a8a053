/**
 * A job that only writes: rows dealt out to file sinks, a checkpoint after every few of them, in a
 * store that is never wrong. What is proved with it is the sinks' own protocol.
 */
import { FileSink, type FileSinkOptions } from '../../../../src/engine/connector/file/file-sink.ts';
import { MAX_PARALLELISM_DEFAULT } from '../../../../src/engine/state/key-groups.ts';
import { RestoredParts } from '../../../../src/engine/state/restored-parts.ts';
import { SnapshotParts } from '../../../../src/engine/state/snapshot-parts.ts';
import type { SubtaskState } from '../../../../src/engine/state/state-part.ts';
import type { SimulatedPlatform } from '../../../../src/platform/simulated/simulated-platform.ts';
import { batchOf, encoderOf } from '../line-encoder.ts';

/** A complete checkpoint. */
export interface Complete {
  readonly checkpointId: number;
  /** It covers the rows before this one. */
  readonly rowCount: number;
  readonly states: readonly SubtaskState[];
}

export class Store {
  latest: Complete | null = null;
  /** The newest, perhaps older than the latest checkpoint. */
  savepoint: Complete | null = null;
  lastId = 0;
  declinedCount = 0;
}

export interface SinkJob {
  readonly rowCount: number;
  readonly parallelism: number;
  readonly rowsPerCheckpoint: number;
  /** Checkpoints whose number is a multiple never complete; 0: all do. */
  readonly lostEvery?: number;
  /** What would never complete is a savepoint, which does, and shows no rows. */
  readonly lostAreSavepoints?: boolean;
  /** Goes on from the newest savepoint where that is newer than the latest checkpoint. */
  readonly isFromSavepoint?: boolean;
  /** After each checkpoint one that covers no further rows. */
  readonly repeatsCheckpoints?: boolean;
  readonly sink?: Partial<FileSinkOptions>;
}

const encoder = encoderOf((text) => text);
export const rowsUpTo = (count: number): string[] =>
  Array.from({ length: count }, (_, row) => `row${row}`);

export function sinkOf(world: SimulatedPlatform, options: Partial<FileSinkOptions> = {}): FileSink {
  return new FileSink(
    { name: 'out', path: '/out', existing: 'refuse', encoder, ...options },
    world,
  );
}

export async function writeRows(sink: FileSink, ...rows: readonly string[]): Promise<void> {
  sink.write(batchOf(...rows));
  await sink.flush();
}

export interface SnapshotKind {
  readonly subtask?: number;
  readonly isSavepoint?: boolean;
}

export function snapshotOf(
  sink: FileSink,
  checkpointId: number,
  { subtask = 0, isSavepoint = false }: SnapshotKind = {},
): SubtaskState {
  const parts = new SnapshotParts({
    checkpointId,
    isSavepoint,
    maxParallelism: MAX_PARALLELISM_DEFAULT,
  });
  sink.recovery.snapshotState(parts);
  return { subtask, parts: parts.finish() };
}

/** Takes checkpoint `checkpointId` of one sink, makes it durable and visible. */
export async function completeOf(
  sink: FileSink,
  checkpointId: number,
): Promise<Complete['states']> {
  const states = [snapshotOf(sink, checkpointId)];
  await sink.recovery.durable();
  await sink.recovery.commitUpTo(checkpointId);
  return states;
}

/** A sink that starts from a snapshot, not open yet. */
export function restoredSink(
  world: SimulatedPlatform,
  states: readonly SubtaskState[],
  options: Partial<FileSinkOptions> = {},
): FileSink {
  const { subtask = 0, parallelism = 1 } = options;
  const sink = sinkOf(world, options);
  const place = { subtask, parallelism, maxParallelism: MAX_PARALLELISM_DEFAULT };
  sink.recovery.restoreState(new RestoredParts(states, place));
  return sink;
}

/** Runs from the latest complete checkpoint to the end, or to the first failure. */
export async function runJob(world: SimulatedPlatform, store: Store, job: SinkJob): Promise<void> {
  const { savepoint } = store;
  if (
    job.isFromSavepoint === true &&
    (savepoint?.checkpointId ?? 0) > (store.latest?.checkpointId ?? 0)
  ) {
    store.latest = savepoint;
  }
  const { latest } = store;
  const sinks = Array.from({ length: job.parallelism }, (_, subtask) => {
    const options = { ...job.sink, subtask, parallelism: job.parallelism };
    return latest === null ? sinkOf(world, options) : restoredSink(world, latest.states, options);
  });
  try {
    for (const sink of sinks) await sink.open();
    await writeAll(sinks, store, job);
    for (const sink of sinks) await sink.commit();
  } finally {
    for (const sink of sinks) await sink.close();
  }
}

async function writeAll(sinks: readonly FileSink[], store: Store, job: SinkJob): Promise<void> {
  for (let row = store.latest?.rowCount ?? 0; row < job.rowCount; row++) {
    await writeRows(sinks[row % sinks.length]!, `row${row}`);
    const isLast = row + 1 === job.rowCount;
    if ((row + 1) % job.rowsPerCheckpoint !== 0 && !isLast) continue;
    const isLost = !isLast && isMultiple(store.lastId + 1, job.lostEvery ?? 0);
    const kind = !isLost ? 'complete' : job.lostAreSavepoints === true ? 'savepoint' : 'lost';
    const isComplete = await checkpoint(sinks, store, { rowCount: row + 1, kind });
    if (job.repeatsCheckpoints === true) {
      await checkpoint(sinks, store, { rowCount: row + 1, kind: 'complete' });
    }
    if (isLast && !isComplete) throw new Error('the last checkpoint did not complete');
  }
}

type CheckpointKind = 'complete' | 'lost' | 'savepoint';

async function checkpoint(
  sinks: readonly FileSink[],
  store: Store,
  { rowCount, kind }: { readonly rowCount: number; readonly kind: CheckpointKind },
): Promise<boolean> {
  const checkpointId = ++store.lastId;
  const isSavepoint = kind === 'savepoint';
  const states = sinks.map((sink, subtask) =>
    snapshotOf(sink, checkpointId, { subtask, isSavepoint }),
  );
  try {
    for (const sink of sinks) await sink.recovery.durable();
  } catch {
    store.declinedCount++;
    return false;
  }
  if (kind === 'lost') return false;
  if (isSavepoint) {
    store.savepoint = { checkpointId, rowCount, states };
    return true;
  }
  store.latest = { checkpointId, rowCount, states };
  for (const sink of sinks) await sink.recovery.commitUpTo(checkpointId);
  return true;
}

/** Rows in the files that a reader sees, sorted. */
export function visibleRows(world: SimulatedPlatform, folder = '/out'): string[] {
  const { disk } = world;
  if (disk.find(folder) === null) return [];
  return disk
    .list(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => textOf(world, `${folder}/${name}`).split('\n').slice(0, -1))
    .sort();
}

export function hiddenNames(world: SimulatedPlatform, folder = '/out'): string[] {
  return world.disk.list(folder).filter((name) => /\.(inprogress|savepoint)$/.test(name));
}

function textOf({ disk }: SimulatedPlatform, path: string): string {
  const node = disk.find(path);
  if (node?.kind !== 'file') throw new Error(`${path} is no file`);
  return new TextDecoder().decode(disk.content(node));
}

function isMultiple(value: number, of: number): boolean {
  return of > 0 && value % of === 0;
}
