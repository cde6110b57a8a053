/** Options of the `datagen` source, as Flink names them, and a seed. */

export interface DatagenOptions {
  /** Null: as fast as possible. Flink's default is 10,000. */
  readonly rowsPerSecond: number | null;
  /** Null: unbounded. */
  readonly numberOfRows: number | null;
  /** Null: a fresh one each run. */
  readonly seed: number | null;
  readonly fields: readonly DatagenFieldOptions[];
}

export interface DatagenFieldOptions {
  /**
   * The column; of nested types also the path to a part: `tags.element`, `scores.key`,
   * `scores.value`, `address.city`.
   */
  readonly column: string;
  readonly generator: 'random' | 'sequence';
  /** Numeric bounds, inclusive, as exact decimal text; sequence: first and last value. */
  readonly min: string | null;
  readonly max: string | null;
  /** Characters of STRING, bytes of BYTES, elements of ARRAY and MAP. */
  readonly length: number | null;
  readonly varLen: boolean;
  /** Random timestamps lie at most this far in the past. */
  readonly maxPastMs: number | null;
  /** 0 to 1: share of NULLs. */
  readonly nullRate: number;
}
