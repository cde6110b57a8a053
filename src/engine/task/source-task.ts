/**
 * Runs one source: asks its splits for rows, the one furthest behind in event time first, and
 * passes them on. Reading the files of a bounded source side by side in event time keeps few
 * windows open and makes lateness independent of how the input was cut into files.
 */
import { assert } from '../../errors/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { Batch, WATERMARK_MAX, WATERMARK_MIN } from '../batch/batch.ts';
import type { DeadRecord, Source, SourceProgress, SplitReader } from '../connector/contract.ts';
import { WHOLE_SOURCE } from '../connector/split-assignment.ts';
import type { SourceStreamNode } from '../graph/stream-graph.ts';
import { NODE_COUNTERS, type NodeCounters } from '../operator/node-counters.ts';
import type { TaskContext } from '../operator/task-context.ts';
import type { RestoredState, SnapshotWriter } from '../state/operator-snapshot.ts';
import { mayRead, type AlignmentGroup, type AlignmentMember } from '../time/watermark-alignment.ts';
import { closeEach } from './close-all.ts';
import { DeadOutput } from './dead-output.ts';
import type { NodeOutputs } from './edge.ts';
import { SourceRows } from './source-rows.ts';
import { activeSplitCount, hasBoundedSplits, isDiscovered, type Split } from './split-activity.ts';
import { readDeadRecord, sourceParts, SourceState, writeSource } from './source-state.ts';

/** What a step did: passed rows on, found nothing to read yet, or found the source at its end. */
export type StepResult = 'rows' | 'waiting' | 'ended';

/** Where a subtask of a source stands among the others. */
export interface SubtaskPlace {
  readonly subtask: number;
  readonly parallelism: number;
}

export interface SourceTaskOptions {
  readonly node: SourceStreamNode;
  readonly source: Source;
  readonly outputs: NodeOutputs;
  readonly counters: NodeCounters;
  readonly context: TaskContext;
  readonly clock: Clock;
  /** Unreadable records that the policy keeps; filled by the readers, emptied here. */
  readonly deadRecords: DeadRecord[];
  /** The group that the source joins; left out: it is read as fast as it can be. */
  readonly alignment?: AlignmentGroup | null;
  /** Called when a split that was waiting can go on, or with the error that it met. */
  readonly wake: (failure: unknown) => void;
}

export class SourceTask implements AlignmentMember {
  readonly node: SourceStreamNode;
  private readonly options: SourceTaskOptions;
  private readonly batch: Batch;
  private readonly dead: DeadOutput;
  /** Those that have not ended. */
  private readonly splits: Split[] = [];
  /** Those that were given up by `drain`. */
  private readonly drained: Split[] = [];
  private rows: SourceRows | null = null;
  private restored: SourceState | null = null;
  private hasAnnounced = false;
  /** The source's discovery is being waited for. */
  private isDiscovering = false;
  private hasEnded = false;
  /** No further row is read; what was read goes out. */
  private isDraining = false;
  /** Monotonic milliseconds since when no split has been left; null: some is, or it is idle. */
  private emptySinceMs: number | null = null;
  private isOneOfSeveral = false;
  /** The last step read nothing because the source is ahead of its group; see `isReleased`. */
  isHeldBack = false;

  constructor(options: SourceTaskOptions) {
    this.options = options;
    this.node = options.node;
    this.batch = Batch.inMemory(options.node.physicalSchema, options.context.memory);
    this.dead = new DeadOutput(options.outputs);
    options.alignment?.add(this);
  }

  get progress(): SourceProgress {
    return this.options.source.progress();
  }

  get watermarkMs(): number | null {
    return this.rows?.watermarkMs ?? null;
  }

  get isEnded(): boolean {
    return this.hasEnded;
  }

  /** See AlignmentMember. Splits that wait for others to end are not waited for themselves. */
  get slowestMs(): number {
    // One that may stay silent for ever says nothing about where the group is.
    const countsWithoutRows = hasBoundedSplits(this.options.source) || this.idleTimeoutMs !== null;
    let slowest = WATERMARK_MAX;
    const activeCount = activeSplitCount(this.options.source, this.splits.length);
    for (let at = 0; at < activeCount; at++) {
      const { index, isIdle } = this.splits[at]!;
      const watermarkMs = this.rows!.splitWatermark(index);
      if (isIdle || (watermarkMs === WATERMARK_MIN && !countsWithoutRows)) continue;
      slowest = Math.min(slowest, watermarkMs);
    }
    return slowest;
  }

  /** True when the group has come on since a step that read nothing for its sake. */
  get isReleased(): boolean {
    if (!this.isHeldBack) return false;
    const next = this.slowestReadable();
    return next !== null && this.isAligned(next);
  }

