/**
 * Checkpoints in memory, for a job without a folder for them: its restarts go on from them, and they
 * are gone with the process. As Flink's default, which keeps them in the memory of the JobManager.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import { assert } from '../../errors/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import type { JobSnapshot, OperatorSubtaskState } from '../checkpoint/job-snapshot.ts';
import type {
  CompletedSnapshot,
  OperatorHeader,
  PendingSnapshot,
  SnapshotOrder,
} from '../checkpoint/snapshot-storage.ts';
import type { StatePart } from '../state/state-part.ts';
import type { JobIdentity, JobStorage } from './job-recovery.ts';

/** Of one checkpoint, beside the state itself. Larger ones belong on a disk. */
export const MEMORY_CHECKPOINT_BYTES_MAX = 512 * 1024 * 1024;

interface Written {
  readonly parts: StatePart[];
  isFinished: boolean;
}

interface Kept {
  readonly snapshot: JobSnapshot;
  /** Pieces that it holds or refers to, by operator and id. */
  readonly pieces: ReadonlyMap<string, Uint8Array>;
}

export class MemoryJobStorage implements JobStorage {
  private readonly clock: Clock;
  private readonly job: JobIdentity;
  private readonly kept = new Map<string, Kept>();
  /** Pieces of what the job was restored from. */
  private adopted: ReadonlyMap<string, Uint8Array> = new Map();

  constructor(platform: { readonly clock: Clock }, job: JobIdentity) {
    this.clock = platform.clock;
    this.job = job;
  }

  async open(): Promise<void> {
    // Memory is there.
  }

  begin(order: SnapshotOrder): Promise<PendingSnapshot> {
    if (order.kind === 'savepoint') {
      const message = 'a savepoint needs a folder, and the job keeps its checkpoints in memory';
      const hint = 'Set execution.checkpointing.dir in the pipeline.';
      return Promise.reject(new RefusedError('DREY_SAVEPOINT_REFUSED', message, { hint }));
    }
    return Promise.resolve(new MemorySnapshot(order, this.clock, this));
  }

  discard({ location }: CompletedSnapshot): Promise<void> {
    this.kept.delete(location);
    return Promise.resolve();
  }

  async adopt(snapshot: JobSnapshot): Promise<void> {
    this.adopted = piecesOf(snapshot);
  }

  read(location: string): Promise<JobSnapshot> {
    const kept = this.kept.get(location);
    assert(kept !== undefined, 'a checkpoint is read while it is kept');
    return Promise.resolve(kept.snapshot);
  }

  /** They are gone with the job. */
  jobEnded(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async close(): Promise<void> {
    this.kept.clear();
    this.adopted = new Map();
  }

  /** Bytes of a piece that an earlier checkpoint wrote. */
  piece(key: string): Uint8Array {
    for (const { pieces } of this.kept.values()) {
      const bytes = pieces.get(key);
      if (bytes !== undefined) return bytes;
    }
    const bytes = this.adopted.get(key);
    assert(bytes !== undefined, 'a checkpoint refers to pieces of those that are kept');
    return bytes;
  }

  /** Gives its location, which is a name only. */
  keep(order: SnapshotOrder, operators: JobSnapshot['operators']): string {
    const { kind, checkpointId, triggeredAtMs } = order;
    const snapshot: JobSnapshot = { kind, checkpointId, triggeredAtMs, ...this.job, operators };
    const location = `memory:${this.job.jobId}/chk-${checkpointId}`;
    this.kept.set(location, { snapshot, pieces: piecesOf(snapshot) });
    return location;
  }
}

class MemorySnapshot implements PendingSnapshot {
  private readonly order: SnapshotOrder;
  private readonly clock: Clock;
  private readonly storage: MemoryJobStorage;
  private readonly written = new Map<string, Written>();
  private writtenBytes = 0;
  private stateBytes = 0;

  constructor(order: SnapshotOrder, clock: Clock, storage: MemoryJobStorage) {
    this.order = order;
    this.clock = clock;
    this.storage = storage;
  }

  async add(uid: string, subtask: number, part: StatePart): Promise<void> {
    const whole =
      part.kind === 'piece' && part.bytes === null
        ? { ...part, bytes: this.storage.piece(pieceKey(uid, part.id)) }
        : // Who wrote it may use its memory again.
          { ...part, bytes: part.bytes?.slice() ?? new Uint8Array(0) };
    this.stateBytes += whole.bytes.length;
    if (part.bytes !== null) this.writtenBytes += part.bytes.length;
    if (this.stateBytes > MEMORY_CHECKPOINT_BYTES_MAX) throw tooLarge();
    this.writtenBy(uid, subtask).parts.push(whole);
    return Promise.resolve();
  }

  markFinished(uid: string, subtask: number): void {
    this.writtenBy(uid, subtask).isFinished = true;
  }

  complete(headers: readonly OperatorHeader[]): Promise<CompletedSnapshot> {
    const operators = headers.map((header) => ({
      ...header,
      subtasks: Array.from({ length: header.parallelism }, (_, subtask): OperatorSubtaskState => {
        const { parts, isFinished } = this.writtenBy(header.uid, subtask);
        return { subtask, parts, isFinished };
      }),
    }));
    return Promise.resolve({
      kind: this.order.kind,
      checkpointId: this.order.checkpointId,
      location: this.storage.keep(this.order, operators),
      completedAtMs: this.clock.nowMs(),
      checkpointedSizeBytes: this.writtenBytes,
      stateSizeBytes: this.stateBytes,
    });
  }

  abort(): Promise<void> {
    this.written.clear();
    return Promise.resolve();
  }

  private writtenBy(uid: string, subtask: number): Written {
    const key = `${uid}\n${subtask}`;
    const known = this.written.get(key) ?? { parts: [], isFinished: false };
    this.written.set(key, known);
    return known;
  }
}

function piecesOf({ operators }: JobSnapshot): ReadonlyMap<string, Uint8Array> {
  const pieces = new Map<string, Uint8Array>();
  for (const { uid, subtasks } of operators) {
    for (const part of subtasks.flatMap(({ parts }) => parts)) {
      if (part.kind !== 'piece' || part.bytes === null) continue;
      pieces.set(pieceKey(uid, part.id), part.bytes);
    }
  }
  return pieces;
}

function pieceKey(uid: string, id: string): string {
  return `${uid}\n${id}`;
}

function tooLarge(): RefusedError {
  const limitBytes = MEMORY_CHECKPOINT_BYTES_MAX;
  return new RefusedError(
    'DREY_SNAPSHOT_TOO_LARGE',
    `a checkpoint in memory has more than ${limitBytes} bytes, the limit`,
    { hint: 'Set execution.checkpointing.dir in the pipeline.', details: { limitBytes } },
  );
}
