/**
 * What an operator writes into a snapshot, and what it finds when it is restored. State is written
 * in parts, each of a kind that says who gets it after a restore, so that a snapshot taken at one
 * parallelism can be restored at another.
 * Invariant: the same parts, read by operators of any parallelism, lead to the same rows.
 */
import type { KeyGroupRange } from './key-groups.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** Of one operator of one subtask. The writers are valid until `snapshotState` returns. */
export interface SnapshotWriter {
  /** Counts up; never the same for two snapshots of a job. */
  readonly checkpointId: number;
  /** A savepoint holds all state in canonical parts; pieces of checkpoints are not reused. */
  readonly isSavepoint: boolean;
  /** Number of key groups; see keyGroupOf. */
  readonly maxParallelism: number;
  /** State of the keys of one key group; goes to whoever owns it. One part for each group. */
  keyGroup(group: number): StateWriter;
  /**
   * One more element of list state; at another parallelism the elements of all subtasks are dealt
   * out evenly.
   */
  list(name: string): StateWriter;
  /** One more element of union list state; every subtask gets those of all. */
  unionList(name: string): StateWriter;
  /** Equal on all subtasks; every subtask gets it. */
  broadcast(name: string): StateWriter;
  /** Goes back to the subtask of the same index; a restore at another parallelism is refused. */
  subtask(): StateWriter;
  /** State that is written piece by piece while rows go on. */
  later(state: LaterState): void;
}

/**
 * State of keys that is too large to be written at once. The owner keeps what it was at the time
 * of `snapshotState` until `end`.
 */
export interface LaterState {
  /**
   * Writes the next piece, about a millisecond of work; false: nothing was left. What it starts in
   * the background (files being copied) is awaited with `settled`.
   */
  writeNext(writer: LaterWriter): boolean;
  /** Resolves when what `writeNext` has started is durable. */
  settled(): Promise<void>;
  /** The checkpoint has been written (true) or given up; called once. */
  end(isWritten: boolean): void;
}

export interface LaterWriter {
  /**
   * A new immutable piece of state, which later checkpoints may refer to by `id`; unique among the
   * pieces of this operator's uid. `keyGroups`: those whose keys it may hold.
   */
  piece(id: string, keyGroups: KeyGroupRange): StateWriter;
  /** A piece of an earlier checkpoint that this one needs, too. */
  reuse(id: string): void;
  /** State of the keys of one key group, in savepoints; one more part of it each time. */
  keyGroup(group: number): StateWriter;
}

/** An immutable piece of keyed state, as a restored operator finds it. */
export interface RestoredPiece {
  readonly id: string;
  /** Those whose keys it may hold; the reader is to skip what it does not own. */
  readonly keyGroups: KeyGroupRange;
  readonly reader: StateReader;
}

/** What one operator of one subtask starts from. Each reader is at its start and read once. */
export interface RestoredState {
  /** Where the operator stands now. */
  readonly subtask: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** The parallelism at which the snapshot was taken. */
  readonly oldParallelism: number;
  /** What it owns now. */
  readonly keyGroups: KeyGroupRange;
  /** Rows that were on their way to a subtask of it come again before all others. */
  readonly hasRowsInFlight: boolean;
  /**
   * Parts of owned key groups, in the order of the groups, those of one group as they were written:
   * several when they were written later. Several subtasks never wrote the same group.
   */
  keyGroupParts(): Iterable<{ readonly group: number; readonly reader: StateReader }>;
  /** The share of this subtask. */
  list(name: string): readonly StateReader[];
  /** Elements of all subtasks in the order of their index, which each one names. */
  unionList(name: string): readonly { readonly subtask: number; readonly reader: StateReader }[];
  broadcast(name: string): StateReader | null;
  /** Null when the snapshot has none. */
  ownSubtask(): StateReader | null;
  /** In the order in which they were first written; all those that touch the owned key groups. */
  pieces(): Iterable<RestoredPiece>;
}
