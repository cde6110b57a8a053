/**
 * APPROX_COUNT_DISTINCT's state for one group: a HyperLogLog sketch of 2^14 registers, as a list of
 * shortened hashes while that is smaller (up to 3,072 distinct values, where the count is all but
 * exact), and as registers from there on, with a standard error of 0.81 %.
 * Invariant: the state depends on the set of values only, not on their order nor on how many
 * sketches were merged.
 */
import { estimateFromPlaces, estimateFromRegisters } from './estimate.ts';
import { Registers } from './registers.ts';
import { readSketch, writeSketch } from './sketch-format.ts';
import { ENTRIES_MAX, entryOf, SparseEntries } from './sparse-entries.ts';
import { hashValue } from './value-hash.ts';

/** The hash of the value at hand, so that none is allocated per value. */
const hash = { high: 0, low: 0 };

export class HyperLogLog {
  private form: SparseEntries | Registers = new SparseEntries();

  /** Reads what `serialize` wrote. Throws a VerificationError for anything else. */
  static deserialize(bytes: Uint8Array): HyperLogLog {
    const sketch = new HyperLogLog();
    sketch.form = readSketch(bytes);
    return sketch;
  }

  get isSparse(): boolean {
    return this.form instanceof SparseEntries;
  }

  get sizeBytes(): number {
    return this.form instanceof SparseEntries ? this.form.sizeBytes : this.form.ranks.byteLength;
  }

  /** Adds the value whose bytes are the `length` ones from `start`. */
  addBytes(view: DataView, start: number, length: number): void {
    hashValue(view, start, length, hash);
    this.addHash(hash.high, hash.low);
  }

  /** Adds the value that has this hash (value-hash.ts). */
  addHash(high: number, low: number): void {
    const { form } = this;
    if (form instanceof Registers) {
      form.addHash(high, low);
      return;
    }
    form.add(entryOf(high, low));
    if (form.count > ENTRIES_MAX) this.form = Registers.of(form.sorted());
  }

  /** Adds all values of `other`, which stays as it is. */
  addAll(other: HyperLogLog): void {
    if (other.form instanceof Registers) {
      if (this.form instanceof SparseEntries) this.form = Registers.of(this.form.sorted());
      this.form.addAll(other.form);
      return;
    }
    for (const entry of other.form.sorted()) this.addEntry(entry);
  }

  /** How many distinct values there are, rounded to a whole number. */
  estimate(): number {
    const { form } = this;
    return Math.round(
      form instanceof SparseEntries
        ? estimateFromPlaces(form.count)
        : estimateFromRegisters(form.histogram()),
    );
  }

  /** Equal sets of values give equal bytes. */
  serialize(): Uint8Array {
    return writeSketch(this.form);
  }

  private addEntry(entry: number): void {
    const { form } = this;
    if (form instanceof Registers) {
      form.addEntry(entry);
      return;
    }
    form.add(entry);
    if (form.count > ENTRIES_MAX) this.form = Registers.of(form.sorted());
  }
}
