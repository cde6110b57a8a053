/**
 * A piece of keyed state that checkpoints share: immutable once it is written. It holds cells, or
 * removals of cells that earlier pieces hold, never both.
 */

export interface Piece {
  readonly id: string;
  /** From 1 on; its name in memory. */
  readonly number: number;
  readonly sizeBytes: number;
  readonly holdsRemovals: boolean;
  /** Slots of its cells by table, as they were when it was written. */
  readonly cells: ReadonlyMap<number, Int32Array>;
  /** Cells, or removals. */
  readonly count: number;
  /** Cells that no later piece holds and that were not changed since; an estimate. */
  aliveCount: number;
}
