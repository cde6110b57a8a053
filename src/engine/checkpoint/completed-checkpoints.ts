/**
 * The complete checkpoints that are retained, oldest first, and which of them newer ones make
 * superfluous. Savepoints belong to the user; the one that a job was restored from, or stops with, is
 * among them until it is subsumed, because an attempt may start from it.
 * Invariant: what is discarded is older than `retainedMax` complete checkpoints.
 */
import { assert } from '../../errors/assert.ts';
import type { CompletedSnapshot } from './snapshot-storage.ts';

export interface RestorePoint {
  readonly snapshot: CompletedSnapshot;
  /** Discarded when it is subsumed: own checkpoints, and what was claimed. */
  readonly isOwned: boolean;
}

export class CompletedCheckpoints {
  readonly #retainedMax: number;
  readonly #retained: RestorePoint[];

  constructor(retainedMax: number, restored: RestorePoint | null) {
    assert(retainedMax >= 1, 'at least one checkpoint is retained');
    this.#retainedMax = retainedMax;
    this.#retained = restored === null ? [] : [restored];
  }

  /** What a new attempt starts from. */
  get latest(): CompletedSnapshot | null {
    return this.#retained.at(-1)?.snapshot ?? null;
  }

  /** Those that the job may remove, oldest first. */
  get owned(): readonly CompletedSnapshot[] {
    return this.#ownedOf(this.#retained);
  }

  /**
   * Takes over a checkpoint that has become complete and gives those that are to be discarded; that
   * may be itself, when it was overtaken by newer ones.
   */
  add(added: RestorePoint): readonly CompletedSnapshot[] {
    const id = added.snapshot.checkpointId;
    const behind = this.#retained.findIndex((entry) => entry.snapshot.checkpointId > id);
    const at = behind === -1 ? this.#retained.length : behind;
    assert(
      this.#retained[at - 1]?.snapshot.checkpointId !== id,
      'a checkpoint becomes complete once',
    );
    this.#retained.splice(at, 0, added);
    const superfluous = this.#retained.length - this.#retainedMax;
    if (superfluous <= 0) return [];
    return this.#ownedOf(this.#retained.splice(0, superfluous));
  }

  #ownedOf(entries: readonly RestorePoint[]): readonly CompletedSnapshot[] {
    return entries.filter((entry) => entry.isOwned).map((entry) => entry.snapshot);
  }
}
