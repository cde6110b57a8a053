/**
 * Entries that belong together: what becomes a piece, or the part of a key group. Knows how many
 * there are and which key groups they touch.
 */
import type { KeyGroupRange } from '../key-groups.ts';
import { ByteSink } from './byte-sink.ts';

/** Bytes that are complete. */
export interface ClosedBlock {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly keyGroups: KeyGroupRange;
}

export class EntryBlock {
  readonly sink = new ByteSink();
  count = 0;
  private first = Infinity;
  private last = -1;

  /** One more entry has been written, of a key of this group. */
  countEntry(group: number): void {
    this.count++;
    if (group < this.first) this.first = group;
    if (group > this.last) this.last = group;
  }

  /** What is in it, as a copy; it is empty then. Null: nothing was. */
  close(): ClosedBlock | null {
    if (this.count === 0) return null;
    const keyGroups = { first: this.first, last: this.last };
    const closed = { bytes: this.sink.copy(), count: this.count, keyGroups };
    this.sink.clear();
    this.count = 0;
    this.first = Infinity;
    this.last = -1;
    return closed;
  }
}
