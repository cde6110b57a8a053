/** Those who wait for a snapshot that they have asked for. Each is answered once. */
import { OperationFailedError } from '../../errors/drey-error.ts';
import { failureReasons, type FailureReason } from '../checkpoint/failure-reason.ts';
import type { CompletedSnapshot } from '../checkpoint/snapshot-storage.ts';

interface Waiting {
  readonly resolve: (snapshot: CompletedSnapshot) => void;
  readonly reject: (failure: OperationFailedError) => void;
}

export class SnapshotRequests {
  private readonly waiting = new Map<string, Waiting>();
  private count = 0;

  /** `ask` is given the id under which the answer is to come. */
  wait(ask: (requestId: string) => void): Promise<CompletedSnapshot> {
    const requestId = `request-${++this.count}`;
    return new Promise((resolve, reject) => {
      this.waiting.set(requestId, { resolve, reject });
      ask(requestId);
    });
  }

  complete(requestId: string, snapshot: CompletedSnapshot): void {
    this.take(requestId)?.resolve(snapshot);
  }

  fail(requestId: string, failure: OperationFailedError): void {
    this.take(requestId)?.reject(failure);
  }

  private take(requestId: string): Waiting | undefined {
    const waiting = this.waiting.get(requestId);
    this.waiting.delete(requestId);
    return waiting;
  }
}

export function savepointFailed(reason: FailureReason, message: string): OperationFailedError {
  const why = message === '' ? failureReasons[reason].text : message;
  return new OperationFailedError('DREY_SAVEPOINT_FAILED', `the savepoint failed: ${why}`);
}
