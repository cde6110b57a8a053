/** What the top-n operators are told. */
import type { RowSchema } from '../batch/batch.ts';
import type { WindowColumn } from './open-windows.ts';
import type { SortColumn } from './sort-key.ts';

export interface RankSpec {
  readonly inputSchema: RowSchema;
  /** The input's columns, then the rank where it is asked for. */
  readonly outputSchema: RowSchema;
  /** Positions in the input; none: all rows are one partition. */
  readonly partitionBy: readonly number[];
  readonly orderBy: readonly SortColumn[];
  /** Rows of each partition that come out. */
  readonly n: number;
  readonly hasRank: boolean;
}

export interface TopNSpec extends RankSpec {
  /** Null: the input only appends. */
  readonly input: RetractedInput | null;
  /** Set when partitions belong to windows: their rows are forgotten when the window is closed. */
  readonly window: WindowColumn | null;
  /** 0: rows are kept for ever. */
  readonly ttlMs: number;
}

/** An input that takes rows back. */
export interface RetractedInput {
  /** Positions of the columns that tell its current rows apart; null: only whole rows do. */
  readonly key: readonly number[] | null;
}

export interface WindowTopNSpec extends RankSpec {
  /** The window's end is one of `partitionBy`. */
  readonly window: WindowColumn;
}
