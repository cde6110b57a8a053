/**
 * When state that is kept by a dense id (of a key, or a slot) was written last, and which of it has
 * expired. As Flink SQL's table.exec.state.ttl: the time to live counts from the last write, in
 * processing time, and what has expired is never seen again, whether or not it is cleaned up yet.
 *
 * Writing a time is one store. Cleaning up is a pass over all ids, in parts of bounded size; passes
 * have a distance, so that ids which expire one by one do not cost a pass each.
 * Invariant: an id that was touched and not forgotten is returned by `expired` before long.
 */
import { corruptState } from './corrupt-state.ts';
import type { StateReader } from './state-reader.ts';
import type { StateWriter } from './state-writer.ts';

/** The id is not in use; a time that never comes. */
const UNTOUCHED = Infinity;
/** Ids that one call of `expired` looks at. */
const IDS_PER_CALL = 1 << 16;
/** Shares of the time to live that lie between two passes at least. */
const PASSES_PER_TTL = 4;
const INITIAL_IDS = 64;
const NONE = new Int32Array(0);

export class SlotExpiry {
  /**
   * Processing time, epoch milliseconds, at which `expired` is to be called; Infinity: nothing
   * expires. While a pass is not at its end it stays in the past.
   */
  nextExpiryMs = Infinity;
  private readonly ttlMs: number;
  /** By id: when it was touched last. */
  private touchedAtMs = new Float64Array(0);
  /** All ids in use are below. */
  private idLimit = 0;
  /** Where the pass goes on. */
  private position = 0;
  /** No id that the pass has left behind was touched before; nor was one touched since it began. */
  private earliestMs = UNTOUCHED;

  /** `ttlMs`: 0: nothing expires, and nothing is written down. */
  constructor(ttlMs: number) {
    this.ttlMs = ttlMs;
  }

  get sizeBytes(): number {
    return this.touchedAtMs.byteLength;
  }

  /** The state of the first `count` ids was written now; ids may repeat. */
  touch(ids: Int32Array, count: number, nowMs: number): void {
    if (this.ttlMs === 0 || count === 0) return;
    let largest = 0;
    for (let index = 0; index < count; index++) largest = Math.max(largest, ids[index]!);
    this.reserve(largest + 1);
    const { touchedAtMs } = this;
    for (let index = 0; index < count; index++) touchedAtMs[ids[index]!] = nowMs;
    this.earliestMs = Math.min(this.earliestMs, nowMs);
    this.nextExpiryMs = Math.min(this.nextExpiryMs, nowMs + this.ttlMs);
  }

  /** As Flink: at the end of the time to live, not behind it. False for an id that nobody holds. */
  isExpired(id: number, nowMs: number): boolean {
    if (this.ttlMs === 0 || id >= this.idLimit) return false;
    return this.touchedAtMs[id]! + this.ttlMs <= nowMs;
  }

  /** The id is in use no more. */
  forget(id: number): void {
    if (id < this.idLimit) this.touchedAtMs[id] = UNTOUCHED;
  }

  /**
   * Goes on with the pass, or begins one when it is time; returns ids whose state has expired, each
   * once, valid until the next call. The caller drops what it holds under them; they are forgotten.
   * While `nextExpiryMs` is not in the future there is more to look at. `beforeForget` is told of
   * them while they are still known.
   */
  expired(nowMs: number, beforeForget?: (ids: Int32Array) => void): Int32Array {
    if (this.nextExpiryMs > nowMs) return NONE;
    const { touchedAtMs, ttlMs } = this;
    const end = Math.min(this.idLimit, this.position + IDS_PER_CALL);
    const found = new Int32Array(end - this.position);
    let count = 0;
    let earliestMs = this.position === 0 ? UNTOUCHED : this.earliestMs;
    for (let id = this.position; id < end; id++) {
      const touchedMs = touchedAtMs[id]!;
      if (touchedMs + ttlMs <= nowMs) {
        found[count++] = id;
      } else if (touchedMs < earliestMs) {
        earliestMs = touchedMs;
      }
    }
    const ids = found.subarray(0, count);
    beforeForget?.(ids);
    for (let index = 0; index < count; index++) touchedAtMs[ids[index]!] = UNTOUCHED;
    this.earliestMs = earliestMs;
    this.position = end;
    if (end === this.idLimit) this.endPass(nowMs);
    return ids;
  }

  /** Writes when each of these ids was touched. */
  writeTimes(writer: StateWriter, ids: Int32Array): void {
    const isKept = this.ttlMs > 0;
    writer.boolean(isKept);
    if (!isKept) return;
    const times = new Float64Array(ids.length);
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!;
      times[index] = id < this.idLimit ? this.touchedAtMs[id]! : UNTOUCHED;
    }
    writer.float64Array(times);
  }

  /**
   * Reads when these ids, which are new here, were touched. What was kept without a time to live
   * has none until it is touched.
   */
  readTimes(reader: StateReader, ids: Int32Array): void {
    if (!reader.boolean()) return;
    const times = new Float64Array(ids.length);
    reader.float64sTo(times);
    if (this.ttlMs === 0 || ids.length === 0) return;
    this.reserve(ids.reduce((most, id) => Math.max(most, id)) + 1);
    const { touchedAtMs } = this;
    for (let index = 0; index < ids.length; index++) {
      const timeMs = times[index]!;
      if (Number.isNaN(timeMs)) throw corruptState('a time is no number');
      touchedAtMs[ids[index]!] = timeMs;
      this.earliestMs = Math.min(this.earliestMs, timeMs);
    }
    this.nextExpiryMs = Math.min(this.nextExpiryMs, this.earliestMs + this.ttlMs);
  }

  private endPass(nowMs: number): void {
    const soonestMs = nowMs + this.ttlMs / PASSES_PER_TTL;
    this.nextExpiryMs = Math.max(this.earliestMs + this.ttlMs, soonestMs);
    this.position = 0;
    if (this.earliestMs === UNTOUCHED) this.idLimit = 0;
  }

  private reserve(idLimit: number): void {
    if (idLimit > this.touchedAtMs.length) {
      const size = Math.max(INITIAL_IDS, idLimit, this.touchedAtMs.length * 2);
      const grown = new Float64Array(size).fill(UNTOUCHED, this.touchedAtMs.length);
      grown.set(this.touchedAtMs);
      this.touchedAtMs = grown;
    }
    this.idLimit = Math.max(this.idLimit, idLimit);
  }
}
