/**
 * Which pieces a checkpoint rewrites, so that the pieces together stay below about twice what is
 * alive, and their number stays bounded: a little with each checkpoint, never all at once unless
 * that is little.
 */
import type { BackendLimits } from './backend-limits.ts';

export interface RewriteCandidate {
  readonly sizeBytes: number;
  readonly count: number;
  readonly aliveCount: number;
  readonly holdsRemovals: boolean;
}

/** Pieces may hold this many times what is alive. */
const DEAD_FACTOR = 2;
/** Above this share of live cells a piece is rewritten only for the removals behind it. */
const WORTHWHILE_SHARE = 0.75;

/** Pieces in the order in which they were written; `deltaBytes`: what is written anyway. */
export function chooseRewrites<P extends RewriteCandidate>(
  pieces: readonly P[],
  deltaBytes: number,
  limits: Pick<BackendLimits, 'pieceBytes' | 'rewriteBytes' | 'sparePieces'>,
): ReadonlySet<P> {
  const held = pieces.filter(({ holdsRemovals }) => !holdsRemovals);
  const chosen = new Set<P>(held.filter(({ aliveCount }) => aliveCount <= 0));
  const aliveBytes = held.reduce((sum, piece) => sum + aliveBytesOf(piece), 0);
  let totalBytes = 0;
  for (const piece of pieces) if (!chosen.has(piece)) totalBytes += piece.sizeBytes;
  const bytesMax = DEAD_FACTOR * aliveBytes + limits.pieceBytes;
  const piecesMax = limits.sparePieces + (DEAD_FACTOR * aliveBytes) / limits.pieceBytes;
  let leftBytes = Math.max(limits.rewriteBytes, deltaBytes);
  for (const piece of inOrder(held, limits)) {
    if (totalBytes <= bytesMax && pieces.length - chosen.size <= piecesMax) break;
    if (chosen.has(piece)) continue;
    const costBytes = aliveBytesOf(piece);
    if (costBytes > leftBytes) continue;
    leftBytes -= costBytes;
    totalBytes -= piece.sizeBytes - costBytes;
    chosen.add(piece);
  }
  return chosen;
}

/** First those that give most for what they cost, then the small ones, then the oldest. */
function inOrder<P extends RewriteCandidate>(
  held: readonly P[],
  { pieceBytes }: Pick<BackendLimits, 'pieceBytes'>,
): readonly P[] {
  const worthwhile = held
    .filter((piece) => shareOf(piece) <= WORTHWHILE_SHARE)
    .sort((left, right) => shareOf(left) - shareOf(right));
  const small = held.filter(({ sizeBytes }) => sizeBytes < pieceBytes / 4);
  return [...worthwhile, ...small, ...held];
}

function shareOf({ count, aliveCount }: RewriteCandidate): number {
  return aliveCount / Math.max(1, count);
}

function aliveBytesOf(piece: RewriteCandidate): number {
  return piece.sizeBytes * Math.max(0, shareOf(piece));
}
