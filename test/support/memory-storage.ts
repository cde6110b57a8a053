/**
 * Snapshots of a job in memory, for jobs whose checkpoints are the matter and not how they lie on
 * disk. It outlives the job, so that another one can be restored from it.
 */
import type {
  JobSnapshot,
  OperatorSubtaskState,
} from '../../src/engine/checkpoint/job-snapshot.ts';
import type {
  CompletedSnapshot,
  OperatorHeader,
  PendingSnapshot,
  SnapshotOrder,
} from '../../src/engine/checkpoint/snapshot-storage.ts';
import type { JobIdentity, JobStorage, RestoreFrom } from '../../src/engine/minicluster.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';

interface Written {
  readonly parts: StatePart[];
  isFinished: boolean;
}

/** Where the storage fails, when a test says so. */
export type StorageMoment = 'begin' | 'add' | 'complete' | 'discard';

export class MemoryStorage implements JobStorage {
  /** All that became complete and was not discarded, in their order. */
  readonly snapshots = new Map<string, JobSnapshot>();
  readonly discarded: string[] = [];
  ended: string | null = null;
  /** Called before each operation; what it throws is what the disk says. */
  onMoment: (moment: StorageMoment, checkpointId: number) => void = () => undefined;
  private readonly pieces = new Map<string, Uint8Array>();
  private job: JobIdentity = { jobId: '', jobName: '' };

  /** For JobRecovery. */
  readonly of = (job: JobIdentity): MemoryStorage => {
    this.job = job;
    return this;
  };

  async open(): Promise<void> {
    // Is always there.
  }

  begin(order: SnapshotOrder): Promise<PendingSnapshot> {
    return this.at('begin', order.checkpointId, () => this.pending(order));
  }

  discard({ location, checkpointId }: CompletedSnapshot): Promise<void> {
    return this.at('discard', checkpointId, () => {
      this.snapshots.delete(location);
      this.discarded.push(location);
    });
  }

  async adopt(): Promise<void> {
    // Nothing is deleted but what is discarded.
  }

  async read(location: string): Promise<JobSnapshot> {
    const snapshot = this.snapshots.get(location);
    if (snapshot === undefined) throw new Error(`no snapshot at ${location}`);
    return Promise.resolve(snapshot);
  }

  jobEnded(end: string): Promise<boolean> {
    this.ended = end;
    return Promise.resolve(true);
  }

  async close(): Promise<void> {
    // Outlives the job.
  }

  /** What another job starts from: the latest one, or the one at this location. */
  restoreFrom(location = [...this.snapshots.keys()].at(-1)!): RestoreFrom {
    const snapshot = this.snapshots.get(location)!;
    return {
      snapshot,
      location,
      completedAtMs: snapshot.triggeredAtMs,
      isOwned: false,
      allowNonRestoredState: false,
    };
  }

  private pending(order: SnapshotOrder): PendingSnapshot {
    const written = new Map<string, Written>();
    const writtenBy = (uid: string, subtask: number): Written => {
      const key = `${uid}\n${subtask}`;
      const known = written.get(key) ?? { parts: [], isFinished: false };
      written.set(key, known);
      return known;
    };
    let sizeBytes = 0;
    return {
      add: (uid, subtask, part) =>
        this.at('add', order.checkpointId, () => {
          sizeBytes += part.bytes?.length ?? 0;
          writtenBy(uid, subtask).parts.push(this.whole(uid, part));
        }),
      markFinished: (uid, subtask) => {
        writtenBy(uid, subtask).isFinished = true;
      },
      complete: (headers) =>
        this.at('complete', order.checkpointId, () => {
          const location = `/${order.kind}-${this.job.jobId.slice(0, 6)}-${order.checkpointId}`;
          this.snapshots.set(location, this.snapshotOf(order, headers, written));
          return {
            kind: order.kind,
            checkpointId: order.checkpointId,
            location,
            completedAtMs: order.triggeredAtMs,
            checkpointedSizeBytes: sizeBytes,
            stateSizeBytes: sizeBytes,
          };
        }),
      abort: () => Promise.resolve(),
    };
  }

  /** Pieces by their id, so that a later checkpoint can name them. */
  private whole(uid: string, part: StatePart): StatePart {
    if (part.kind !== 'piece') return { ...part, bytes: part.bytes.slice() };
    const key = `${uid}\n${part.id}`;
    if (part.bytes !== null) this.pieces.set(key, part.bytes.slice());
    const bytes = this.pieces.get(key);
    if (bytes === undefined) throw new Error(`no piece ${part.id} of ${uid}`);
    return { ...part, bytes };
  }

  private snapshotOf(
    order: SnapshotOrder,
    headers: readonly OperatorHeader[],
    written: ReadonlyMap<string, Written>,
  ): JobSnapshot {
    const operators = headers.map((header) => ({
      ...header,
      subtasks: Array.from({ length: header.parallelism }, (_, subtask): OperatorSubtaskState => {
        const found = written.get(`${header.uid}\n${subtask}`);
        return { subtask, parts: found?.parts ?? [], isFinished: found?.isFinished ?? false };
      }),
    }));
    const { kind, checkpointId, triggeredAtMs } = order;
    return { kind, checkpointId, triggeredAtMs, ...this.job, operators };
  }

  private async at<T>(moment: StorageMoment, checkpointId: number, work: () => T): Promise<T> {
    // As a disk: not at once, and not in the caller's turn.
    await Promise.resolve();
    this.onMoment(moment, checkpointId);
    return work();
  }
}
