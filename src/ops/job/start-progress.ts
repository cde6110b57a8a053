/**
 * How far a job is on its way to work. Flink calls a job RUNNING as soon as it is scheduled, also
 * when no task of it runs for want of slots; a savepoint needs all of them.
 */
import type { JobStatus } from '../../flink/model/job-status.ts';

export type StartProgress =
  /** All tasks that are to run now do. */
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly state: JobStatus }
  | { readonly kind: 'restarting' }
  /** `waiting` of `total` tasks have no slot yet. */
  | { readonly kind: 'no-slots'; readonly waiting: number; readonly total: number }
  | { readonly kind: 'starting' };

export interface StartedJob {
  readonly state: JobStatus;
  /** By state in lower case, and `total`. */
  readonly tasks: Readonly<Record<string, number>>;
}

export function startProgress({ state, tasks }: StartedJob): StartProgress {
  switch (state) {
    case 'FINISHED':
    case 'FAILED':
    case 'CANCELED':
    case 'CANCELLING':
      return { kind: 'ended', state };
    case 'RESTARTING':
    case 'FAILING':
      return { kind: 'restarting' };
    case 'RUNNING':
      return progressOfTasks(tasks);
    default:
      return { kind: 'starting' };
  }
}

/** Tasks of a later stage of a batch job are `created` while those before them run. */
function progressOfTasks(tasks: StartedJob['tasks']): StartProgress {
  const count = (state: string): number => tasks[state] ?? 0;
  const waiting = count('scheduled');
  const deploying = count('deploying') + count('initializing');
  const working = count('running') + count('finished');
  if (waiting === 0 && deploying === 0 && working > 0) return { kind: 'running' };
  // Slots are given to all tasks of a region at once: where some are deployed, the rest follows.
  if (waiting > 0 && deploying === 0) {
    return { kind: 'no-slots', waiting, total: count('total') };
  }
  return { kind: 'starting' };
}
