/**
 * Runs a whole job in one thread: lets the sources step, repeats what a full sink held up, flushes
 * the sinks, and gives the event loop its turn in between. Sources that are lookup tables run to
 * their end before the others start.
 */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { DreyError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { DeadRecord, Sink } from '../connector/contract.ts';
import { createSink } from '../connector/create-sink.ts';
import { createSource } from '../connector/create-source.ts';
import type { SinkStreamNode, SourceStreamNode, StreamGraph } from '../graph/stream-graph.ts';
import { LinearMemory } from '../memory/linear-memory.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { LoadedModules } from '../process/load-function.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { AlignmentGroups, type AlignmentGroup } from '../time/watermark-alignment.ts';
import type { NodeOutputs } from './edge.ts';
import { OperatorChain } from './operator-chain.ts';
import { SinkOperator } from './sink-operator.ts';
import { SourceTask } from './source-task.ts';
import { lookupsOf, TableRefresh } from './table-refresh.ts';
import { Wakeup } from './wakeup.ts';

/** After this many batches the event loop gets its turn: some tens of milliseconds of work. */
const STEPS_PER_TURN = 16;

/** How a run ended: at the end of the input, because it was asked to, or for want of a reader. */
export type JobEnd = 'finished' | 'stopped' | 'output-closed';

/** What does not end a job, but should be known while it runs. */
export interface JobWarning {
  /** The node that it is about. */
  readonly node: string;
  readonly message: string;
  readonly reason: DreyError;
}

/** What a job is given beside its graph. */
export interface JobSurroundings {
  /** What `loadModules` gave. */
  readonly modules?: LoadedModules | undefined;
  /** Told what does not end the job. */
  readonly warn?: ((warning: JobWarning) => void) | undefined;
}

interface SinkEntry {
  readonly sink: Sink;
  readonly counters: NodeCounters;
}

export class JobTask {
  private readonly platform: Platform;
  private readonly memory = new LinearMemory();
  private readonly chain: OperatorChain;
  private readonly sources: SourceTask[] = [];
  private readonly sinks: SinkEntry[] = [];
  private readonly refreshes: TableRefresh[] = [];
  private readonly warn: (warning: JobWarning) => void;
  private readonly wakeup = new Wakeup();
  private readonly alignment = new AlignmentGroups();
  private failure: unknown = null;
  private hasFailed = false;
  private isStopRequested = false;
  private isOutputClosed = false;

  constructor(graph: StreamGraph, platform: Platform, surroundings: JobSurroundings) {
    const { modules = new Map(), warn = () => undefined } = surroundings;
    this.platform = platform;
    this.warn = warn;
    const evaluation: EvaluationContext = {
      timeZone: graph.timeZone,
      nowMs: () => platform.clock.nowMs(),
      random: () => platform.random.next(),
    };
    const context = { evaluation, memory: this.memory, modules };
    this.chain = new OperatorChain(graph, context, (node, counters) =>
      this.addSink(node, counters),
    );
    for (const node of graph.nodes) {
      if (node.kind !== 'source') continue;
      this.addSource(node, context);
      if (node.refreshMs !== undefined)
        this.addRefresh(node, node.refreshMs, { graph, evaluation });
    }
  }

  /** Rows read by the sources that are no lookup tables. */
  get recordsIn(): number {
    return this.sumOfSources((uid) => this.chain.countersOf(uid).recordsOut);
  }

  get recordsOut(): number {
    return this.sinks.reduce((sum, { counters }) => sum + counters.recordsIn, 0);
  }

  get lateRecords(): number {
    return this.chain.lateRecords;
  }

  get deadRecords(): number {
    return this.sources.reduce(
      (sum, source) => sum + this.chain.countersOf(source.node.uid).deadRecords,
      0,
    );
  }

  /** How often lookup tables were read again while the job ran; null: none is to be. */
  get tableRefreshes(): { readonly completed: number; readonly failed: number } | null {
    if (this.refreshes.length === 0) return null;
    let completed = 0;
    let failed = 0;
    for (const refresh of this.refreshes) {
      completed += refresh.completedCount;
      failed += refresh.failedCount;
    }
    return { completed, failed };
  }

  /** Bytes read of all sources that are no tables; the total is null when one does not know. */
  get bytes(): { readonly read: number; readonly total: number | null } {
    let read = 0;
    let total: number | null = 0;
    for (const source of this.sources) {
      if (source.node.isTable) continue;
      const { bytesRead, bytesTotal } = source.progress;
      read += bytesRead;
      total = total === null || bytesTotal === null ? null : total + bytesTotal;
    }
    return { read, total };
  }

  /** Lowest watermark of the sources that have one. */
  get watermarkMs(): number | null {
    const known = this.sources.flatMap((source) => source.watermarkMs ?? []);
    return known.length === 0 ? null : Math.min(...known);
  }

  stop(): void {
    this.isStopRequested = true;
    this.wakeup.call();
  }

  /** Runs to an end; rejects with what made the job fail. Everything is closed afterwards. */
  async run(): Promise<JobEnd> {
    const failures: unknown[] = [];
    let end: JobEnd = 'finished';
    try {
      end = await this.runToEnd();
    } catch (failure) {
      failures.push(failure);
    }
    // What fails while everything is closed does not hide what went wrong before.
    failures.push(...(await this.close()));
    if (failures.length > 0) throw failures[0];
    return end;
  }

  private async runToEnd(): Promise<JobEnd> {
    await this.chain.startCalls(() => {
      this.wakeup.call();
    });
    this.chain.open();
    for (const { sink } of this.sinks) await sink.open();
    for (const source of this.sources) await source.open();
    await this.runPhase(this.sources.filter((source) => source.node.isTable));
    for (const refresh of this.refreshes) refresh.schedule(this.platform.clock.nowMs());
    await this.runPhase(this.sources.filter((source) => !source.node.isTable));
    await this.finishCalls();
    await this.flushSinks();
    if (this.isOutputClosed) return 'output-closed';
    if (this.isStopRequested) return 'stopped';
    for (const { sink } of this.sinks) await sink.commit();
    return 'finished';
  }

  private get isEnding(): boolean {
    return this.isStopRequested || this.isOutputClosed;
  }

  private async runPhase(sources: readonly SourceTask[]): Promise<void> {
    let steps = 0;
    // Asked before the first step too: rows must not meet a table that was given up half read.
    while (!this.isEnding) {
      let hasRows = false;
      let isRunning = false;
      for (const source of sources) {
        if (source.isEnded) continue;
        const result = source.step();
        await this.settle();
        if (!this.isEnding) await this.processTimers();
        if (this.hasFailed) throw this.failure;
        if (this.isEnding) return;
        hasRows ||= result === 'rows';
        isRunning ||= result !== 'ended';
      }
      if (!isRunning) return;
      if (this.refreshTables()) hasRows = true;
      const isReleased = sources.some((source) => source.isReleased);
      if (!hasRows && !isReleased) await this.waitForRows(sources);
      else if (++steps % STEPS_PER_TURN === 0) await this.platform.timers.yield();
    }
  }

  /** Goes on with lookup tables that are to be read again; true when there is more to do at once. */
  private refreshTables(): boolean {
    let hasMore = false;
    for (const refresh of this.refreshes) {
      if (refresh.step(this.platform.clock.nowMs())) hasMore = true;
    }
    return hasMore;
  }

  /** Brings what is on the way to its end, flushing the sinks that are full. */
  private async settle(): Promise<void> {
    let hasSlept = false;
    while (!this.chain.drain()) {
      await this.flushSinks();
      if (this.isOutputClosed) return;
      if (!this.chain.isHeldUp || this.chain.drain()) continue;
      hasSlept = true;
      await this.sleepUntil(this.chain.nextDueMs);
      if (this.isEnding) return;
    }
    // What ended the sleep may have been a source, for which nobody would wake up any more.
    if (hasSlept) this.wakeup.call();
  }

  /** Waits for the rows in flight when no more are to come. */
  private async finishCalls(): Promise<void> {
    while (this.chain.rowsInFlight > 0 && !this.isEnding) {
      await this.flushSinks();
      await this.sleepUntil(Math.min(this.chain.nextDueMs, this.chain.nextTimerMs));
      await this.settle();
      if (!this.isEnding) await this.processTimers();
    }
  }

  /** Until somebody calls, or until this processing time, epoch milliseconds. */
  private async sleepUntil(untilMs: number): Promise<void> {
    const delayMs = untilMs - this.platform.clock.nowMs();
    const timer =
      delayMs === Infinity
        ? null
        : this.platform.timers.after(Math.max(delayMs, 1), () => {
            this.wakeup.call();
          });
    await this.wakeup.sleep();
    timer?.cancel();
    if (this.hasFailed) throw this.failure;
  }

  /** Fires the timers of processing time that are due. */
  private async processTimers(): Promise<void> {
    if (this.chain.nextTimerMs === Infinity) return;
    this.chain.processTimers(this.platform.clock.nowMs());
    await this.settle();
  }

  private async waitForRows(sources: readonly SourceTask[]): Promise<void> {
    await this.processTimers();
    await this.flushSinks();
    if (this.isEnding) return;
    const { clock } = this.platform;
    const idleAtMs = Math.min(...sources.map((source) => source.idleAtMs() ?? Infinity));
    const idleInMs = idleAtMs - clock.monotonicMs();
    const dueAtMs = Math.min(...sources.map((source) => source.watermarkDueAtMs));
    await this.sleepUntil(
      Math.min(clock.nowMs() + idleInMs, this.nextTimerMs, this.chain.nextDueMs, dueAtMs),
    );
  }

  /** Processing time of the next timer of an operator or lookup table. */
  private get nextTimerMs(): number {
    return Math.min(this.chain.nextTimerMs, ...this.refreshes.map((each) => each.nextTimerMs));
  }

  private async flushSinks(): Promise<void> {
    for (const { sink } of this.sinks) {
      if (!(await sink.flush())) this.isOutputClosed = true;
    }
  }

  private addSource(node: SourceStreamNode, context: TaskContext): void {
    const outputs = this.chain.outputsOf(node.uid);
    const wake = (failure: unknown): void => {
      this.wakeFor(failure);
    };
    this.sources.push(this.sourceTask(node, context, { outputs, wake }));
  }

  private sourceTask(
    node: SourceStreamNode,
    context: TaskContext,
    to: { readonly outputs: NodeOutputs; readonly wake: (failure: unknown) => void },
  ): SourceTask {
    const deadRecords: DeadRecord[] = [];
    const source = createSource(
      node,
      { platform: this.platform, memory: context.memory },
      deadRecords,
    );
    return new SourceTask({
      ...to,
      node,
      source,
      counters: this.chain.countersOf(node.uid),
      context,
      clock: this.platform.clock,
      deadRecords,
      alignment: this.alignmentOf(node),
    });
  }

  private addRefresh(
    node: SourceStreamNode,
    intervalMs: number,
    { graph, evaluation }: { readonly graph: StreamGraph; readonly evaluation: EvaluationContext },
  ): void {
    const refresh = new TableRefresh({
      intervalMs,
      lookups: lookupsOf(graph, node.uid, (uid) => this.chain.operatorOf(uid)),
      // Each reading has a memory of its own, which goes with it.
      createTask: (outputs, wake) =>
        this.sourceTask(node, { evaluation, memory: new LinearMemory() }, { outputs, wake }),
      wake: () => {
        this.wakeup.call();
      },
      failed: (reason) => {
        this.warn({
          node: node.uid,
          message: `the lookup table ${node.uid} could not be read again and stays as it was (failed ${refresh.failedCount} times so far): ${reason.message}`,
          reason,
        });
      },
    });
    this.refreshes.push(refresh);
  }

  /** A table is read before all others, which therefore cannot wait for it. */
  private alignmentOf({ isTable, watermark }: SourceStreamNode): AlignmentGroup | null {
    const group = isTable ? undefined : watermark?.alignment?.group;
    return group === undefined ? null : this.alignment.group(group);
  }

  private addSink(node: SinkStreamNode, counters: NodeCounters): SinkOperator {
    const schema = node.columns.map((index) => node.inputSchema[index]!);
    const sink = createSink(node, schema, { platform: this.platform, memory: this.memory });
    this.sinks.push({ sink, counters });
    return new SinkOperator(sink, { columns: node.columns, schema }, counters);
  }

  private wakeFor(failure: unknown): void {
    if (failure !== null && !this.hasFailed) {
      this.hasFailed = true;
      this.failure = failure;
    }
    this.wakeup.call();
  }

  private sumOfSources(count: (uid: string) => number): number {
    return this.sources.reduce(
      (sum, source) => (source.node.isTable ? sum : sum + count(source.node.uid)),
      0,
    );
  }

  /** Closes whatever else fails to; gives the failures in their order. */
  private async close(): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    const sinks = this.sinks.map(({ sink }) => sink);
    const calls = { close: () => this.chain.stopCalls() };
    const closing = [...this.sources, ...this.refreshes, calls, ...sinks, this.chain];
    for (const part of closing) {
      try {
        await part.close();
      } catch (failure) {
        failures.push(failure);
      }
    }
    return failures;
  }
}
