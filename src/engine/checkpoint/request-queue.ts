/**
 * Snapshots that someone has asked for and that have not started. Savepoints leave it first, then
 * checkpoints, each in the order in which they came.
 */
import type { SnapshotRequest } from './coordinator-events.ts';
import type { SnapshotKind } from './job-snapshot.ts';

/** Source: Flink, CheckpointRequestDecider.DEFAULT_MAX_QUEUED_REQUESTS. */
export const QUEUED_REQUESTS_MAX = 1_000;

export interface QueuedRequest {
  readonly requestId: string;
  readonly request: SnapshotRequest;
}

export class RequestQueue {
  #waiting: QueuedRequest[] = [];

  has(kind: SnapshotKind): boolean {
    return this.#waiting.some(({ request }) => request.kind === kind);
  }

  /** False: it is full. */
  push(queued: QueuedRequest): boolean {
    if (this.#waiting.length >= QUEUED_REQUESTS_MAX) return false;
    this.#waiting.push(queued);
    return true;
  }

  take(kind: SnapshotKind): QueuedRequest | null {
    const at = this.#waiting.findIndex(({ request }) => request.kind === kind);
    return at === -1 ? null : (this.#waiting.splice(at, 1)[0] ?? null);
  }

  takeAll(): readonly QueuedRequest[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}
