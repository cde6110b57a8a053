/**
 * Reads a lookup table again while the job runs: each time that its interval of processing time
 * has passed since it was last read. The new rows become tables beside those in use; when all have
 * been read, all lookups of the table go over to them at once, between two batches.
 *
 * A reading that fails leaves the tables as they are, is told of, and is tried again after the
 * interval. Unlike Flink's full lookup cache, which fails the job then: the rows that are there are
 * as good as they were, and a file that is being written is the usual reason.
 */
import { BugError, DreyError } from '../../errors/drey-error.ts';
import type { Batch } from '../batch/batch.ts';
import type { StreamGraph } from '../graph/stream-graph.ts';
import type { Operator } from '../operator/contract.ts';
import type { LookupOperator } from '../operator/lookup.ts';
import type { Table } from '../operator/lookup-table.ts';
import { NodeCounters } from '../operator/node-counters.ts';
import { Edge, NodeOutputs } from './edge.ts';
import type { SourceTask } from './source-task.ts';

export interface TableRefreshOptions {
  readonly intervalMs: number;
  /** Those that read the table. */
  readonly lookups: readonly LookupOperator[];
  /** A task that reads the table from its start and passes the rows to `outputs`. */
  readonly createTask: (outputs: NodeOutputs, wake: (failure: unknown) => void) => SourceTask;
  /** Called when the job should step again. */
  readonly wake: () => void;
  readonly failed: (failure: DreyError) => void;
}

/** One reading. */
interface Reading {
  readonly task: SourceTask;
  /** By lookup. */
  readonly tables: readonly Table[];
  isOpen: boolean;
  failure: unknown;
  hasFailed: boolean;
}

export class TableRefresh {
  completedCount = 0;
  failedCount = 0;
  private readonly options: TableRefreshOptions;
  private dueAtMs = Infinity;
  private reading: Reading | null = null;
  /** Readings that are over and not yet closed. */
  private readonly closing = new Set<Promise<void>>();

  constructor(options: TableRefreshOptions) {
    this.options = options;
  }

  /** Processing time of the next reading; Infinity while one is under way. */
  get nextTimerMs(): number {
    return this.reading === null ? this.dueAtMs : Infinity;
  }

  /** The table has just been read. */
  schedule(nowMs: number): void {
    this.dueAtMs = nowMs + this.options.intervalMs;
  }

  /** A reading is due or under way. */
  hasWork(nowMs: number): boolean {
    return this.reading !== null || nowMs >= this.dueAtMs;
  }

  /**
   * Starts a reading that is due, or goes on with the one under way by one batch; true when there
   * is more to do at once. Only between batches.
   */
  step(nowMs: number): boolean {
    if (this.reading === null) {
      if (nowMs < this.dueAtMs) return false;
      this.reading = this.start();
    }
    const { reading } = this;
    if (reading.hasFailed) return this.fail(reading, reading.failure, nowMs);
    if (!reading.isOpen) return false;
    try {
      const result = reading.task.step();
      if (result !== 'ended') return result === 'rows';
    } catch (failure) {
      return this.fail(reading, failure, nowMs);
    }
    for (const [index, lookup] of this.options.lookups.entries()) {
      lookup.replaceTable(reading.tables[index]!);
    }
    this.completedCount++;
    this.finish(reading, nowMs);
    return false;
  }

  async close(): Promise<void> {
    if (this.reading !== null) this.closeTask(this.reading);
    await Promise.all(this.closing);
  }

  private start(): Reading {
    const tables = this.options.lookups.map((lookup) => lookup.newTable());
    const outputs = new NodeOutputs(new NodeCounters());
    for (const table of tables) outputs.main.edges.push(new Edge(new TableInput(table), 0));
    const stop = (failure: unknown): void => {
      reading.hasFailed = true;
      reading.failure = failure;
      this.options.wake();
    };
    const task = this.options.createTask(outputs, (failure) => {
      if (failure === null) this.options.wake();
      else stop(failure);
    });
    const reading: Reading = { task, tables, isOpen: false, failure: null, hasFailed: false };
    task.open().then(() => {
      reading.isOpen = true;
      this.options.wake();
    }, stop);
    return reading;
  }

  /** What is wrong with drey itself is not passed over. */
  private fail(reading: Reading, failure: unknown, nowMs: number): false {
    if (!(failure instanceof DreyError) || failure instanceof BugError) throw failure;
    for (const table of reading.tables) table.release();
    this.failedCount++;
    this.finish(reading, nowMs);
    this.options.failed(failure);
    return false;
  }

  private finish(reading: Reading, nowMs: number): void {
    this.reading = null;
    this.schedule(nowMs);
    this.closeTask(reading);
  }

  /** What was read is complete, or was given up; how its file is closed changes neither. */
  private closeTask({ task }: Reading): void {
    const closed = task.close().catch(() => undefined);
    this.closing.add(closed);
    void closed.then(() => this.closing.delete(closed));
  }
}

/** The lookups that read this table, of those operators that there are. */
export function lookupsOf(
  graph: StreamGraph,
  table: string,
  operatorOf: (uid: string) => Operator | null,
): readonly LookupOperator[] {
  return graph.nodes.flatMap((node) => {
    if (node.kind !== 'operator' || node.spec.kind !== 'lookup') return [];
    if (node.inputs[1]?.node !== table) return [];
    const operator = operatorOf(node.uid);
    // The factory makes a LookupOperator of this spec.
    return operator === null ? [] : [operator as LookupOperator];
  });
}

/** Takes the rows of a reading into a table. */
class TableInput implements Operator {
  private readonly table: Table;

  constructor(table: Table) {
    this.table = table;
  }

  open(): void {
    // Has no outputs.
  }

  processBatch(batch: Batch): boolean {
    this.table.add(batch);
    return true;
  }

  processWatermark(): boolean {
    return true;
  }

  endInput(): boolean {
    return true;
  }

  snapshotState(): void {
    // A reading that is under way begins again after a restore.
  }

  restoreState(): void {
    // As above.
  }

  close(): void {
    // The table belongs to its lookup.
  }
}
