/** The lookup tables of a job that are read again while it runs, for all its subtasks at once. */
import type { SourceStreamNode, StreamGraph } from '../graph/stream-graph.ts';
import { NodeCounters } from '../operator/node-counters.ts';
import type { Platform } from '../../platform/platform.ts';
import { closeEach } from './close-all.ts';
import type { JobWarning } from './job-warning.ts';
import type { SubtaskBuilder } from './subtask-builder.ts';
import type { Subtask } from './subtask.ts';
import { lookupsOf, TableRefresh } from './table-refresh.ts';

export interface TableRefreshesOptions {
  readonly graph: StreamGraph;
  readonly subtasks: readonly Subtask[];
  readonly builder: SubtaskBuilder;
  readonly clock: Platform['clock'];
  readonly wake: () => void;
  readonly warn: (warning: JobWarning) => void;
}

export class TableRefreshes {
  private readonly options: TableRefreshesOptions;
  private readonly refreshes: readonly TableRefresh[];

  constructor(options: TableRefreshesOptions) {
    this.options = options;
    this.refreshes = options.graph.nodes.flatMap((node) =>
      node.kind === 'source' && node.refreshMs !== undefined
        ? [this.refreshOf(node, node.refreshMs)]
        : [],
    );
  }

  /** Null: there are none. */
  get counts(): { readonly completed: number; readonly failed: number } | null {
    if (this.refreshes.length === 0) return null;
    let completed = 0;
    let failed = 0;
    for (const refresh of this.refreshes) {
      completed += refresh.completedCount;
      failed += refresh.failedCount;
    }
    return { completed, failed };
  }

  /** Processing time of the next reading; Infinity: none is due. */
  get nextTimerMs(): number {
    let nextMs = Infinity;
    for (const { nextTimerMs } of this.refreshes) nextMs = Math.min(nextMs, nextTimerMs);
    return nextMs;
  }

  /** All tables have just been read. */
  schedule(nowMs: number): void {
    for (const refresh of this.refreshes) refresh.schedule(nowMs);
  }

  /** Goes on with tables that are to be read again; true when there is more to do at once. */
  step(): boolean {
    if (this.refreshes.length === 0) return false;
    const nowMs = this.options.clock.nowMs();
    if (!this.refreshes.some((refresh) => refresh.hasWork(nowMs))) return false;
    // A table is not taken away from a lookup that is in the middle of a batch.
    for (const subtask of this.options.subtasks) if (!subtask.trySettle()) return false;
    let hasMore = false;
    for (const refresh of this.refreshes) if (refresh.step(nowMs)) hasMore = true;
    return hasMore;
  }

  async close(): Promise<void> {
    await closeEach(this.refreshes);
  }

  private refreshOf(node: SourceStreamNode, intervalMs: number): TableRefresh {
    const { graph, subtasks, builder, wake, warn } = this.options;
    const { uid } = node;
    const refresh = new TableRefresh({
      intervalMs,
      lookups: subtasks.flatMap(({ chain }) => lookupsOf(graph, uid, (each) => chain.find(each))),
      createTask: (outputs, wakeTask) =>
        builder.separateSource(node, { outputs, counters: new NodeCounters(), wake: wakeTask }),
      wake,
      failed: (reason) => {
        warn({
          node: uid,
          message: `the lookup table ${uid} could not be read again and stays as it was (failed ${refresh.failedCount} times so far): ${reason.message}`,
          reason,
        });
      },
    });
    return refresh;
  }
}
