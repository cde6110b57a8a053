/**
 * The watermark of an operator with several inputs: the lowest of those that count. An input that
 * is idle does not count; one that comes back behind the combined watermark counts again when it
 * has caught up; one that has ended has said WATERMARK_MAX and holds nothing back. When the last
 * one falls idle, the watermark rises to the highest that any of them has reached, since nobody is
 * left to wait for. As Flink's StatusWatermarkValve.
 * Unlike Flink, the end of one input is not that of the others while these are idle or behind:
 * Flink's watermark is then WATERMARK_MAX, and all their rows are late from then on.
 * Invariant: it never falls, neither the combined watermark nor what rows were judged by.
 */
import { WATERMARK_MAX, WATERMARK_MIN } from '../batch/batch.ts';
import { corruptState } from '../state/corrupt-state.ts';
import { readTime } from '../state/subtask-progress.ts';
import type { StateReader } from '../state/state-reader.ts';
import type { StateWriter } from '../state/state-writer.ts';

/** How an input takes part. */
const inputStates = {
  /** Counts in the minimum. */
  aligned: 0,
  /** No rows are expected of it for now. */
  idle: 1,
  /** Has come back behind the combined watermark and has not caught up. */
  behind: 2,
  ended: 3,
} as const;

export class WatermarkValve {
  /** The combined watermark. */
  watermarkMs = WATERMARK_MIN;
  /** No input is left that rows are expected of, but one may come back. */
  isIdle = false;
  /** The last watermark of each input before its end. */
  private readonly inputs: Float64Array;
  /** A value of inputStates for each input. */
  private readonly states: Uint8Array;
  /** What the last row was judged by; ahead of `watermarkMs` when watermarks come seldom. */
  private judgedMs = WATERMARK_MIN;

  constructor(inputCount: number) {
    this.inputs = new Float64Array(inputCount).fill(WATERMARK_MIN);
    this.states = new Uint8Array(inputCount);
  }

  get inputCount(): number {
    return this.inputs.length;
  }

  /** What rows were judged by so far, or the watermark where that is ahead. */
  get reachedMs(): number {
    return Math.max(this.judgedMs, this.watermarkMs);
  }

  /** The input's watermark is now this. True when the combined one has risen. */
  advance(input: number, watermarkMs: number): boolean {
    const { inputs, states } = this;
    if (states[input] === inputStates.ended) return false;
    if (watermarkMs === WATERMARK_MAX) states[input] = inputStates.ended;
    else if (watermarkMs > inputs[input]!) inputs[input] = watermarkMs;
    if (states[input] === inputStates.behind && inputs[input]! >= this.watermarkMs) {
      states[input] = inputStates.aligned;
    }
    return this.combine();
  }

  /**
   * The input has fallen idle or come back. True when the combined watermark has risen, which the
   * consumers have to know before they hear that this operator is idle.
   */
  setIdle(input: number, isIdle: boolean): boolean {
    const { inputs, states } = this;
    if (states[input] === inputStates.ended) return false;
    if (isIdle) states[input] = inputStates.idle;
    else {
      const isBehind = inputs[input]! < this.watermarkMs;
      states[input] = isBehind ? inputStates.behind : inputStates.aligned;
    }
    return this.combine();
  }

  /**
   * Writes the combined watermark before each row of a batch of one input, whose own watermarks
   * before them are `own`, into `combined`; null: that input has no event time.
   */
  before(
    input: number,
    own: Float64Array | null,
    { rowCount, combined }: { readonly rowCount: number; readonly combined: Float64Array },
  ): void {
    const others = this.lowestWithout(input);
    // One that is behind says nothing new until it has caught up.
    const countsFromMs =
      this.states[input] === inputStates.behind ? this.watermarkMs : WATERMARK_MIN;
    let judgedMs = Math.max(this.judgedMs, this.watermarkMs);
    for (let row = 0; row < rowCount; row++) {
      const ownMs = own === null ? WATERMARK_MIN : own[row]!;
      const lowestMs = ownMs < others ? ownMs : others;
      if (lowestMs > judgedMs && ownMs >= countsFromMs) judgedMs = lowestMs;
      combined[row] = judgedMs;
    }
    this.judgedMs = judgedMs;
  }

  /** The combined watermark has come so far before any input says anything. */
  startAt(watermarkMs: number): void {
    this.watermarkMs = watermarkMs;
    this.judgedMs = watermarkMs;
  }

  snapshotState(writer: StateWriter): void {
    writer.float64(this.watermarkMs);
    writer.float64(this.judgedMs);
    writer.boolean(this.isIdle);
    writer.float64Array(this.inputs);
    writer.bytes(this.states);
  }

  /**
   * Into a fresh valve. Of another number of inputs, how far time has come is all that counts: the
   * inputs have to say anew where they are.
   */
  restoreState(reader: StateReader): void {
    const watermarkMs = readTime(reader);
    const judgedMs = readTime(reader);
    const isIdle = reader.boolean();
    const inputs = reader.float64Array();
    const states = reader.bytes();
    const isWhole = states.length === inputs.length && !inputs.some(Number.isNaN);
    if (!isWhole || states.some((state) => state > inputStates.ended)) {
      throw corruptState('its inputs are not whole');
    }
    this.watermarkMs = watermarkMs;
    this.judgedMs = judgedMs;
    if (inputs.length !== this.inputs.length) return;
    this.isIdle = isIdle;
    this.inputs.set(inputs);
    this.states.set(states);
  }

  /**
   * Into a fresh valve: goes on where the last one of these is. An input that some of them wait for
   * is waited for; it has ended when it has for all.
   */
  restoreLeast(valves: readonly WatermarkValve[]): void {
    const { aligned, behind, idle, ended } = inputStates;
    this.watermarkMs = Math.min(...valves.map(({ watermarkMs }) => watermarkMs));
    this.judgedMs = Math.min(...valves.map(({ judgedMs }) => judgedMs));
    for (let input = 0; input < this.inputs.length; input++) {
      const has = (state: number) => (valve: WatermarkValve) => valve.states[input] === state;
      const state = [aligned, behind, idle, ended].find((each) => valves.some(has(each)))!;
      const counted = valves.filter(has(state));
      this.states[input] = state;
      this.inputs[input] = Math.min(...counted.map(({ inputs }) => inputs[input]!));
    }
    this.isIdle = this.states.includes(idle) && !this.isOneExpected();
  }

  /** True when the combined watermark has risen. */
  private combine(): boolean {
    const isOneLeft = this.isOneExpected();
    this.isIdle = !isOneLeft && this.states.includes(inputStates.idle);
    const candidateMs = this.isIdle ? Math.max(...this.inputs) : this.lowestWithout(-1);
    // Of inputs that have ended and others that are behind, none says how far time has come.
    const isKnown = candidateMs !== WATERMARK_MAX || !isOneLeft;
    if (!isKnown || candidateMs <= this.watermarkMs) return false;
    this.watermarkMs = candidateMs;
    return true;
  }

  /** Rows are expected of some input. */
  private isOneExpected(): boolean {
    return this.states.includes(inputStates.aligned) || this.states.includes(inputStates.behind);
  }

  /** The lowest watermark of the inputs that count; WATERMARK_MAX: none does. */
  private lowestWithout(input: number): number {
    const { inputs, states } = this;
    let lowest = WATERMARK_MAX;
    for (let index = 0; index < inputs.length; index++) {
      if (index === input || states[index] !== inputStates.aligned) continue;
      if (inputs[index]! < lowest) lowest = inputs[index]!;
    }
    return lowest;
  }
}