  /** Before `open`. */
  restoreState(restored: RestoredState): void {
    assert(this.rows === null, 'a source is restored before it is opened');
    this.restored = new SourceState(restored);
    for (const reader of restored.list(NODE_COUNTERS)) {
      this.options.counters.restoreState(reader);
    }
    for (const reader of restored.list(sourceParts.dead)) {
      this.options.deadRecords.push(readDeadRecord(reader));
    }
  }

  async open(place: SubtaskPlace = WHOLE_SOURCE): Promise<void> {
    const { restored } = this;
    const { node, source, context, outputs } = this.options;
    const readers = await source.open({ ...place, restored: restored?.known ?? null });
    const rows = new SourceRows(node, readers.length, context.evaluation, outputs.main);
    this.rows = rows;
    this.isOneOfSeveral = place.parallelism > 1;
    rows.isIdleWithoutSplits = isDiscovered(source) && this.isOneOfSeveral;
    for (const [index, reader] of readers.entries()) this.addSplit(reader, index);
    if (restored !== null) rows.restoreProgress(restored.combinedMs);
    this.restored = null;
  }

  /** Between two steps, when nothing that they passed on is pending. */
  snapshotState(snapshot: SnapshotWriter): void {
    const { source, counters, deadRecords } = this.options;
    const discovery = source.discovery ?? null;
    const rows = this.rows!;
    writeSource(snapshot, { splits: this.splits, rows, discovery, deadRecords });
    counters.snapshotState(snapshot.list(NODE_COUNTERS));
    source.commits?.snapshotTaken(snapshot.checkpointId);
  }

  /** The checkpoint is complete. */
  commitUpTo(checkpointId: number): void {
    this.options.source.commits?.commitUpTo(checkpointId);
  }

  /** Reads one batch and passes it on. Only while nothing is pending behind this source. */
  step(): StepResult {
    if (this.hasEnded) return 'ended';
    if (!this.hasAnnounced) this.announce();
    this.takeDiscovered();
    this.rows!.emitDue();
    this.markIdleSplits();
    if (this.options.deadRecords.length > 0) {
      this.passDeadRecords();
      return 'rows';
    }
    for (;;) {
      const split = this.nextSplit();
      if (split === null) return this.finishOrWait();
      this.batch.reset();
      const result = split.reader.poll(this.batch);
      this.options.counters.deadRecords += this.options.deadRecords.length;
      this.passDeadRecords();
      if (result === 'rows') {
        split.silentSinceMs = null;
        split.isIdle = false;
        this.rows!.emit(split.index, split.reader.name, this.batch);
        return 'rows';
      }
      if (result === 'ended') this.endSplit(split);
      else this.await(split);
      // Dead records that found no room go out first, or the end would overtake them.
      if (this.options.deadRecords.length > 0) return 'rows';
    }
  }

  /**
   * Ends the source where it is: no further row is read. As in Flink it is at its end for good, so a
   * snapshot has no split of it: behind the last watermark all rows that follow would be late.
   */
  drain(): void {
    if (this.hasEnded) return;
    this.isDraining = true;
    this.drained.push(...this.splits.splice(0));
    // Those that find no room go out with the next steps, and the end behind them.
    this.passDeadRecords();
    if (this.options.deadRecords.length === 0) this.end();
  }

  /** Monotonic milliseconds at which something silent becomes idle; null: nothing does. */
  idleAtMs(): number | null {
    const { idleTimeoutMs } = this;
    if (idleTimeoutMs === null) return null;
    if (this.emptySinceMs !== null) return this.emptySinceMs + idleTimeoutMs;
    let earliest: number | null = null;
    for (const split of this.splits) {
      if (!this.isSilent(split)) continue;
      const at = split.silentSinceMs + idleTimeoutMs;
      if (earliest === null || at < earliest) earliest = at;
    }
    return earliest;
  }

  /** Processing time, epoch milliseconds, at which a watermark that waits is due; Infinity: none. */
  get watermarkDueAtMs(): number {
    return this.rows?.dueAtMs ?? Infinity;
  }

  async close(): Promise<void> {
    const { source } = this.options;
    const readers = [...this.splits, ...this.drained].map(({ reader }) => reader);
    const { discovery } = source;
    const parts = discovery === undefined || discovery === null ? readers : [discovery, ...readers];
    const shared = { close: () => source.close?.() ?? Promise.resolve() };
    await closeEach([...parts, shared]);
  }

  private addSplit(reader: SplitReader, index: number): void {
    const rows = this.rows!;
    const state = this.restored?.of(reader.name) ?? null;
    if (state !== null) {
      reader.restoreState(state.position);
      rows.restoreSplit(index, state.time);
    }
    const isIdle = rows.isSplitIdle(index);
    this.splits.push({ index, reader, isWaiting: false, silentSinceMs: null, isIdle });
  }

  /** What the consumers of a restored source knew has gone with them. */
  private announce(): void {
    this.hasAnnounced = true;
    this.rows!.announce();
  }

