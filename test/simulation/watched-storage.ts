/**
 * The storage of a job as the simulation sees it: tells the oracle where each snapshot cuts the
 * input, tells the phases, and fails where a fault says so.
 */
import { EngineError } from '../../src/errors/drey-error.ts';
import type {
  OperatorHeader,
  PendingSnapshot,
  SnapshotOrder,
} from '../../src/engine/checkpoint/snapshot-storage.ts';
import type { JobIdentity, JobStorage } from '../../src/engine/minicluster.ts';
import type { StatePart } from '../../src/engine/state/state-part.ts';
import type { Oracle } from './oracle.ts';
import type { PhaseTracker } from './phase-tracker.ts';

export type StorageMoment = 'begin' | 'add' | 'complete' | 'read';

export interface WatchedStorageParts {
  readonly oracle: Oracle;
  readonly tracker: PhaseTracker;
  /** True: it fails here. */
  readonly fails: (moment: StorageMoment) => boolean;
  readonly vertexOf: (uid: string) => string;
  /** Passes while a part is taken. */
  readonly pause: () => Promise<void>;
}

export function watchedStorage(
  inner: JobStorage,
  job: JobIdentity,
  parts: WatchedStorageParts,
): JobStorage {
  const fail = (moment: StorageMoment): void => {
    if (!parts.fails(moment)) return;
    throw new EngineError('DREY_CHECKPOINT_FAILED', `the storage fails: ${moment}`);
  };
  return {
    open: () => inner.open(),
    begin: async (order) => {
      fail('begin');
      const pending = await inner.begin(order);
      return watchedPending(pending, order, { ...parts, job, fail });
    },
    discard: (snapshot) => inner.discard(snapshot),
    adopt: (snapshot, location, isOwned) => inner.adopt(snapshot, location, isOwned),
    close: () => inner.close(),
    checkAllowed: async () => inner.checkAllowed?.(),
    onLost: (listener) => inner.onLost?.(listener),
    read: async (location) => {
      fail('read');
      return inner.read(location);
    },
    appendStatistics: (line) => {
      inner.appendStatistics?.(line);
    },
    jobEnded: async (end, retained) => (await inner.jobEnded?.(end, retained)) ?? true,
  };
}

interface PendingParts extends WatchedStorageParts {
  readonly job: JobIdentity;
  readonly fail: (moment: StorageMoment) => void;
}

function watchedPending(
  inner: PendingSnapshot,
  order: SnapshotOrder,
  { oracle, tracker, job, fail, pause, vertexOf }: PendingParts,
): PendingSnapshot {
  const builder = oracle.builder(job.jobId, order);
  const { checkpointId } = order;
  let hasRowsInFlight = false;
  return {
    add: async (uid: string, subtask: number, part: StatePart) => {
      builder.add(part);
      if (part.kind === 'input-channel') hasRowsInFlight = true;
      tracker.adding(checkpointId);
      try {
        await pause();
        fail('add');
        await inner.add(uid, subtask, part);
      } finally {
        tracker.added(checkpointId, vertexOf(uid), subtask);
      }
    },
    markFinished: (uid, subtask) => {
      inner.markFinished(uid, subtask);
    },
    complete: async (operators: readonly OperatorHeader[]) => {
      builder.finish(operators);
      fail('complete');
      const complete = await inner.complete(operators);
      if (hasRowsInFlight) oracle.inFlight++;
      return complete;
    },
    abort: () => inner.abort(),
  };
}
