/**
 * `drey run`: from a pipeline file to a finished job. What is shown of it is the observer's. Rows
 * of print sinks go to standard output straight from the engine.
 */
import type {
  CheckpointStatistics,
  JobHandle,
  JobRecovery,
  JobSummary,
  JobWarning,
} from '../../engine/minicluster.ts';
import { UsageError } from '../../errors/drey-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { LogicalPlan } from '../../pipeline/plan/logical-plan.ts';
import type { Platform } from '../../platform/platform.ts';
import { ignoredKeys, type IgnoredKeys } from '../pipeline/honoured-configuration.ts';
import { readPipeline, type PipelineRequest } from '../pipeline/read-pipeline.ts';
import type { RecoverySettings } from '../recovery/recovery-settings.ts';
import type { RecoveryRequest } from './recovery-of-run.ts';
import type { RestoredPipeline, RestoreRequest, StartingPoint } from './restore-point.ts';
import { SummaryFile } from './summary-file.ts';
import { superviseJob, type JobObserver } from './supervise-job.ts';

export interface RunRequest extends PipelineRequest, RestoreRequest, RecoveryRequest {
  /** Null: as the file says. */
  readonly parallelism: number | null;
  /** Null: no summary file. */
  readonly summaryFile: string | null;
  /** The progress line names the lag of Kafka's partitions; left out: it does not. */
  readonly showsLag?: boolean;
}

export type RestoredFrom = NonNullable<JobRecovery['restoreFrom']>;

/** Told what happens, in this order, and then what a JobObserver is told. */
export interface RunObserver extends JobObserver {
  /** `text`: of the pipeline file, for code frames. */
  warned(findings: readonly Finding[], text: string): void;
  /** Once, when there are such keys. */
  ignored(keys: IgnoredKeys): void;
  /** Of the running job: what does not end it. */
  warnedOf(warning: JobWarning): void;
  /** Of the running job: a checkpoint or savepoint has become complete or has failed. */
  checkpointEnded(checkpoint: CheckpointStatistics): void;
  /** The job goes on from this snapshot. */
  restored(from: RestoredFrom): void;
  /** The last call where there is nothing to do: the latest run has come to its end. */
  alreadyFinished(summary: JobSummary, directory: string): void;
  /** `printsRows`: the engine writes rows to standard output from now on. */
  started(printsRows: boolean): void;
}

/** Resolves and throws as `superviseJob`, or throws what is wrong with the file. */
export async function runPipeline(
  request: RunRequest,
  platform: Platform,
  observer: RunObserver,
): Promise<JobSummary> {
  const { plan: written, findings, text, file } = await readPipeline(request, platform);
  const plan = withParallelism(written, request.parallelism);
  refuseSharedInput(request, plan);
  if (findings.length > 0) observer.warned(findings, text);
  const keys = ignoredKeys(plan);
  if (keys.notYet.length + keys.notApplicable.length > 0) observer.ignored(keys);
  const { settingsOfRun, stopFolderOf } = await import('./recovery-of-run.ts');
  const settings = settingsOfRun(plan, { file, text }, platform);
  if (settings.embeddedFindings.length > 0) observer.warned(settings.embeddedFindings, text);
  const savepointFolder = stopFolderOf(settings, request);
  const summaryFile = await SummaryFile.open(request.summaryFile, platform.files);
  try {
    const point = await startingPointOf(request, { name: plan.name, settings }, platform);
    observer.started(printsRows(plan));
    if (point.kind === 'finished') {
      const summary = finishedBefore(plan.name, point.jobId);
      observer.alreadyFinished(summary, point.directory);
      await summaryFile.write(summary);
      return summary;
    }
    const supervised = {
      job: await startPipeline({ request, plan, settings, point }, platform, observer),
      name: plan.name,
      record: (summary: JobSummary) => summaryFile.write(summary),
      savepointFolder,
      isKept: settings.checkpointing.directory !== null,
    };
    return await superviseJob(supervised, platform, observer);
  } finally {
    await summaryFile.close();
  }
}

/** Nothing is loaded that reads snapshots, where there is none to start from. */
async function startingPointOf(
  request: RestoreRequest,
  restored: RestoredPipeline,
  platform: Platform,
): Promise<StartingPoint> {
  if (request.restore === null && restored.settings.restorePath === null) {
    return { kind: 'beginning', lock: null };
  }
  const { findStartingPoint } = await import('./restore-point.ts');
  return findStartingPoint(request, restored, platform);
}

interface StartedPipeline {
  readonly request: RunRequest;
  readonly plan: LogicalPlan;
  readonly settings: RecoverySettings;
  readonly point: Exclude<StartingPoint, { readonly kind: 'finished' }>;
}

/** The lock that it was given is then the job's. */
async function startPipeline(
  { request, plan, settings, point }: StartedPipeline,
  platform: Platform,
  observer: RunObserver,
): Promise<JobHandle> {
  try {
    return await startWith({ request, plan, settings, point }, platform, observer);
  } catch (error) {
    await point.lock?.release();
    throw error;
  }
}

async function startWith(
  { request, plan, settings, point }: StartedPipeline,
  platform: Platform,
  observer: RunObserver,
): Promise<JobHandle> {
  const { toStreamGraph } = await import('../../pipeline/to-engine/stream-graph.ts');
  const { loadModules, startJob } = await import('../../engine/minicluster.ts');
  const { backendOf, recoveryOfRun } = await import('./recovery-of-run.ts');
  const restoreFrom = point.kind === 'snapshot' ? point.restoreFrom : null;
  const graph = toStreamGraph(plan);
  const modules = await loadModules(graph, platform);
  const recovery = await recoveryOfRun(settings, restoreFrom, {
    request,
    platform,
    lock: point.lock,
    ended: (checkpoint) => {
      observer.checkpointEnded(checkpoint);
    },
  });
  const { platformOf } = await import('./place-files.ts');
  const job = startJob(graph, await platformOf(plan, platform), {
    modules,
    warn: (warning) => {
      observer.warnedOf(warning);
    },
    recovery,
    stateBackend: backendOf(settings, platform),
    bufferTimeoutMs: settings.bufferTimeoutMs,
  });
  // Only now it is known that the state fits.
  if (restoreFrom !== null) observer.restored(restoreFrom);
  return job;
}

/** Of a run that had nothing to do. */
function finishedBefore(name: string, jobId: string): JobSummary {
  return {
    jobId,
    name,
    state: 'FINISHED',
    recordsIn: 0,
    recordsOut: 0,
    lateRecords: 0,
    deadRecords: 0,
    watermarkAtMs: null,
    checkpoints: { completed: 0, failed: 0, latest: null },
    durationMs: 0,
    restoredFrom: null,
  };
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

/** Standard input is read once: by the pipeline file or by a source. */
function refuseSharedInput(request: RunRequest, plan: LogicalPlan): void {
  const source = plan.nodes.find(
    (node) => node.kind === 'source' && node.connector.kind === 'stdin',
  );
  if (request.file !== '-' || source === undefined) return;
  throw new UsageError(
    'DREY_USAGE',
    `the pipeline is read from standard input, which its source ${source.name} reads too`,
    { hint: 'Give the pipeline as a file.' },
  );
}

function printsRows(plan: LogicalPlan): boolean {
  return plan.nodes.some((node) => node.kind === 'sink' && node.connector.kind === 'print');
}
