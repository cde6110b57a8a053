/**
 * Which sessions of a key are open, and which one a row belongs to. As Flink: a row is a session
 * from its time to the gap behind it; sessions that overlap or touch become one. A session has a
 * slot, counted from 0, under which its bounds are kept here and its groups elsewhere
 * (session-groups.ts); slots are used again.
 */
import { growFloat64, growUint8, slotCapacity } from '../function/accumulator.ts';
import { requireLength, writeNumbers } from '../function/slot-numbers.ts';
import { corruptState } from '../state/corrupt-state.ts';
import { NO_KEY, type PartReader, type PartWriter } from './keyed-parts.ts';

/** One session has become part of another. */
export interface SessionMerge {
  readonly fromSlot: number;
  readonly toSlot: number;
}

export interface Session {
  readonly slot: number;
  /** Id of its key. */
  readonly key: number;
  /** On the clocks of the operator's zone. */
  readonly startMs: number;
  readonly endMs: number;
  /** It fires when the watermark reaches this epoch millisecond. */
  readonly triggerMs: number;
}

export interface SessionTimes {
  readonly gapMs: number;
  /** The watermark from which on a session with this end has fired. */
  readonly triggerOf: (endMs: number) => number;
}

/** The row is late. */
export const NO_SESSION = -1;

const INITIAL = 64;
/** Ends a list of slots. */
const NONE = -1;

export class OpenSessions {
  /** Sessions that have grown together, in order; to be emptied once their rows are added. */
  readonly merges: SessionMerge[] = [];
  /** Slots that were ever used. */
  slotCount = 0;
  private readonly times: SessionTimes;
  /** By key: its first session. */
  private firstOf: Int32Array = new Int32Array(INITIAL).fill(NONE);
  /** By slot: the next session of the same key. */
  private nextOf: Int32Array = new Int32Array(INITIAL);
  private keys: Int32Array = new Int32Array(INITIAL);
  private starts: Float64Array = new Float64Array(INITIAL);
  private ends: Float64Array = new Float64Array(INITIAL);
  private triggers: Float64Array = new Float64Array(INITIAL);
  /** By slot: when it was to fire when it was put into the queue; it may fire later since. */
  private queuedAt: Float64Array = new Float64Array(INITIAL);
  /** By slot: 1 once it is part of another session. */
  private isAbsorbed: Uint8Array = new Uint8Array(INITIAL);
  /** A binary heap of slots by `queuedAt`. */
  private queue: Int32Array = new Int32Array(INITIAL);
  private queueLength = 0;
  private readonly free: number[] = [];

  constructor(times: SessionTimes) {
    this.times = times;
  }

  /** No session fires before this watermark; Infinity: none is open. */
  get nextTriggerMs(): number {
    return this.queueLength === 0 ? Infinity : this.queuedAt[this.queue[0]!]!;
  }

  /** The slot of a row's session, which grows or opens with it; NO_SESSION: the row is late. */
  slotOf(key: number, localMs: number, watermarkMs: number): number {
    const endMs = localMs + this.times.gapMs;
    const first = key < this.firstOf.length ? this.firstOf[key]! : NONE;
    // Nearly all rows: they neither begin a session nor move its start.
    if (
      first !== NONE &&
      this.nextOf[first] === NONE &&
      localMs >= this.starts[first]! &&
      localMs <= this.ends[first]! &&
      watermarkMs < this.triggers[first]!
    ) {
      if (endMs > this.ends[first]!) this.extend(first, endMs);
      return first;
    }
    return this.search(key, localMs, watermarkMs);
  }

  /** All that are open of these keys, perhaps several times. */
  slotsOf(keys: Int32Array): Int32Array {
    const slots: number[] = [];
    for (const key of keys) {
      if (key >= this.firstOf.length) continue;
      for (let slot = this.firstOf[key]!; slot !== NONE; slot = this.nextOf[slot]!) {
        slots.push(slot);
      }
    }
    return Int32Array.from(slots);
  }

  /** Takes the sessions that fire at this watermark, in the order in which they end. */
  takeDue(watermarkMs: number): Session[] {
    const due: Session[] = [];
    while (this.queueLength > 0) {
      const slot = this.queue[0]!;
      if (this.queuedAt[slot]! > watermarkMs) break;
      if (this.isAbsorbed[slot] === 1) {
        this.removeFirst();
        this.free.push(slot);
      } else if (this.triggers[slot]! > this.queuedAt[slot]!) {
        this.queuedAt[slot] = this.triggers[slot]!;
        this.sink(0);
      } else {
        this.removeFirst();
        this.unlink(slot);
        due.push(this.sessionAt(slot));
      }
    }
    return due;
  }

  /** A session that was taken is out: its slot can be used again. */
  release(slot: number): void {
    this.free.push(slot);
  }

  /** All that are open, in no particular order. */
  all(): Session[] {
    return Array.from(this.queue.subarray(0, this.queueLength))
      .filter((slot) => this.isAbsorbed[slot] === 0)
      .map((slot) => this.sessionAt(slot));
  }

  /** Key id by slot; NO_KEY where no session is open. */
  keysBySlot(): Int32Array {
    const keys = new Int32Array(this.slotCount).fill(NO_KEY);
    for (let index = 0; index < this.queueLength; index++) {
      const slot = this.queue[index]!;
      if (this.isAbsorbed[slot] === 0) keys[slot] = this.keys[slot]!;
    }
    return keys;
  }

  writeSlots({ body, keys }: PartWriter, slots: Int32Array): void {
    keys.writeInOrder(
      body,
      slots.map((slot) => this.keys[slot]!),
    );
    writeNumbers(body, this.starts, slots);
    writeNumbers(body, this.ends, slots);
  }

