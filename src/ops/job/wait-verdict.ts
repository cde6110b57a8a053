/** Whether the waiting for a job is over, and well. */
import { isTerminal, type JobStatus } from '../../flink/model/job-status.ts';
import { startProgress, type StartedJob } from './start-progress.ts';

/** RUNNING with all its tasks; `ended`: FINISHED or CANCELED, whichever comes. */
export const awaitedStates = ['RUNNING', 'FINISHED', 'CANCELED', 'FAILED', 'ended'] as const;
export type AwaitedState = (typeof awaitedStates)[number];

export type WaitVerdict =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'reached' }
  /** It FAILED, which was not asked for. */
  | { readonly kind: 'failed' }
  /** It has ended and will not come to any of the states. */
  | { readonly kind: 'missed'; readonly state: JobStatus };

/** `awaited`: any of them will do. */
export function waitVerdict(job: StartedJob, awaited: readonly AwaitedState[]): WaitVerdict {
  const { state } = job;
  if (!isTerminal(state)) {
    const isRunning = awaited.includes('RUNNING') && startProgress(job).kind === 'running';
    return { kind: isRunning ? 'reached' : 'waiting' };
  }
  if (awaited.some((wanted) => wanted === state)) return { kind: 'reached' };
  if (state === 'FAILED') return { kind: 'failed' };
  return awaited.includes('ended') ? { kind: 'reached' } : { kind: 'missed', state };
}
