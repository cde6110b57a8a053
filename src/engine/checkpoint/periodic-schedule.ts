/**
 * When the next periodic checkpoint is due. It only says so; whether one can start is decided
 * elsewhere.
 * Unlike Flink: triggers that were missed, because the process stood still or the limit of concurrent
 * checkpoints was reached, are not made up for; one is due, however long it took.
 */
import type { CheckpointConfiguration } from './checkpoint-configuration.ts';

export class PeriodicSchedule {
  readonly #intervalMs: number | null;
  readonly #minPauseMs: number;
  #nextAtMs = Infinity;
  #isDue = false;

  constructor(configuration: CheckpointConfiguration) {
    this.#intervalMs = configuration.intervalMs;
    this.#minPauseMs = configuration.minPauseMs;
  }

  get isDue(): boolean {
    return this.#isDue;
  }

  /** Infinity: never. */
  get nextAtMs(): number {
    return this.#nextAtMs;
  }

  /** As Flink: the first one after a time between the pause and the interval, drawn by `random`. */
  start(nowMs: number, random: number): void {
    if (this.#intervalMs === null) return;
    const rangeMs = this.#intervalMs - this.#minPauseMs + 1;
    this.#nextAtMs = nowMs + this.#minPauseMs + Math.floor(random * rangeMs);
    this.#isDue = false;
  }

  /** The next one after a whole interval. */
  resume(nowMs: number): void {
    if (this.#intervalMs !== null) this.postpone(nowMs + this.#intervalMs);
  }

  stop(): void {
    this.#nextAtMs = Infinity;
    this.#isDue = false;
  }

  advance(nowMs: number): void {
    if (this.#intervalMs === null || nowMs < this.#nextAtMs) return;
    this.#isDue = true;
    const missed = Math.floor((nowMs - this.#nextAtMs) / this.#intervalMs);
    this.#nextAtMs += (missed + 1) * this.#intervalMs;
  }

  /** It has started, or come to nothing. */
  clear(): void {
    this.#isDue = false;
  }

  /** As Flink: the rhythm starts again at that time. */
  postpone(untilMs: number): void {
    this.#isDue = false;
    this.#nextAtMs = untilMs;
  }
}
