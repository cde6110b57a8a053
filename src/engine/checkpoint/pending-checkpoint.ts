/**
 * A checkpoint from its trigger to its end: who has acknowledged, and where in its life it is.
 * Invariant: it ends once, completed or aborted; while the storage writes the manifest nobody but
 * the storage can end it, because nobody else knows whether it is there.
 */
import { assert } from '../../errors/assert.ts';
import type { SubtaskName, TriggerEffect } from './coordinator-events.ts';

export type PendingPhase = 'acknowledging' | 'finalizing' | 'completed' | 'aborted';

const nextPhases: Readonly<Record<PendingPhase, readonly PendingPhase[]>> = {
  acknowledging: ['finalizing', 'aborted'],
  finalizing: ['completed', 'aborted'],
  completed: [],
  aborted: [],
};

export class PendingCheckpoint {
  readonly trigger: TriggerEffect;
  readonly attempt: number;
  #phase: PendingPhase = 'acknowledging';
  #deadlineMs: number;
  readonly #missing: Set<string>;

  constructor(trigger: TriggerEffect, options: { attempt: number; deadlineMs: number }) {
    assert(trigger.subtasks.length > 0, 'somebody is to acknowledge a checkpoint');
    this.trigger = trigger;
    this.attempt = options.attempt;
    this.#deadlineMs = options.deadlineMs;
    this.#missing = new Set(trigger.subtasks.map(subtaskKey));
  }

  get id(): number {
    return this.trigger.checkpointId;
  }

  get phase(): PendingPhase {
    return this.#phase;
  }

  /** When the present phase has taken too long. */
  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  get isSavepoint(): boolean {
    return this.trigger.snapshot === 'savepoint';
  }

  get stopsJob(): boolean {
    return this.trigger.stop !== 'none';
  }

  isMissing(subtask: SubtaskName): boolean {
    return this.#missing.has(subtaskKey(subtask));
  }

  /** True when it was the last one; a subtask that repeats itself, or is a stranger, changes nothing. */
  acknowledge(subtask: SubtaskName): boolean {
    assert(this.#phase === 'acknowledging', 'a checkpoint is acknowledged before it is written');
    return this.#missing.delete(subtaskKey(subtask)) && this.#missing.size === 0;
  }

  become(phase: PendingPhase): void {
    assert(
      nextPhases[this.#phase].includes(phase),
      `a checkpoint that is ${this.#phase} does not become ${phase}`,
    );
    this.#phase = phase;
  }

  finalizeUntil(deadlineMs: number): void {
    this.become('finalizing');
    this.#deadlineMs = deadlineMs;
  }

  /** Its deadline has had its effect. */
  waitForEver(): void {
    this.#deadlineMs = Infinity;
  }
}

function subtaskKey(subtask: SubtaskName): string {
  return `${subtask.vertexId}/${subtask.subtask}`;
}
