/**
 * The accumulators of sessions, by slot. A session has a slot of its own from its first row on;
 * sessions that grow together keep their slots and are added up when they fire, which is rare
 * where rows come nearly in order. Slots of sessions that have fired are empty room until most are.
 */
import type { Column } from '../batch/column.ts';
import { NO_SLOT, type Accumulator } from '../function/accumulator.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { FiredGroups } from './fired-groups.ts';
import type { Session } from './open-sessions.ts';

/** Below this it is not worth moving what is left. */
const SLOTS_MIN = 1024;

export class SessionGroups implements Pick<FiredGroups, 'writeResult'> {
  accumulators: readonly Accumulator[];
  private readonly make: () => readonly Accumulator[];
  private slotCount = 0;
  /** Slots of sessions that have not fired. */
  private usedCount = 0;

  constructor(make: () => readonly Accumulator[]) {
    this.make = make;
    this.accumulators = make();
  }

  /** A slot for a new session. */
  add(): number {
    this.usedCount++;
    return this.slotCount++;
  }

  /** Makes room for all slots that were added. */
  ensureSlots(): void {
    for (const accumulator of this.accumulators) accumulator.ensureSlots(this.slotCount);
  }

  writeResult(aggregateIndex: number, from: number, to: number, column: Column): void {
    this.accumulators[aggregateIndex]!.emit(from, to, column);
  }

  /** The slots of these sessions, which have several, added up: slot 0 is the first one's. */
  addUp(sessions: readonly Session[]): SessionGroups {
    const sums = new SessionGroups(this.make);
    sums.takeOver(this, sessions);
    return sums;
  }

  /** The session has fired; nothing is read from its slots any more. */
  drop(session: Session): void {
    this.usedCount -= session.slots.length;
  }

  /** Moves the slots of these sessions, all that there are, together; each then has one. */
  compact(sessions: readonly Session[]): void {
    const old = new SessionGroups(this.make);
    old.accumulators = this.accumulators;
    old.slotCount = this.slotCount;
    this.accumulators = this.make();
    this.slotCount = 0;
    this.takeOver(old, sessions);
    old.release();
    for (const [slot, session] of sessions.entries()) session.slots = [slot];
  }

  get isMostlyEmpty(): boolean {
    return this.slotCount > SLOTS_MIN && this.usedCount * 2 < this.slotCount;
  }

  release(): void {
    for (const accumulator of this.accumulators) accumulator.release?.();
  }

  /** After `compact`. */
  snapshotState(writer: StateWriter): void {
    writer.uint32(this.slotCount);
    for (const accumulator of this.accumulators) accumulator.snapshotState(writer, this.slotCount);
  }

  /** Returns the number of slots. */
  restoreState(reader: StateReader): number {
    this.slotCount = reader.uint32();
    this.usedCount = this.slotCount;
    for (const accumulator of this.accumulators) {
      accumulator.restoreState(reader, this.slotCount);
      accumulator.ensureSlots(this.slotCount);
    }
    return this.slotCount;
  }

  private takeOver(source: SessionGroups, sessions: readonly Session[]): void {
    const targets = new Int32Array(source.slotCount).fill(NO_SLOT);
    for (const [target, { slots }] of sessions.entries()) {
      for (const slot of slots) targets[slot] = target;
    }
    this.slotCount = sessions.length;
    this.usedCount = sessions.length;
    this.ensureSlots();
    for (const [index, accumulator] of this.accumulators.entries()) {
      accumulator.merge(source.accumulators[index]!, targets);
    }
  }
}
