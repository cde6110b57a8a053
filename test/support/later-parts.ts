/** Collects what a LaterState writes, one call of `writeNext` after the other, as parts. */
import type { KeyGroupRange } from '../../src/engine/state/key-groups.ts';
import type { LaterWriter } from '../../src/engine/state/operator-snapshot.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';
import { StateWriter } from '../../src/engine/state/state-writer.ts';

export class LaterParts implements LaterWriter {
  private readonly rangeOf: (id: string) => KeyGroupRange;
  private pending: (() => StatePart)[] = [];

  /** `rangeOf`: the key groups of a piece of an earlier checkpoint. */
  constructor(rangeOf: (id: string) => KeyGroupRange) {
    this.rangeOf = rangeOf;
  }

  piece(id: string, keyGroups: KeyGroupRange): StateWriter {
    return this.add((bytes) => ({ kind: 'piece', id, keyGroups, bytes }));
  }

  reuse(id: string): void {
    const keyGroups = this.rangeOf(id);
    this.pending.push(() => ({ kind: 'piece', id, keyGroups, bytes: null }));
  }

  keyGroup(group: number): StateWriter {
    return this.add((bytes) => ({ kind: 'key-group', group, bytes }));
  }

  /** What was written since the last time; its writers are not used any more. */
  take(): readonly StatePart[] {
    const parts = this.pending.map((part) => part());
    this.pending = [];
    return parts;
  }

  private add(partOf: (bytes: Uint8Array) => StatePart): StateWriter {
    const writer = new StateWriter();
    this.pending.push(() => partOf(writer.finish()));
    return writer;
  }
}
