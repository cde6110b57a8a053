/**
 * The accumulators of sessions, by slot. A session has a slot from its first row until it has
 * fired; of two sessions that become one, one slot takes in the other. Slots are used again.
 */
import type { Column } from '../batch/column.ts';
import type { SlotAccumulator } from '../function/accumulator.ts';
import type { FiredGroups } from './fired-groups.ts';
import type { PartReader, PartWriter } from './keyed-parts.ts';

export class SessionGroups implements Pick<FiredGroups, 'writeResult'> {
  readonly accumulators: readonly SlotAccumulator[];

  constructor(accumulators: readonly SlotAccumulator[]) {
    this.accumulators = accumulators;
  }

  ensureSlots(slotCount: number): void {
    for (const accumulator of this.accumulators) accumulator.ensureSlots(slotCount);
  }

  /** The first slot becomes part of the second. */
  merge(from: number, to: number): void {
    for (const accumulator of this.accumulators) accumulator.mergeSlot(from, to);
  }

  /** Nothing is read from the slot any more; it is empty when it is used again. */
  drop(slot: number): void {
    for (const accumulator of this.accumulators) accumulator.clearSlot(slot);
  }

  writeResult(aggregateIndex: number, from: number, to: number, column: Column): void {
    this.accumulators[aggregateIndex]!.emit(from, to, column);
  }

  writeSlots({ body, operands }: PartWriter, slots: Int32Array): void {
    for (const [index, accumulator] of this.accumulators.entries()) {
      accumulator.writeSlots(body, slots, operands[index]!);
    }
  }

  /** Into empty slots below `slotCount`. */
  readSlots({ body, operands }: PartReader, slots: Int32Array, slotCount: number): void {
    this.ensureSlots(slotCount);
    for (const [index, accumulator] of this.accumulators.entries()) {
      accumulator.readSlots(body, slots, operands[index]!);
    }
  }
}
