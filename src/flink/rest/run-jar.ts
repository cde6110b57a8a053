/**
 * Runs an uploaded jar so that its job starts once: the job's id is chosen before the request, and
 * the cluster refuses a second job of the same id. An answer that was lost is made good by asking
 * for the job. Invariant: the same request is sent again only to the JobManager that had the first.
 */
import type { JarId, JobId } from '../model/identifiers.ts';
import type { JobSummary } from '../model/job.ts';
import type { FlinkClient } from './flink-client.ts';
import { changeOnce, type Trace } from './idempotent-change.ts';
import type { RunOptions } from './jars.ts';

export interface JarRun {
  readonly jarId: JarId;
  readonly options: RunOptions;
  /** The command that finds out what became of it, for messages. */
  readonly findOut: string;
}

export async function runJar(
  client: FlinkClient,
  { jarId, options, findOut }: JarRun,
): Promise<JobId> {
  const { jobId } = options;
  const capabilities = await client.clusters.capabilities();
  return changeOnce<JobId>(client.transport, {
    what: `the run of ${jarId}`,
    send: () => client.jars.run(jarId, options, capabilities),
    find: () => traceOfJob(client, jobId, jarId),
    unknown: {
      hint: `Find out with: ${findOut} (main() may still be at work)`,
      details: { jarId, jobId },
    },
  });
}

/** From the live list; other endpoints answer from a cache. Undefined: the cluster has none. */
export async function jobOrNone(client: FlinkClient, id: JobId): Promise<JobSummary | undefined> {
  return (await client.jobs.list()).find(({ jobId }) => jobId === id);
}

/**
 * Absent may also mean that main() is still at work. Then two of them submit, and the cluster takes
 * the first: one job in any case. But a jar lies on the disk of one JobManager: where it has gone,
 * another one leads, and the first may submit its job to it at any time.
 */
async function traceOfJob(client: FlinkClient, jobId: JobId, jarId: JarId): Promise<Trace<JobId>> {
  if ((await jobOrNone(client, jobId)) !== undefined) return { kind: 'found', value: jobId };
  const isSameManager = (await client.jars.list()).some((jar) => jar.jarId === jarId);
  if (isSameManager) return { kind: 'absent' };
  return { kind: 'unknown', because: `the JobManager that had the jar ${jarId} was replaced` };
}
