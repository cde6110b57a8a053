/** Sizes that decide how keyed state is written. */

export interface BackendLimits {
  /** State of up to this size is written whole, at the barrier, with each checkpoint. */
  readonly wholeBytes: number;
  /** A piece, or a part of a key group, is closed at this size. */
  readonly pieceBytes: number;
  /** Cells that are written in one step. */
  readonly stepCells: number;
  /** Bytes that are written in one step, about. */
  readonly stepBytes: number;
  /** Slots that are only looked at in one step. */
  readonly stepSlots: number;
  /** A checkpoint may always rewrite this much of old pieces, and as much as it writes anyway. */
  readonly rewriteBytes: number;
  /** Pieces beyond twice those that what is alive would fill. */
  readonly sparePieces: number;
}

/**
 * Source: a step takes about a millisecond on a busy core of 2020 (bench/state.ts); writing a file
 * and making it durable costs as much as some hundred kilobytes.
 */
export const BACKEND_LIMITS: BackendLimits = {
  wholeBytes: 256 * 1024,
  pieceBytes: 1024 * 1024,
  stepCells: 512,
  stepBytes: 64 * 1024,
  stepSlots: 32_768,
  rewriteBytes: 4 * 1024 * 1024,
  sparePieces: 64,
};
