/**
 * Which key groups each immutable piece of an operator's state may hold, so that a later
 * checkpoint can name a piece again by its id alone. Pieces that no checkpoint has named for long
 * are forgotten.
 */
import { assert } from '../../errors/assert.ts';
import type { KeyGroupRange } from '../state/key-groups.ts';

/** Checkpoints after which a piece that none of them named is forgotten. Source: far above any number of concurrent ones. */
const FORGOTTEN_AFTER = 1_000;

interface KnownPiece {
  readonly keyGroups: KeyGroupRange;
  readonly sizeBytes: number;
  lastNamedBy: number;
}

export class PieceRanges {
  private readonly known = new Map<string, KnownPiece>();

  /** A piece that this checkpoint writes, or that was restored. */
  add(id: string, piece: Omit<KnownPiece, 'lastNamedBy'>, checkpointId: number): void {
    this.known.set(id, { ...piece, lastNamedBy: checkpointId });
  }

  /** A piece that this checkpoint names again. */
  name(id: string, checkpointId: number): Omit<KnownPiece, 'lastNamedBy'> {
    const piece = this.known.get(id);
    assert(piece !== undefined, 'a piece is written before it is named again');
    piece.lastNamedBy = Math.max(piece.lastNamedBy, checkpointId);
    return piece;
  }

  forgetBefore(checkpointId: number): void {
    for (const [id, { lastNamedBy }] of this.known) {
      if (lastNamedBy < checkpointId - FORGOTTEN_AFTER) this.known.delete(id);
    }
  }
}
