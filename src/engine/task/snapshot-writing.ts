/**
 * The asynchronous phase of a subtask's snapshot: passes on what was written at the barrier, then
 * has the operators write what they left for later, a little at a time, while rows go on.
 * Invariant: every LaterState is told how it ended, once, whatever fails.
 */
import { BugError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { SubtaskMetrics } from '../checkpoint/coordinator-events.ts';
import type { PendingSnapshot } from '../checkpoint/snapshot-storage.ts';
import type { KeyGroupRange } from '../state/key-groups.ts';
import type { LaterState, LaterWriter } from '../state/operator-snapshot.ts';
import type { StatePart } from '../state/state-part.ts';
import { StateWriter } from '../state/state-writer.ts';
import type { PieceRanges } from './piece-ranges.ts';
import type { SubtaskSnapshot } from './subtask-snapshot.ts';

/**
 * Work at a stretch before rows get their turn, which lasts some tens of milliseconds. Half of the
 * stall that is allowed; at 5 ms a checkpoint of 110 MB took 9.5 s beside a busy job.
 */
const TURN_MAX_MS = 20;

export interface SnapshotWritingOptions {
  readonly platform: Pick<Platform, 'clock' | 'timers'>;
  /** Pieces of this subtask's operator. */
  readonly piecesOf: (uid: string) => PieceRanges;
  /** False: the checkpoint was given up, or the attempt is over. */
  readonly isWanted: () => boolean;
}

/** Thrown when a checkpoint is not wanted any more; nobody has to be told, so no user sees it. */
export class NotWanted extends BugError {
  constructor() {
    super('DREY_BUG', 'a checkpoint that is not wanted any more was written on');
  }
}

interface Target {
  readonly uid: string;
  readonly subtask: number;
  readonly checkpointId: number;
  readonly storage: PendingSnapshot;
}

/** Writes one snapshot. */
export class SnapshotWriting {
  private readonly options: SnapshotWritingOptions;
  private checkpointedBytes = 0;
  private stateBytes = 0;
  private persistedBytes = 0;
  private turnEndsMs = 0;

  constructor(options: SnapshotWritingOptions) {
    this.options = options;
  }

  /** Rejects with what the storage or a sink said, or with NotWanted. */
  async write(snapshot: SubtaskSnapshot, begun: Promise<PendingSnapshot>): Promise<SubtaskMetrics> {
    const { clock } = this.options.platform;
    const startedMs = clock.monotonicMs();
    const left = snapshot.operators.flatMap(({ written }) => written.laterStates);
    try {
      const storage = await begun;
      await this.writeAll(snapshot, storage, left);
    } finally {
      for (const state of left.splice(0)) state.end(false);
    }
    return {
      startDelayMs: snapshot.startDelayMs,
      alignmentMs: snapshot.alignmentMs,
      syncMs: snapshot.syncMs,
      asyncMs: clock.monotonicMs() - startedMs,
      checkpointedSizeBytes: this.checkpointedBytes,
      stateSizeBytes: this.stateBytes,
      processedBytes: 0,
      persistedBytes: this.persistedBytes,
      isUnaligned: snapshot.isUnaligned,
    };
  }

  private async writeAll(
    snapshot: SubtaskSnapshot,
    storage: PendingSnapshot,
    left: LaterState[],
  ): Promise<void> {
    const { subtask, checkpointId } = snapshot;
    for (const { uid, written } of snapshot.operators) {
      const target = { uid, subtask, checkpointId, storage };
      for (const part of written.finish()) await this.add(target, part);
    }
    for (const { uid, part } of await snapshot.inFlight) {
      this.persistedBytes += part.bytes?.length ?? 0;
      await this.add({ uid, subtask, checkpointId, storage }, part);
    }
    for (const { uid, written } of snapshot.operators) {
      for (const state of written.laterStates) {
        await this.writeLater({ uid, subtask, checkpointId, storage }, state);
        left.splice(left.indexOf(state), 1);
        state.end(true);
      }
      if (snapshot.isFinished) storage.markFinished(uid, subtask);
    }
    await snapshot.durable;
    this.checkWanted();
  }

  private async writeLater(target: Target, state: LaterState): Promise<void> {
    this.beginTurn();
    for (;;) {
      const writer = new PieceWriter(this.options.piecesOf(target.uid), target.checkpointId);
      const hasMore = state.writeNext(writer);
      for (const { part, sizeBytes } of writer.finish()) await this.add(target, part, sizeBytes);
      if (!hasMore) break;
      await this.endTurn();
    }
    await state.settled();
    this.checkWanted();
  }

  private async add(target: Target, part: StatePart, knownBytes = 0): Promise<void> {
    this.checkWanted();
    const { uid, subtask, storage } = target;
    this.checkpointedBytes += part.bytes?.length ?? 0;
    this.stateBytes += part.bytes?.length ?? knownBytes;
    await storage.add(uid, subtask, part);
  }

  private beginTurn(): void {
    this.turnEndsMs = this.options.platform.clock.monotonicMs() + TURN_MAX_MS;
  }

  private async endTurn(): Promise<void> {
    if (this.options.platform.clock.monotonicMs() < this.turnEndsMs) return;
    await this.options.platform.timers.yield();
    this.checkWanted();
    this.beginTurn();
  }

  private checkWanted(): void {
    if (!this.options.isWanted()) throw new NotWanted();
  }
}

interface WrittenPiece {
  readonly part: StatePart;
  readonly sizeBytes: number;
}

class PieceWriter implements LaterWriter {
  private readonly pieces: PieceRanges;
  private readonly checkpointId: number;
  private readonly written: (() => WrittenPiece)[] = [];

  constructor(pieces: PieceRanges, checkpointId: number) {
    this.pieces = pieces;
    this.checkpointId = checkpointId;
  }

  piece(id: string, keyGroups: KeyGroupRange): StateWriter {
    const writer = new StateWriter();
    this.written.push(() => {
      const bytes = writer.finish();
      this.pieces.add(id, { keyGroups, sizeBytes: bytes.length }, this.checkpointId);
      return { part: { kind: 'piece', id, keyGroups, bytes }, sizeBytes: bytes.length };
    });
    return writer;
  }

  keyGroup(group: number): StateWriter {
    const writer = new StateWriter();
    this.written.push(() => {
      const bytes = writer.finish();
      return { part: { kind: 'key-group', group, bytes }, sizeBytes: bytes.length };
    });
    return writer;
  }

  reuse(id: string): void {
    const { keyGroups, sizeBytes } = this.pieces.name(id, this.checkpointId);
    this.written.push(() => ({ part: { kind: 'piece', id, keyGroups, bytes: null }, sizeBytes }));
  }

  finish(): readonly WrittenPiece[] {
    return this.written.map((piece) => piece());
  }
}
