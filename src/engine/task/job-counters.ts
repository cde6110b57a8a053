/** What an attempt has counted so far, summed over its subtasks. */
import type { SplitLag } from '../connector/contract.ts';
import type { Subtask } from './subtask.ts';
import type { TableRefreshes } from './table-refreshes.ts';

/** How far behind its end a split of a source is read. */
export interface SourceLag extends SplitLag {
  readonly source: string;
}

export class JobCounters {
  private readonly subtasks: readonly Subtask[];
  private readonly refreshes: TableRefreshes;

  constructor(subtasks: readonly Subtask[], refreshes: TableRefreshes) {
    this.subtasks = subtasks;
    this.refreshes = refreshes;
  }

  /** Rows read by the sources that are no lookup tables. */
  get recordsIn(): number {
    let sum = 0;
    for (const { sources, chain } of this.subtasks) {
      for (const { node } of sources) {
        if (!node.isTable) sum += chain.countersOf(node.uid).recordsOut;
      }
    }
    return sum;
  }

  get recordsOut(): number {
    let sum = 0;
    for (const { sinks } of this.subtasks) {
      for (const { counters } of sinks) sum += counters.recordsIn;
    }
    return sum;
  }

  get lateRecords(): number {
    let sum = 0;
    for (const { chain } of this.subtasks) sum += chain.lateRecords;
    return sum;
  }

  get deadRecords(): number {
    let sum = 0;
    for (const { sources, chain } of this.subtasks) {
      for (const { node } of sources) sum += chain.countersOf(node.uid).deadRecords;
    }
    return sum;
  }

  /** How often lookup tables were read again while the job ran; null: none is to be. */
  get tableRefreshes(): { readonly completed: number; readonly failed: number } | null {
    return this.refreshes.counts;
  }

  /** Bytes read of all sources that are no tables; the total is null when one does not know. */
  get bytes(): { readonly read: number; readonly total: number | null } {
    let read = 0;
    let total: number | null = 0;
    for (const { sources } of this.subtasks) {
      for (const source of sources) {
        if (source.node.isTable) continue;
        const { bytesRead, bytesTotal } = source.progress;
        read += bytesRead;
        total = total === null || bytesTotal === null ? null : total + bytesTotal;
      }
    }
    return { read, total };
  }

  /** Of the splits that say how much is left of them, in the order of the subtasks. */
  get lag(): readonly SourceLag[] {
    return this.subtasks.flatMap(({ sources }) =>
      sources.flatMap(({ node, progress }) =>
        (progress.lag ?? []).map((lag) => ({ source: node.uid, ...lag })),
      ),
    );
  }

  /** Lowest watermark of the sources that have one. */
  get watermarkMs(): number | null {
    let lowestMs: number | null = null;
    for (const { sources } of this.subtasks) {
      for (const { watermarkMs } of sources) {
        if (watermarkMs !== null) lowestMs = Math.min(lowestMs ?? Infinity, watermarkMs);
      }
    }
    return lowestMs;
  }
}
