/**
 * What a connector gives the engine. A source is a set of splits (one file, one Kafka partition),
 * each read on its own and each with its own watermark; a sink takes batches and makes them
 * visible when told to. I/O is asynchronous and happens in `ready` and `flush`, between batches.
 */
import type { Batch, RowSchema } from '../batch/batch.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

/** A record that could not be read, as the row of `NODE.dead` shows it. */
export interface DeadRecord {
  /** Why it could not be read: its content, or its length alone. */
  readonly code: 'DREY_RECORD_UNREADABLE' | 'DREY_RECORD_TOO_LONG';
  /** Name of the source node. */
  readonly source: string;
  /** The split, as messages show it: the path, `stdin`, `topic-3`. */
  readonly split: string;
  /** Line number of a file (one-based), offset in Kafka. */
  readonly position: number;
  /** What `position` counts. */
  readonly unit: 'line' | 'offset' | 'row';
  readonly column: string | null;
  readonly reason: string;
  /** The record's bytes, cut to what the reader holds; a copy. */
  readonly raw: Uint8Array;
}

/**
 * Told of each record that cannot be read. Throws under the default policy (the job ends); returns
 * when the record is to be skipped.
 */
export type DeadRecordListener = (record: DeadRecord) => void;

/** What a poll brought: rows in the batch (perhaps 0), nothing yet, or the end of the split. */
export type PollResult = 'rows' | 'waiting' | 'ended';

export interface SplitReader {
  /** The split, as messages show it. */
  readonly name: string;
  /**
   * Fills the empty batch with what is there without waiting. The rows stay valid until the next
   * poll of this reader. Throws DreyErrors.
   */
  poll(batch: Batch): PollResult;
  /** Resolves when a poll that said `waiting` is worth repeating. Rejects with DreyErrors. */
  ready(): Promise<void>;
  /** The position behind the last polled row. */
  snapshotState(writer: StateWriter): void;
  /** Called at most once, before the first poll. */
  restoreState(reader: StateReader): void;
  close(): Promise<void>;
}

export interface SourceProgress {
  /** As the bytes lie in the files: compressed ones of a compressed file. */
  readonly bytesRead: number;
  /** Null when the size is not known (stdin, pipes, generated rows). */
  readonly bytesTotal: number | null;
  /** Of a source whose splits say how much is left of them. */
  readonly lag?: readonly SplitLag[];
}

/** How far behind its end a split is read. */
export interface SplitLag {
  readonly split: string;
  /** Of the next record to be passed on. */
  readonly position: number;
  /** Records between it and the end; null: not known yet. */
  readonly records: number | null;
}

/** One subtask among those that share a source's splits. */
export interface SourcePlace {
  readonly subtask: number;
  readonly parallelism: number;
  /** Null at a start without a snapshot. */
  readonly restored: RestoredSplits | null;
}

/** What a snapshot says about a source, for all its subtasks. */
export interface RestoredSplits {
  /** Names of the splits that had not ended, sorted by code unit. */
  readonly names: readonly string[];
  /** Those among them that this subtask had read; null: at another parallelism, when none has. */
  readonly own: readonly string[] | null;
  /** What the SplitDiscovery of each subtask wrote; empty for sources without one. */
  readonly discoveries: readonly StateReader[];
}

export interface Source {
  /** Names and types of what the readers fill, without computed columns. */
  readonly schema: RowSchema;
  readonly isBounded: boolean;
  /** False: what was read once is gone; a restored job goes on with what comes then. */
  readonly isRepeatable: boolean;
  /** Present after `open` on a source that may find more splits while it runs. */
  readonly discovery?: SplitDiscovery | null;
  /**
   * True: a split has no end, and may be silent for ever. All are read side by side, none is waited
   * for, and each can be idle. Left out: what a split says to be waiting for comes.
   */
  readonly hasEndlessSplits?: boolean;
  /** Who is told outside how far the source has come. */
  readonly commits?: SourceCommits | null;
  /**
   * Finds the splits of this subtask, in a stable order: over all subtasks each split is there
   * once. After a restore they are those of the snapshot. Called once.
   */
  open(place: SourcePlace): Promise<readonly SplitReader[]>;
  progress(): SourceProgress;
  /** Gives up what its readers share, after they are closed. Idempotent. */
  close?(): Promise<void>;
}

/** Best effort, and of no effect on what is read: what fails is a warning at most. */
export interface SourceCommits {
  /** The readers have just written their positions into this checkpoint. */
  snapshotTaken(checkpointId: number): void;
  /** The checkpoint is complete. Does not wait for what it sends. */
  commitUpTo(checkpointId: number): void;
}

/** Finds splits of one subtask that were not there before. */
export interface SplitDiscovery {
  /** Readers of the splits found since the last call. */
  take(): readonly SplitReader[];
  /** Resolves when `take` has something to give. Rejects with DreyErrors. */
  ready(): Promise<void>;
  /** The split needs no reader any more, and is not to be found again. */
  markEnded(name: string): void;
  /** Which splits of this subtask have ended. */
  snapshotState(writer: StateWriter): void;
  close(): Promise<void>;
}

/**
 * Of a sink whose rows become visible with the checkpoint that covers them, exactly once. Without
 * it rows are visible when they are flushed: at least once over restores.
 */
export interface SinkRecovery {
  /**
   * Right after a flush: what was written since the last snapshot belongs to this checkpoint. Writes
   * all that is not committed yet, of earlier checkpoints too: these may never complete.
   */
  snapshotState(snapshot: SnapshotWriter): void;
  /** Resolves when what the last `snapshotState` named is durable; the checkpoint waits for it. */
  durable(): Promise<void>;
  /** The checkpoint is complete: makes its rows and those of earlier ones visible. Idempotent. */
  commitUpTo(checkpointId: number): Promise<void>;
  /**
   * Before `open`, which makes visible what the snapshot names and drops what came after it. A
   * complete snapshot is restored any number of times.
   */
  restoreState(restored: RestoredState): void;
}

export interface Sink {
  readonly recovery?: SinkRecovery;
  /**
   * Checks and prepares the place that is written to. Called once, before the first row is read.
   * Throws DreyErrors.
   */
  open(): Promise<void>;
  /** Takes the batch's rows into the sink's buffer, copying what it keeps. */
  write(batch: Batch): void;
  /** True when `flush` should be awaited before the next write. */
  readonly isFull: boolean;
  /**
   * Passes the buffer on. Resolves to false when the other side wants no more rows (closed
   * stdout): the job then ends quietly.
   */
  flush(): Promise<boolean>;
  /**
   * The job is to end, or is being closed: flushes wait no longer for a server that does not answer,
   * and reject. Absent where flushes wait for nothing that may stay away.
   */
  stopRetrying?(): void;
  /** The bounded input ended: everything becomes visible. Called at most once, after a flush. */
  commit(): Promise<void>;
  /** Releases what is held; without a commit, nothing of it is visible. Idempotent. */
  close(): Promise<void>;
}
