/**
 * A storage on a simulated disk, and snapshots of a small job to put into it: an operator with key
 * groups and lists, one with pieces, one without state.
 */
import {
  FileSnapshotStorage,
  type FileSnapshotStorageOptions,
} from '../../../../src/engine/checkpoint/storage/file-snapshot-storage.ts';
import type {
  CompletedSnapshot,
  OperatorHeader,
  PendingSnapshot,
  SnapshotOrder,
  SnapshotStorage,
} from '../../../../src/engine/checkpoint/snapshot-storage.ts';
import type { JobSnapshot } from '../../../../src/engine/checkpoint/job-snapshot.ts';
import type { StatePart } from '../../../../src/engine/state/state-part.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
} from '../../../../src/platform/simulated/simulated-platform.ts';

export const directory = '/checkpoints';
export const savepointDirectory = '/savepoints';
export const jobId = 'a'.repeat(32);
export const jobName = 'uv';

export function createWorld(seed = 1): SimulatedPlatform {
  return createSimulatedPlatform({ seed, fileLatencyMsMax: 0 });
}

export function storageOn(
  platform: SimulatedPlatform,
  options: Partial<FileSnapshotStorageOptions> = {},
): FileSnapshotStorage {
  return new FileSnapshotStorage({
    platform,
    checkpointDirectory: directory,
    jobId,
    jobName,
    dreyVersion: '0.0.0',
    ...options,
  });
}

export async function openStorage(
  platform: SimulatedPlatform,
  options: Partial<FileSnapshotStorageOptions> = {},
): Promise<FileSnapshotStorage> {
  const storage = storageOn(platform, options);
  await platform.drive(storage.open());
  return storage;
}

export function checkpointOrder(checkpointId: number): SnapshotOrder {
  return { kind: 'checkpoint', checkpointId, triggeredAtMs: 1_000, targetDirectory: null };
}

export function savepointOrder(checkpointId: number): SnapshotOrder {
  const targetDirectory = savepointDirectory;
  return { kind: 'savepoint', checkpointId, triggeredAtMs: 1_000, targetDirectory };
}

/** Which pieces a snapshot writes, and which it refers to. */
export interface Pieces {
  readonly written?: readonly string[];
  readonly reused?: readonly string[];
}

export const headers: readonly OperatorHeader[] = [
  {
    uid: 'agg',
    operatorKind: 'window-aggregate',
    parallelism: 2,
    maxParallelism: 128,
    stateSchema: [{ name: 'group-by', text: '[province STRING]' }],
  },
  { uid: 'keyed', operatorKind: 'process', parallelism: 1, maxParallelism: 128, stateSchema: [] },
  { uid: 'map', operatorKind: 'map', parallelism: 1, maxParallelism: 128, stateSchema: [] },
];

export const text = (content: string): Uint8Array => new TextEncoder().encode(content);

export function pieceContent(id: string): Uint8Array {
  return text(`content of ${id}`);
}

const allGroups = { first: 0, last: 127 };

function partsOf(
  checkpointId: number,
  { written = [], reused = [] }: Pieces,
): readonly (readonly [string, number, StatePart])[] {
  return [
    ['agg', 0, { kind: 'key-group', group: 3, bytes: text(`${checkpointId}: group 3`) }],
    ['agg', 1, { kind: 'key-group', group: 99, bytes: text(`${checkpointId}: group 99`) }],
    ['agg', 1, { kind: 'list', name: 'pending', bytes: text('') }],
    ['agg', 1, { kind: 'broadcast', name: 'table', bytes: text('city') }],
    ['agg', 0, { kind: 'input-channel', input: 1, fromSubtask: 2, bytes: text('in flight') }],
    ['keyed', 0, { kind: 'subtask', bytes: text('one') }],
    ...written.map((id): [string, number, StatePart] => [
      'keyed',
      0,
      { kind: 'piece', id, keyGroups: allGroups, bytes: pieceContent(id) },
    ]),
    ...reused.map((id): [string, number, StatePart] => [
      'keyed',
      0,
      { kind: 'piece', id, keyGroups: allGroups, bytes: null },
    ]),
  ];
}

/** What a reader must find. */
export function expectedSnapshot(
  order: Pick<SnapshotOrder, 'kind' | 'checkpointId'>,
  { written = [], reused = [] }: Pieces = {},
  ofJob = jobId,
): JobSnapshot {
  const { kind, checkpointId } = order;
  const parts = partsOf(checkpointId, { written: [...written, ...reused] });
  return {
    kind,
    checkpointId,
    jobId: ofJob,
    jobName,
    triggeredAtMs: 1_000,
    operators: headers.map((header) => ({
      ...header,
      subtasks: Array.from({ length: header.parallelism }, (_, subtask) => ({
        subtask,
        isFinished: header.uid === 'agg' && subtask === 1,
        parts: parts.flatMap(([uid, of, part]) =>
          uid === header.uid && of === subtask ? [part] : [],
        ),
      })),
    })),
  };
}

export async function fill(
  pending: PendingSnapshot,
  checkpointId: number,
  pieces: Pieces = {},
): Promise<void> {
  for (const [uid, subtask, part] of partsOf(checkpointId, pieces)) {
    await pending.add(uid, subtask, part);
  }
  pending.markFinished('agg', 1);
}

/** From the trigger to the end; gives up as the coordinator does when anything fails. */
export async function take(
  storage: SnapshotStorage,
  order: SnapshotOrder,
  pieces: Pieces = {},
): Promise<CompletedSnapshot> {
  const pending = await storage.begin(order);
  try {
    await fill(pending, order.checkpointId, pieces);
    return await pending.complete(headers);
  } catch (error) {
    await pending.abort();
    throw error;
  }
}

/** What was restored from, as the coordinator names it when it is subsumed. */
export function claimed(
  location: string,
  kind: CompletedSnapshot['kind'] = 'checkpoint',
): CompletedSnapshot {
  const sizes = { checkpointedSizeBytes: 0, stateSizeBytes: 0 };
  return { kind, checkpointId: 2, location, completedAtMs: 0, ...sizes };
}
