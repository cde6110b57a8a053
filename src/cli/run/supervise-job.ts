/**
 * Watches over one job until it ends: signals, progress, the summary. Knows the job by its handle
 * only.
 */
import type { JobHandle, JobProgress, JobSummary } from '../../engine/minicluster.ts';
import { InterruptedError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { StopSignal } from '../../platform/signals.ts';

/** Why a job is over; `output-closed`: nobody reads its rows any more. */
export type EndReason = 'finished' | 'failed' | 'signal' | 'output-closed';

/** Told what happens to the job. */
export interface JobObserver {
  progressed(progress: JobProgress): void;
  /** The last call, for every job. */
  ended(summary: JobSummary, because: EndReason): void;
}

export interface SupervisedJob {
  readonly job: JobHandle;
  /** The pipeline's. */
  readonly name: string;
  /** Writes the summary where the user asked for it; called once, before the result is known. */
  readonly record: (summary: JobSummary) => Promise<void>;
}

/** About four times a second: smooth for the eye and nothing for the processor. */
const PROGRESS_INTERVAL_MS = 250;

/**
 * Resolves when the job FINISHED, or when it was CANCELED because nobody reads its output. Throws
 * what made the job fail, or an InterruptedError after a stop by signal: the first signal asks
 * for an orderly stop, the second one is not waited for.
 */
export async function superviseJob(
  { job, name, record }: SupervisedJob,
  platform: Platform,
  observer: JobObserver,
): Promise<JobSummary> {
  const progress = showProgress(job, platform, observer);
  const interruption = listen(job, platform);
  try {
    const stoppedAtOnce = interruption.second.then(() => unfinished(job, name, 'CANCELED'));
    const outcome = Promise.race([job.done, stoppedAtOnce]);
    const summary = await outcome.catch(() => unfinished(job, name, 'FAILED'));
    const signal = interruption.first();
    observer.ended(summary, reasonOf(summary, signal));
    await record(summary);
    // Throws what made the job fail.
    await outcome;
    if (signal !== null && summary.state !== 'FINISHED') throw interrupted(signal, summary);
    return summary;
  } finally {
    progress.end();
    interruption.end();
  }
}

function reasonOf({ state }: JobSummary, signal: StopSignal | null): EndReason {
  if (state === 'FINISHED') return 'finished';
  if (state === 'FAILED') return 'failed';
  return signal === null ? 'output-closed' : 'signal';
}

function showProgress(
  job: JobHandle,
  platform: Platform,
  observer: JobObserver,
): { readonly end: () => void } {
  const wait = () => platform.timers.after(PROGRESS_INTERVAL_MS, tick, { keepAlive: false });
  const tick = (): void => {
    observer.progressed(job.progress());
    timer = wait();
  };
  let timer = wait();
  return { end: () => timer.cancel() };
}

interface Interruption {
  /** Null: no signal came. */
  readonly first: () => StopSignal | null;
  readonly second: Promise<void>;
  readonly end: () => void;
}

function listen(job: JobHandle, platform: Platform): Interruption {
  let first: StopSignal | null = null;
  let end = (): void => undefined;
  const second = new Promise<void>((resolve) => {
    end = platform.signals.subscribe((signal) => {
      if (first !== null) resolve();
      first ??= signal;
      job.stop();
    });
  });
  return { first: () => first, second, end: () => end() };
}

function interrupted(signal: StopSignal, summary: JobSummary): InterruptedError {
  return new InterruptedError(signal, `${summary.name} was stopped by ${signal}`, {
    hint: 'The rows that were printed are complete; run it again to get all of them.',
    details: { summary },
  });
}

/** The summary of a job that gave none itself. */
function unfinished(job: JobHandle, name: string, state: 'CANCELED' | 'FAILED'): JobSummary {
  const { bytesRead: _read, bytesTotal: _total, ...counts } = job.progress();
  return {
    jobId: job.jobId,
    name,
    state,
    ...counts,
    checkpoints: { completed: 0, failed: 0, latest: null },
    restoredFrom: null,
  };
}
