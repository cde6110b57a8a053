/**
 * Why a job in its state cannot be stopped with a savepoint, and what to do instead. A savepoint
 * needs all tasks of the job at work.
 */
import type { JobStatus } from '../../flink/model/job-status.ts';
import { startProgress, type StartedJob } from './start-progress.ts';

export interface StopAdvice {
  /** After `job x (id)`. */
  readonly because: string;
  /** A sentence. */
  readonly hint: string;
  readonly next: NextCommand | null;
}

/** A command of drey, and what it is for. */
export interface NextCommand {
  readonly label: string;
  readonly words: (jobId: string) => readonly string[];
}

const wait: NextCommand = {
  label: 'Wait until they do',
  words: (jobId) => ['job', 'wait', jobId, '--for', 'RUNNING'],
};
const waitForJob: NextCommand = { ...wait, label: 'Wait until it runs' };
const why: NextCommand = { label: 'Why it failed', words: (jobId) => ['job', 'exceptions', jobId] };
const show: NextCommand = { label: 'Look at it', words: (jobId) => ['job', 'show', jobId] };

/** Null: it can be stopped. */
export function stopAdvice(job: StartedJob): StopAdvice | null {
  const progress = startProgress(job);
  if (progress.kind === 'running') return null;
  if (progress.kind === 'no-slots') {
    const because = `cannot be stopped with a savepoint: ${progress.waiting} of its ${progress.total} tasks wait for slots`;
    return { because, hint: 'It does no work yet; job cancel ends it.', next: show };
  }
  if (job.state === 'RUNNING') {
    const because = 'cannot be stopped with a savepoint yet: not all of its tasks run';
    return { because, hint: 'A savepoint needs all of them.', next: wait };
  }
  return adviceOfState(job.state);
}

function adviceOfState(state: JobStatus): StopAdvice {
  const because = `is ${state} and cannot be stopped with a savepoint`;
  switch (state) {
    case 'FINISHED':
    case 'CANCELED':
      return { because, hint: 'It has ended.', next: null };
    case 'FAILED':
      return { because, hint: 'It has ended.', next: why };
    case 'CANCELLING':
      return { because, hint: 'Somebody cancels it just now.', next: null };
    case 'RESTARTING':
    case 'FAILING':
      return { because, hint: 'It fails again and again; job cancel ends it.', next: why };
    case 'SUSPENDED':
    case 'RECONCILING':
      return { because, hint: 'A JobManager is just taking it over.', next: waitForJob };
    default:
      return { because, hint: 'It is just being started.', next: waitForJob };
  }
}