  private takeDiscovered(): void {
    const { discovery } = this.options.source;
    if (discovery === undefined || discovery === null) return;
    if (this.isDiscovering || this.isDraining) return;
    for (const reader of discovery.take()) this.addSplit(reader, this.rows!.addSplit());
    // What was idle for want of splits waits for its timeout anew when these have ended.
    if (this.splits.length > 0) this.rows!.isIdleWithoutSplits = this.isOneOfSeveral;
    this.isDiscovering = true;
    discovery.ready().then(
      () => {
        this.isDiscovering = false;
        this.options.wake(null);
      },
      (failure: unknown) => {
        this.options.wake(failure);
      },
    );
  }

  private nextSplit(): Split | null {
    const next = this.slowestReadable();
    this.isHeldBack = next !== null && !this.isAligned(next);
    return this.isHeldBack ? null : next;
  }

  private isAligned(split: Split): boolean {
    const { alignment } = this.options;
    const spec = this.node.watermark?.alignment ?? null;
    if (spec === null || alignment === undefined || alignment === null) return true;
    const watermarkMs = this.rows!.splitWatermark(split.index);
    return mayRead(watermarkMs, alignment.slowestMs, spec.maxDriftMs);
  }

  private slowestReadable(): Split | null {
    let next: Split | null = null;
    const activeCount = activeSplitCount(this.options.source, this.splits.length);
    for (let at = 0; at < activeCount; at++) {
      const split = this.splits[at]!;
      if (split.isWaiting && !hasBoundedSplits(this.options.source)) continue;
      if (next === null || this.isBehind(split, next)) next = split;
    }
    // A bounded split that is furthest behind is waited for: the order of rows then depends on
    // the data and not on the speed of the disk.
    return next === null || next.isWaiting ? null : next;
  }

  private isBehind(split: Split, other: Split): boolean {
    return this.rows!.splitWatermark(split.index) < this.rows!.splitWatermark(other.index);
  }

  private finishOrWait(): StepResult {
    const isOver = this.isDraining || !isDiscovered(this.options.source);
    if (this.splits.length > 0 || !isOver) return 'waiting';
    this.end();
    return 'ended';
  }

  private end(): void {
    this.hasEnded = true;
    this.rows!.emitFinalWatermark();
    this.options.outputs.end();
  }

  /**
   * Null: splits do not become idle. Those of a bounded source never do: how long a disk takes
   * must not decide which rows are late.
   */
  private get idleTimeoutMs(): number | null {
    if (this.options.source.isBounded) return null;
    return this.node.watermark?.idleTimeoutMs ?? null;
  }

  private markIdleSplits(): void {
    const { idleTimeoutMs } = this;
    if (idleTimeoutMs === null) return;
    const nowMs = this.options.clock.monotonicMs();
    for (const split of this.splits) {
      if (!this.isSilent(split) || nowMs - split.silentSinceMs < idleTimeoutMs) continue;
      split.isIdle = true;
      this.rows!.markIdle(split.index);
    }
    this.markIdleSource(nowMs, idleTimeoutMs);
  }

  /** One that waits for its next split is idle when that has taken so long. */
  private markIdleSource(nowMs: number, idleTimeoutMs: number): void {
    const rows = this.rows!;
    if (this.splits.length > 0 || rows.isIdleWithoutSplits) {
      this.emptySinceMs = null;
      return;
    }
    this.emptySinceMs ??= nowMs;
    if (nowMs - this.emptySinceMs < idleTimeoutMs) return;
    this.emptySinceMs = null;
    rows.isIdleWithoutSplits = true;
    rows.announce();
  }

  /** Has nothing to read and can become idle; one that is not polled is not silent. */
  private isSilent(split: Split): split is Split & { readonly silentSinceMs: number } {
    if (hasBoundedSplits(this.options.source) || split.isIdle) return false;
    return split.isWaiting && split.silentSinceMs !== null;
  }

  private endSplit(split: Split): void {
    // Among the first ones, since only these are read.
    this.splits.splice(this.splits.indexOf(split), 1);
    this.options.source.discovery?.markEnded(split.reader.name);
    this.rows!.endSplit(split.index);
  }

  private await(split: Split): void {
    assert(!split.isWaiting, 'a waiting split is not polled');
    split.isWaiting = true;
    split.silentSinceMs ??= this.options.clock.monotonicMs();
    split.reader.ready().then(
      () => {
        split.isWaiting = false;
        this.options.wake(null);
      },
      (failure: unknown) => {
        this.options.wake(failure);
      },
    );
  }

  private passDeadRecords(): void {
    const { deadRecords } = this.options;
    if (deadRecords.length === 0) return;
    const isKept = this.node.onError === 'dead-letter';
    deadRecords.splice(0, isKept ? this.dead.emit(deadRecords) : deadRecords.length);
  }
}