  /** Opens sessions that were written; returns their slots, in that order. */
  readSlots({ body, keys }: PartReader): Int32Array {
    const ids = keys.readInOrder(body);
    const starts = body.float64Array();
    const ends = body.float64Array();
    requireLength(starts.length, ids.length);
    requireLength(ends.length, ids.length);
    const first = this.slotCount;
    for (const [index, key] of ids.entries()) {
      const startMs = starts[index]!;
      const endMs = ends[index]!;
      if (!Number.isFinite(startMs) || !Number.isFinite(endMs) || startMs >= endMs) {
        throw corruptState(`it holds a session from ${startMs} to ${endMs}`);
      }
      this.add(this.slotCount++, { key, startMs, endMs });
    }
    return ids.map((_key, index) => first + index);
  }

  private search(key: number, localMs: number, watermarkMs: number): number {
    const endMs = localMs + this.times.gapMs;
    let found = NONE;
    let next = NONE;
    for (
      let slot = key < this.firstOf.length ? this.firstOf[key]! : NONE;
      slot !== NONE;
      slot = next
    ) {
      next = this.nextOf[slot]!;
      // One that has fired as far as this row goes, although its rows may not be out.
      if (this.triggers[slot]! <= watermarkMs) continue;
      if (this.starts[slot]! > endMs || this.ends[slot]! < localMs) continue;
      if (found === NONE) found = slot;
      else this.absorb(found, slot);
    }
    if (found === NONE) {
      if (this.times.triggerOf(endMs) <= watermarkMs) return NO_SESSION;
      const slot = this.free.pop() ?? this.slotCount++;
      this.add(slot, { key, startMs: localMs, endMs });
      return slot;
    }
    if (localMs < this.starts[found]!) this.starts[found] = localMs;
    if (endMs > this.ends[found]!) this.extend(found, endMs);
    return found;
  }

  private sessionAt(slot: number): Session {
    return {
      slot,
      key: this.keys[slot]!,
      startMs: this.starts[slot]!,
      endMs: this.ends[slot]!,
      triggerMs: this.triggers[slot]!,
    };
  }

  private extend(slot: number, endMs: number): void {
    this.ends[slot] = endMs;
    this.triggers[slot] = this.times.triggerOf(endMs);
  }

  /** The second becomes part of the first. Its slot stays taken while it is in the queue. */
  private absorb(slot: number, other: number): void {
    if (this.starts[other]! < this.starts[slot]!) this.starts[slot] = this.starts[other]!;
    if (this.ends[other]! > this.ends[slot]!) this.extend(slot, this.ends[other]!);
    this.isAbsorbed[other] = 1;
    this.unlink(other);
    this.merges.push({ fromSlot: other, toSlot: slot });
  }

  private add(
    slot: number,
    { key, startMs, endMs }: Pick<Session, 'key' | 'startMs' | 'endMs'>,
  ): void {
    this.reserve(key);
    this.keys[slot] = key;
    this.starts[slot] = startMs;
    this.extend(slot, endMs);
    this.isAbsorbed[slot] = 0;
    this.nextOf[slot] = this.firstOf[key]!;
    this.firstOf[key] = slot;
    this.queuedAt[slot] = this.triggers[slot]!;
    this.queue[this.queueLength++] = slot;
    this.rise(this.queueLength - 1);
  }

  private unlink(slot: number): void {
    const key = this.keys[slot]!;
    if (this.firstOf[key] === slot) {
      this.firstOf[key] = this.nextOf[slot]!;
      return;
    }
    let before = this.firstOf[key]!;
    while (this.nextOf[before] !== slot) before = this.nextOf[before]!;
    this.nextOf[before] = this.nextOf[slot]!;
  }

  private removeFirst(): void {
    this.queueLength--;
    if (this.queueLength === 0) return;
    this.queue[0] = this.queue[this.queueLength]!;
    this.sink(0);
  }

  private rise(from: number): void {
    const { queue, queuedAt } = this;
    const slot = queue[from]!;
    const atMs = queuedAt[slot]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (queuedAt[queue[parent]!]! <= atMs) break;
      queue[at] = queue[parent]!;
      at = parent;
    }
    queue[at] = slot;
  }

  private sink(from: number): void {
    const { queue, queuedAt, queueLength } = this;
    const slot = queue[from]!;
    const atMs = queuedAt[slot]!;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= queueLength) break;
      const other = child + 1;
      if (other < queueLength && queuedAt[queue[other]!]! < queuedAt[queue[child]!]!) child = other;
      if (queuedAt[queue[child]!]! >= atMs) break;
      queue[at] = queue[child]!;
      at = child;
    }
    queue[at] = slot;
  }

  /** Room for the key, and for all slots. */
  private reserve(key: number): void {
    if (key >= this.firstOf.length) {
      const before = this.firstOf.length;
      this.firstOf = grownInts(this.firstOf, key + 1);
      this.firstOf.fill(NONE, before);
    }
    if (this.slotCount <= this.keys.length) return;
    this.nextOf = grownInts(this.nextOf, this.slotCount);
    this.keys = grownInts(this.keys, this.slotCount);
    this.queue = grownInts(this.queue, this.slotCount);
    this.starts = growFloat64(this.starts, this.slotCount);
    this.ends = growFloat64(this.ends, this.slotCount);
    this.triggers = growFloat64(this.triggers, this.slotCount);
    this.queuedAt = growFloat64(this.queuedAt, this.slotCount);
    this.isAbsorbed = growUint8(this.isAbsorbed, this.slotCount);
  }
}

function grownInts(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(slotCapacity(array.length, length));
  larger.set(array);
  return larger;
}
