/**
 * Runs a whole job in one thread: lets the sources step, repeats what a full sink held up, flushes
 * the sinks, and gives the event loop its turn in between. Sources that are lookup tables run to
 * their end before the others start.
 */
import type { EvaluationContext } from '../../expression/function/contract.ts';
import type { Platform } from '../../platform/platform.ts';
import type { DeadRecord, Sink } from '../connector/contract.ts';
import { createSink } from '../connector/create-sink.ts';
import { createSource } from '../connector/create-source.ts';
import type { SinkStreamNode, SourceStreamNode, StreamGraph } from '../graph/stream-graph.ts';
import { LinearMemory } from '../memory/linear-memory.ts';
import type { NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import { AlignmentGroups, type AlignmentGroup } from '../time/watermark-alignment.ts';
import { OperatorChain } from './operator-chain.ts';
import { SinkOperator } from './sink-operator.ts';
import { SourceTask } from './source-task.ts';
import { Wakeup } from './wakeup.ts';

/** After this many batches the event loop gets its turn: some tens of milliseconds of work. */
const STEPS_PER_TURN = 16;

/** How a run ended: at the end of the input, because it was asked to, or for want of a reader. */
export type JobEnd = 'finished' | 'stopped' | 'output-closed';

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
  private readonly wakeup = new Wakeup();
  private readonly alignment = new AlignmentGroups();
  private failure: unknown = null;
  private hasFailed = false;
  private isStopRequested = false;
  private isOutputClosed = false;

  constructor(graph: StreamGraph, platform: Platform) {
    this.platform = platform;
    const evaluation: EvaluationContext = {
      timeZone: graph.timeZone,
      nowMs: () => platform.clock.nowMs(),
      random: () => platform.random.next(),
    };
    const context = { evaluation, memory: this.memory };
    this.chain = new OperatorChain(graph, context, (node, counters) =>
      this.addSink(node, counters),
    );
    for (const node of graph.nodes) if (node.kind === 'source') this.addSource(node, context);
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
    this.chain.open();
    for (const { sink } of this.sinks) await sink.open();
    for (const source of this.sources) await source.open();
    await this.runPhase(this.sources.filter((source) => source.node.isTable));
    await this.runPhase(this.sources.filter((source) => !source.node.isTable));
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
      if (!hasRows && !sources.some((source) => source.isReleased)) await this.waitForRows(sources);
      else if (++steps % STEPS_PER_TURN === 0) await this.platform.timers.yield();
    }
  }

  /** Brings what is on the way to its end, flushing the sinks that are full. */
  private async settle(): Promise<void> {
    while (!this.chain.drain()) {
      await this.flushSinks();
      if (this.isOutputClosed) return;
    }
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
    const dueAtMs = Math.min(...sources.map((source) => source.watermarkDueAtMs));
    const delayMs = Math.min(
      idleAtMs - clock.monotonicMs(),
      Math.min(this.chain.nextTimerMs, dueAtMs) - clock.nowMs(),
    );
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

  private async flushSinks(): Promise<void> {
    for (const { sink } of this.sinks) {
      if (!(await sink.flush())) this.isOutputClosed = true;
    }
  }

  private addSource(node: SourceStreamNode, context: TaskContext): void {
    const deadRecords: DeadRecord[] = [];
    const source = createSource(
      node,
      { platform: this.platform, memory: context.memory },
      deadRecords,
    );
    this.sources.push(
      new SourceTask({
        node,
        source,
        outputs: this.chain.outputsOf(node.uid),
        counters: this.chain.countersOf(node.uid),
        context,
        clock: this.platform.clock,
        deadRecords,
        alignment: this.alignmentOf(node),
        wake: (failure) => {
          this.wakeFor(failure);
        },
      }),
    );
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
    const closing = [...this.sources, ...this.sinks.map(({ sink }) => sink), this.chain];
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
