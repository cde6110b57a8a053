/** The watermark of a source, as it was declared. */

export interface WatermarkSpec {
  /** Index of the event-time column in `SourceNode.columns`. */
  readonly columnIndex: number;
  readonly strategy: WatermarkStrategy;
  /** Null: with each batch of rows; else at most once in so long, processing time. */
  readonly emitIntervalMs: number | null;
  /** Null: a silent split holds the watermark back. */
  readonly idleTimeoutMs: number | null;
  /** Sources of one group wait for the slowest of them; null: the source waits for nobody. */
  readonly alignment: WatermarkAlignment | null;
}

export interface WatermarkAlignment {
  readonly group: string;
  /** How far a split may be ahead of the group. */
  readonly maxDriftMs: number;
  /** How often a Flink cluster compares the sources; the embedded engine does with each batch. */
  readonly updateIntervalMs: number;
}

/** How far the watermark stays behind the highest event time of a split. */
export type WatermarkStrategy =
  | { readonly kind: 'bounded'; readonly delayMs: number }
  | { readonly kind: 'ascending' }
  | {
      readonly kind: 'dynamic';
      /** Delays that are averaged. */
      readonly samples: number;
      readonly factor: number;
      readonly minDelayMs: number;
    };
