/**
 * Watches over one job until it ends: signals, progress, the summary. Knows the job by its handle
 * only.
 */
import type {
  CheckpointOverview,
  JobHandle,
  JobProgress,
  JobSummary,
} from '../../engine/minicluster.ts';
import { DreyError, InterruptedError } from '../../errors/drey-error.ts';
import type { Platform } from '../../platform/platform.ts';
import type { StopSignal } from '../../platform/signals.ts';

/** Why a job is over; `output-closed`: nobody reads its rows any more. */
export type EndReason = 'finished' | 'failed' | 'signal' | 'output-closed';

/** Told what happens to the job. */
export interface JobObserver {
  /** `checkpoints`: null where the job takes none. */
  progressed(progress: JobProgress, checkpoints: CheckpointOverview | null): void;
  /** A signal has come, and a savepoint is taken before the job ends. */
  takingSavepoint(signal: StopSignal): void;
  /** The last call, for every job. */
  ended(summary: JobSummary, because: EndReason): void;
}

export interface SupervisedJob {
  readonly job: JobHandle;
  /** The pipeline's. */
  readonly name: string;
  /** Writes the summary where the user asked for it; called once, before the result is known. */
  readonly record: (summary: JobSummary) => Promise<void>;
  /** Where the first signal has a savepoint taken; null: it has none. */
  readonly savepointFolder: string | null;
  /** The job can be gone on with after the end of this process. */
  readonly isKept: boolean;
}

/** About four times a second: smooth for the eye and nothing for the processor. */
const PROGRESS_INTERVAL_MS = 250;
/**
 * A storage that does not answer must not hold up a stop, for which users are promised two seconds;
 * the rest is for the end of the process. What was not tidied is tidied by the next run.
 */
const STOP_MS = 1_500;

/**
 * Resolves when the job FINISHED, or when it was CANCELED because nobody reads its output. Throws
 * what made the job fail, or an InterruptedError after a stop by signal: the first signal asks
 * for an orderly stop, the second one is not waited for. A savepoint that was to be taken before
 * the stop and failed is thrown instead.
 */
export async function superviseJob(
  supervised: SupervisedJob,
  platform: Platform,
  observer: JobObserver,
): Promise<JobSummary> {
  const { job, record } = supervised;
  const progress = showProgress(job, platform, observer);
  const interruption = listen(supervised, platform, observer);
  try {
    const stoppedAtOnce = interruption.isOver.then(() => job.summary('CANCELED'));
    const outcome = Promise.race([job.done, stoppedAtOnce]);
    const ended = await outcome.catch(() => job.summary('FAILED'));
    const { savepoint } = interruption;
    const summary = typeof savepoint === 'string' ? { ...ended, savepoint } : ended;
    const signal = interruption.first;
    observer.ended(summary, reasonOf(summary, signal));
    await record(summary);
    // Throws what made the job fail.
    await outcome;
    if (signal === null || summary.state === 'FINISHED') return summary;
    if (savepoint instanceof DreyError) throw savepoint;
    throw interrupted(signal, summary, supervised);
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
    observer.progressed(job.progress(), job.checkpointStatistics());
    timer = wait();
  };
  let timer = wait();
  return { end: () => timer.cancel() };
}

interface Interruption {
  /** Null: no signal came. */
  readonly first: StopSignal | null;
  /** Location of the savepoint of the stop, or why there is none; null: none was asked for, or not yet. */
  readonly savepoint: string | DreyError | null;
  /** The job is not waited for any more. */
  readonly isOver: Promise<void>;
  readonly end: () => void;
}

function listen(
  { job, savepointFolder }: SupervisedJob,
  platform: Platform,
  observer: JobObserver,
): Interruption {
  let first: StopSignal | null = null;
  let savepoint: string | DreyError | null = null;
  let unsubscribe = (): void => undefined;
  let timer: { cancel: () => void } | null = null;
  const isOver = new Promise<void>((resolve) => {
    const stop = (): void => {
      job.stop();
      timer ??= platform.timers.after(STOP_MS, resolve, { keepAlive: false });
    };
    unsubscribe = platform.signals.subscribe((signal) => {
      if (first !== null) {
        resolve();
        return job.stop();
      }
      first = signal;
      if (savepointFolder === null) return stop();
      observer.takingSavepoint(signal);
      job.triggerSavepoint({ targetDirectory: savepointFolder, stop: true }).then(
        ({ location }) => {
          savepoint = location;
        },
        (failure: unknown) => {
          if (failure instanceof DreyError) savepoint = failure;
          stop();
        },
      );
    });
  });
  return {
    get first() {
      return first;
    },
    get savepoint() {
      return savepoint;
    },
    isOver,
    end: () => {
      unsubscribe();
      timer?.cancel();
    },
  };
}

function interrupted(
  signal: StopSignal,
  summary: JobSummary,
  { isKept }: SupervisedJob,
): InterruptedError {
  return new InterruptedError(signal, `${summary.name} was stopped by ${signal}`, {
    hint: hintOf(summary, isKept),
    details: { summary },
  });
}

function hintOf({ savepoint, checkpoints, restoredFrom }: JobSummary, isKept: boolean): string {
  if (savepoint !== undefined) return `Go on with --restore ${savepoint}`;
  if (isKept && (checkpoints.latest ?? restoredFrom) !== null) {
    return 'Go on from the latest checkpoint with --restore latest.';
  }
  return 'The rows that were printed are complete; run it again to get all of them.';
}
