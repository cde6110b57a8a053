/**
 * Runs a pipeline the way `drey run` does, on a simulated platform: its text goes through the
 * loader and the plan, the job through the mini cluster, files and standard output are in memory.
 */
import { withParallelism } from '../../src/cli/run/run-pipeline.ts';
import type {
  BackendOptions,
  JobHandle,
  JobRecovery,
  JobSummary,
  JobWarning,
  PickSubtask,
} from '../../src/engine/minicluster.ts';
import { loadModules, startJob } from '../../src/engine/minicluster.ts';
import { toStreamGraph } from '../../src/pipeline/to-engine/stream-graph.ts';
import {
  createSimulatedPlatform,
  type SimulatedPlatform,
  type SimulationOptions,
} from '../../src/platform/simulated/simulated-platform.ts';
import { planOf } from '../pipeline/load-text.ts';
import { withRealWorldShut } from '../../src/platform/simulated/shut-real-world.ts';

/** Where the pipeline lies in the simulated world; its relative paths start there. */
export const jobFolder = '/work';

export interface SimulatedJob {
  readonly pipeline: string;
  /** By path from `jobFolder`. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly parallelism?: number;
  /** Told what does not end the job. */
  readonly warn?: (warning: JobWarning) => void;
  /** How it survives failures; left out: it does not. */
  readonly recovery?: JobRecovery;
  readonly pick?: PickSubtask;
  readonly stateBackend?: BackendOptions;
}

export interface FinishedJob {
  readonly summary: JobSummary;
  readonly output: string;
  /** Digest of all that happened, in its order. */
  readonly traceHash: string;
}

export interface StartedJob {
  readonly platform: SimulatedPlatform;
  readonly handle: JobHandle;
}

/** Runs a job to its end; rejects with what made it fail. */
export async function runSimulated(
  job: SimulatedJob,
  options: Omit<SimulationOptions, 'files'>,
): Promise<FinishedJob> {
  return withRealWorldShut(async () => {
    const { platform, handle } = await startSimulated(job, options);
    const summary = await platform.drive(handle.done);
    return {
      summary,
      output: outputOf(platform),
      traceHash: platform.scheduler.traceHash,
    };
  });
}

/** Starts a job and stands still: nothing happens until the caller drives the platform. */
export async function startSimulated(
  job: SimulatedJob,
  options: Omit<SimulationOptions, 'files'>,
): Promise<StartedJob> {
  const platform = createSimulatedPlatform({
    workingDirectory: jobFolder,
    ...options,
    files: Object.fromEntries(
      Object.entries(job.files).map(([path, content]) => [`${jobFolder}/${path}`, content]),
    ),
  });
  return { platform, handle: await startOn(platform, job) };
}

/** Starts a job in a world that is there already, with the files that it holds. */
export async function startOn(
  platform: SimulatedPlatform,
  job: Omit<SimulatedJob, 'files'>,
): Promise<JobHandle> {
  const plan = await planOf(job.pipeline, { folder: jobFolder, workingDirectory: jobFolder });
  const graph = toStreamGraph(withParallelism(plan, job.parallelism ?? null));
  const modules = await loadModules(graph, platform);
  const { warn, recovery, pick, stateBackend } = job;
  return startJob(graph, platform, { modules, warn, recovery, pick, stateBackend });
}

export function outputOf(platform: SimulatedPlatform): string {
  return new TextDecoder().decode(platform.streams.output);
}
