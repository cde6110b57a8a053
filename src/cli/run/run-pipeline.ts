/**
 * `drey run`: from a pipeline file to a finished job. Decides about signals, progress and the
 * summary; what is shown of them is the observer's. Rows of print sinks go to standard output
 * straight from the engine.
 */
import { InterruptedError, UsageError } from '../../errors/drey-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { JobHandle, JobProgress, JobSummary } from '../../engine/minicluster.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import type { Platform } from '../../platform/platform.ts';
import type { StopSignal } from '../../platform/signals.ts';
import { keysNotHonoured } from '../pipeline/honoured-configuration.ts';
import { readPipeline, type PipelineRequest } from '../pipeline/read-pipeline.ts';
import { SummaryFile } from './summary-file.ts';

export interface RunRequest extends PipelineRequest {
  /** Null: as the file says. */
  readonly parallelism: number | null;
  /** Null: no summary file. */
  readonly summaryFile: string | null;
}

/** Told what happens, in this order; `text` is the pipeline file, for code frames. */
export interface RunObserver {
  warned(findings: readonly Finding[], text: string): void;
  notHonoured(keys: readonly string[]): void;
  /** `printsRows`: the engine writes rows to standard output from now on. */
  started(printsRows: boolean): void;
  progressed(progress: JobProgress): void;
  /** The last call, for every job that was started. */
  ended(summary: JobSummary): void;
}

/** About four times a second: smooth for the eye and nothing for the processor. */
const PROGRESS_INTERVAL_MS = 250;

/**
 * Resolves when the job FINISHED, or when nobody reads standard output any more. Throws what made
 * the job fail, or an InterruptedError after an orderly stop.
 */
export async function runPipeline(
  request: RunRequest,
  platform: Platform,
  observer: RunObserver,
): Promise<JobSummary> {
  const { plan: written, findings, text } = await readPipeline(request, platform);
  const plan = withParallelism(written, request.parallelism);
  if (findings.length > 0) observer.warned(findings, text);
  const ignored = keysNotHonoured(plan);
  if (ignored.length > 0) observer.notHonoured(ignored);
  const { toStreamGraph } = await import('../../pipeline/to-engine/stream-graph.ts');
  const { startJob } = await import('../../engine/minicluster.ts');
  const graph = toStreamGraph(plan);
  const summaryFile = await SummaryFile.open(request.summaryFile, platform.files);
  observer.started(printsRows(plan));
  const job = startJob(graph, platform);
  const watch = watchJob({ job, name: plan.name }, platform, observer);
  try {
    const outcome = Promise.race([job.done, watch.stoppedAtOnce]);
    const summary = await outcome.catch(() => interimSummary(job, plan.name, 'FAILED'));
    observer.ended(summary);
    await summaryFile.write(summary);
    // Throws what made the job fail.
    await outcome;
    const signal = watch.firstSignal();
    if (signal !== null && summary.state !== 'FINISHED') throw interrupted(signal, summary);
    return summary;
  } finally {
    watch.end();
    await summaryFile.close();
  }
}

/**
 * As `-p` of Flink's command line: the default of the job. A node keeps what its own field says,
 * as far as that differs from the file's default.
 */
export function withParallelism(plan: LogicalPlan, parallelism: number | null): LogicalPlan {
  if (parallelism === null) return plan;
  if (plan.maxParallelism !== null && parallelism > plan.maxParallelism) {
    throw new UsageError(
      'DREY_USAGE',
      `--parallelism ${parallelism} is above the pipeline's max-parallelism ${plan.maxParallelism}`,
      { hint: `Give at most ${plan.maxParallelism}.` },
    );
  }
  const nodes = plan.nodes.map((node) =>
    node.parallelism === plan.parallelism ? { ...node, parallelism } : node,
  );
  return { ...plan, parallelism, nodes };
}

function printsRows(plan: LogicalPlan): boolean {
  return plan.nodes.some((node) => node.kind === 'sink' && node.connector.kind === 'print');
}

interface JobWatch {
  /** Resolves at the second signal: nobody waits for the job any more. */
  readonly stoppedAtOnce: Promise<JobSummary>;
  firstSignal(): StopSignal | null;
  end(): void;
}

/** The first signal asks the job to stop in order, the second one stops waiting for it. */
function watchJob(
  { job, name }: { readonly job: JobHandle; readonly name: string },
  platform: Platform,
  observer: RunObserver,
): JobWatch {
  let first: StopSignal | null = null;
  let unsubscribe = (): void => undefined;
  const stoppedAtOnce = new Promise<JobSummary>((resolve) => {
    unsubscribe = platform.signals.subscribe((signal) => {
      if (first !== null) resolve(interimSummary(job, name, 'CANCELED'));
      first ??= signal;
      job.stop();
    });
  });
  const tick = (): void => {
    observer.progressed(job.progress());
    timer = platform.timers.after(PROGRESS_INTERVAL_MS, tick, { keepAlive: false });
  };
  let timer = platform.timers.after(PROGRESS_INTERVAL_MS, tick, { keepAlive: false });
  return {
    stoppedAtOnce,
    firstSignal: () => first,
    end: () => {
      unsubscribe();
      timer.cancel();
    },
  };
}

function interrupted(signal: StopSignal, summary: JobSummary): InterruptedError {
  return new InterruptedError(signal, `${summary.name} was stopped by ${signal}`, {
    hint: 'The rows so far are complete windows only; run it again to get all of them.',
    details: { summary },
  });
}

/** Of a job that did not end in order. */
function interimSummary(job: JobHandle, name: string, state: 'CANCELED' | 'FAILED'): JobSummary {
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
