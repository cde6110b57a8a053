/** What can be wrong with a checkpoint or savepoint on disk, as errors that name the file. */
import { errorCodes } from '../../../errors/codes.ts';
import {
  LockedError,
  OperationFailedError,
  RefusedError,
  VerificationError,
} from '../../../errors/drey-error.ts';

/** `how`: ends the sentence "PATH is damaged: ...". */
export function snapshotCorrupt(path: string, how: string, cause?: unknown): VerificationError {
  return new VerificationError('DREY_SNAPSHOT_CORRUPT', `${path} is damaged: ${how}`, {
    hint: errorCodes.DREY_SNAPSHOT_CORRUPT.next,
    details: { path, reason: how },
    ...(cause === undefined ? {} : { cause }),
  });
}

export function snapshotIncomplete(location: string, why: string): VerificationError {
  return new VerificationError(
    'DREY_SNAPSHOT_INCOMPLETE',
    `${location} holds no complete checkpoint or savepoint: ${why}`,
    { hint: errorCodes.DREY_SNAPSHOT_INCOMPLETE.next, details: { path: location, reason: why } },
  );
}

export function snapshotVersion(path: string, version: number, known: number): RefusedError {
  return new RefusedError(
    'DREY_SNAPSHOT_VERSION',
    `${path} has format ${version}, and this drey reads formats 1 to ${known}`,
    { hint: errorCodes.DREY_SNAPSHOT_VERSION.next, details: { path, version, known } },
  );
}

export function snapshotMissing(
  what: string,
  details: Record<string, unknown>,
  hint: string = errorCodes.DREY_SNAPSHOT_NONE.next,
): RefusedError {
  return new RefusedError('DREY_SNAPSHOT_NONE', what, { hint, details });
}

export function snapshotForeign(path: string, why: string): RefusedError {
  return new RefusedError('DREY_SNAPSHOT_FOREIGN', `drey leaves ${path} alone: ${why}`, {
    hint: errorCodes.DREY_SNAPSHOT_FOREIGN.next,
    details: { path, reason: why },
  });
}

export function snapshotTooLarge(
  path: string,
  sizeBytes: number,
  limitBytes: number,
): RefusedError {
  return new RefusedError(
    'DREY_SNAPSHOT_TOO_LARGE',
    `${path} has ${sizeBytes} bytes, more than ${limitBytes}, the limit`,
    { hint: errorCodes.DREY_SNAPSHOT_TOO_LARGE.next, details: { path, sizeBytes, limitBytes } },
  );
}

/** The answer to who completes a snapshot while somebody else gives it up, such as a timeout. */
export function snapshotGivenUp(location: string): OperationFailedError {
  const message = `${location} was given up before it was complete`;
  return new OperationFailedError('DREY_CHECKPOINT_FAILED', message, {
    hint: errorCodes.DREY_CHECKPOINT_FAILED.next,
    retry: 'later',
    details: { path: location },
  });
}

export function checkpointLocked(
  jobName: string,
  directory: string,
  holder: { readonly host: string; readonly processId: number } | null,
): LockedError {
  const who = holder === null ? 'another process' : `process ${holder.processId} on ${holder.host}`;
  return new LockedError(
    'DREY_CHECKPOINT_LOCKED',
    `pipeline ${jobName} is run by ${who} with the checkpoint folder ${directory}`,
    {
      hint: errorCodes.DREY_CHECKPOINT_LOCKED.next,
      retry: 'later',
      details: { jobName, directory, ...holder },
    },
  );
}

export function checkpointFenced(jobName: string, directory: string): LockedError {
  return new LockedError(
    'DREY_CHECKPOINT_FENCED',
    `another run of pipeline ${jobName} took over the checkpoint folder ${directory}`,
    { hint: errorCodes.DREY_CHECKPOINT_FENCED.next, details: { jobName, directory } },
  );
}
