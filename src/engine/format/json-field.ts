/**
 * A key at its place in a row, as the first field or behind a comma, with the bytes from the end of
 * the value before it to the start of its own (`,"deviceId":`). Long runs are compared eight bytes
 * at a time, as float64: text holds no bytes of a zero or a NaN, so equal numbers are equal bytes.
 */
import type { ColumnSlot } from './column-slot.ts';
import { LONG_RUN_BYTES, TWO_WORD_BYTES } from './json-layout-limits.ts';

const NO_MIDDLE = new Float64Array(0);

export class JsonField {
  /** What it fills; null for a key that no column wants. */
  readonly slot: ColumnSlot | null;
  /** The field that followed it last. */
  next: JsonField;
  /** Length of the bytes. They match nowhere before the first `remember`. */
  length = LONG_RUN_BYTES;
  /** The next field of its chain, and the chain that it is in; -1 for none. */
  nextInChain: JsonField | null = null;
  chain = -1;
  /** First and last bytes: of a run of less than eight as 32-bit words. */
  private head = Number.NaN;
  private tail = Number.NaN;
  private shortHead = 0;
  private shortTail = 0;
  /** The eight bytes at 8, 16 and so on, as far as the tail does not cover them. */
  private middle = NO_MIDDLE;

  /** `next` is null for the field that follows itself. */
  constructor(slot: ColumnSlot | null, next: JsonField | null) {
    this.slot = slot;
    this.next = next ?? this;
  }

  /** True when the bytes stand at `at`. */
  matches(view: DataView, at: number): boolean {
    const { length } = this;
    if (length < LONG_RUN_BYTES) {
      return (
        view.getInt32(at, true) === this.shortHead &&
        view.getInt32(at + length - 4, true) === this.shortTail
      );
    }
    return (
      view.getFloat64(at, true) === this.head &&
      view.getFloat64(at + length - 8, true) === this.tail &&
      (length <= TWO_WORD_BYTES || this.matchesMiddle(view, at))
    );
  }

  private matchesMiddle(view: DataView, at: number): boolean {
    const { middle } = this;
    for (let index = 0; index < middle.length; index++) {
      at += 8;
      if (view.getFloat64(at, true) !== middle[index]) return false;
    }
    return true;
  }

  /** Remembers bytes: RUN_BYTES_MIN at least. */
  remember(run: Uint8Array): void {
    const { length } = run;
    const view = new DataView(run.buffer, run.byteOffset, length);
    this.length = length;
    if (length < LONG_RUN_BYTES) {
      this.shortHead = view.getInt32(0, true);
      this.shortTail = view.getInt32(length - 4, true);
      return;
    }
    this.head = view.getFloat64(0, true);
    this.tail = view.getFloat64(length - 8, true);
    const middleCount = length > TWO_WORD_BYTES ? Math.ceil(length / 8) - 2 : 0;
    this.middle = Float64Array.from({ length: middleCount }, (_, index) =>
      view.getFloat64(8 + index * 8, true),
    );
  }
}
