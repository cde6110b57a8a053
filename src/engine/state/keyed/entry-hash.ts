/**
 * A hash table of slots, by hashes that the owner works out; at most half full. Linear probing; a
 * removal moves up what is behind it, so that no search stops too early.
 */

const INITIAL_SLOTS = 32;

export class EntryHash {
  /** A slot plus one; 0: nothing. */
  private table = new Int32Array(INITIAL_SLOTS * 2);
  /** By slot. */
  private hashes = new Int32Array(INITIAL_SLOTS);
  private count = 0;

  /** Where a search for this hash starts. */
  start(hash: number): number {
    return hash & (this.table.length - 1);
  }

  after(at: number): number {
    return (at + 1) & (this.table.length - 1);
  }

  /** -1: nothing is there, and the search is over. */
  slotAt(at: number): number {
    return this.table[at]! - 1;
  }

  hashOf(slot: number): number {
    return this.hashes[slot]!;
  }

  /** A slot that is not in it. */
  add(slot: number, hash: number): void {
    if (slot >= this.hashes.length) this.reach(slot);
    if ((this.count + 1) * 2 > this.table.length) this.grow();
    this.hashes[slot] = hash;
    this.count++;
    this.place(slot);
  }

  /** A slot that is in it. */
  remove(slot: number): void {
    const { table, hashes } = this;
    const mask = table.length - 1;
    let hole = this.start(hashes[slot]!);
    while (table[hole] !== slot + 1) hole = (hole + 1) & mask;
    let at = (hole + 1) & mask;
    while (table[at] !== 0) {
      const home = hashes[table[at]! - 1]! & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        table[hole] = table[at]!;
        hole = at;
      }
      at = (at + 1) & mask;
    }
    table[hole] = 0;
    this.count--;
  }

  private place(slot: number): void {
    const { table } = this;
    const mask = table.length - 1;
    let at = this.hashes[slot]! & mask;
    while (table[at] !== 0) at = (at + 1) & mask;
    table[at] = slot + 1;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Int32Array(old.length * 2);
    for (const entry of old) if (entry !== 0) this.place(entry - 1);
  }

  private reach(slot: number): void {
    const grown = new Int32Array(Math.max(this.hashes.length * 2, slot + 1));
    grown.set(this.hashes);
    this.hashes = grown;
  }
}
