/** Judges why a process has failed: what the schedule has done to it explains it, or the engine is wrong. */
import { BugError, DreyError, VerificationError } from '../../src/errors/drey-error.ts';
import type { ChangedInput } from './between-processes.ts';
import { Violation } from './oracle.ts';
import type { DocumentOptions } from './workload-document.ts';

export interface FailedProcess {
  readonly document: DocumentOptions;
  readonly changedInput: ChangedInput | null;
  /** A fault has struck while it ran, or not long before. */
  readonly hasCause: boolean;
}

/** What the next process does about it; what is left out stays. */
export interface AfterFailure {
  readonly document?: DocumentOptions;
  readonly parallelism?: number;
  readonly waitMs?: number;
}

/** A lock whose holder may be alive is tried again. */
const RETRY_MS = 12_000;
const EXIT_LOCKED = 11;

/** Throws Violation when nothing explains it. */
export function judgeFailure(error: unknown, failed: FailedProcess): AfterFailure {
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  if (!(error instanceof DreyError) || error instanceof BugError) {
    const stack = error instanceof Error ? error.stack : '';
    throw new Violation(`the engine has a bug: ${text}\n${stack}`);
  }
  if (error.code === 'DREY_RESTORE_MISMATCH' && failed.document.extra === 'renamed') {
    if (!/\bresult\b/.test(error.message)) throw new Violation(`names no operator: ${text}`);
    return { document: {} };
  }
  const undivided = /rows in flight .* its (\d+) subtasks/.exec(error.message)?.[1];
  if (error.code === 'DREY_RESTORE_MISMATCH' && undivided !== undefined) {
    return { parallelism: Number(undivided) };
  }
  if (error.code === 'DREY_FILE_CHANGED') {
    const { isRefused = false, path = '' } = failed.changedInput ?? {};
    if (!isRefused || !error.message.includes(path)) throw new Violation(`refused: ${text}`);
    return {};
  }
  if (error instanceof VerificationError) throw new Violation(`refused its own state: ${text}`);
  const isLocked = error.exitCode === EXIT_LOCKED;
  if (!failed.hasCause && !isLocked) throw new Violation(`failed without a fault: ${text}`);
  return isLocked ? { waitMs: RETRY_MS } : {};
}
