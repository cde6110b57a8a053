/**
 * The checkpoints that the next one may build upon: the last one that is complete, and those whose
 * outcome is not known yet. They may end in any order, or never.
 * Invariant: the base is the complete one with the latest epoch that has been heard of.
 */
import type { Piece } from './piece.ts';

/** Checkpoints whose outcome is waited for; older ones are given up as bases, not as checkpoints. */
const PENDING_MAX = 4;

export interface Base {
  /** The epoch that it ended. */
  readonly epoch: number;
  /** In the order in which they were written; null: it wrote everything by key group. */
  readonly pieces: readonly Piece[] | null;
}

interface Pending extends Base {
  readonly checkpointId: number;
  readonly isWritten: boolean;
}

export class CheckpointBases {
  /** Null: no complete checkpoint has pieces that can be built upon. */
  base: Base | null = null;
  private pending: Pending[] = [];

  /** A checkpoint is being written; its pieces are added as they are. */
  begin(checkpointId: number, { epoch, pieces }: Base): void {
    this.pending.push({ checkpointId, epoch, pieces, isWritten: false });
    if (this.pending.length > PENDING_MAX) this.pending.shift();
  }

  /** It has been written, which does not mean that it becomes complete, or it was given up. */
  end(checkpointId: number, isWritten: boolean): void {
    this.pending = this.pending.flatMap((each) => {
      if (each.checkpointId !== checkpointId) return each;
      return isWritten ? { ...each, isWritten } : [];
    });
  }

  /** The new base; null when the checkpoint is not a later one than the base. */
  completed(checkpointId: number): Base | null {
    const complete = this.pending.find((each) => each.checkpointId === checkpointId);
    if (complete === undefined || !complete.isWritten) return null;
    this.pending = this.pending.filter(({ epoch }) => epoch > complete.epoch);
    this.base = complete.pieces === null ? null : complete;
    return complete;
  }

  /** There is nothing to build upon: the next checkpoint writes everything. */
  reset(): void {
    this.base = null;
    this.pending = [];
  }

  /** Pieces that the base or a pending checkpoint names. */
  namedPieces(): ReadonlySet<Piece> {
    const named = new Set<Piece>(this.base?.pieces);
    for (const { pieces } of this.pending) for (const piece of pieces ?? []) named.add(piece);
    return named;
  }

  get hasPending(): boolean {
    return this.pending.length > 0;
  }
}
