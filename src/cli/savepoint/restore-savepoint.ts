/**
 * `savepoint restore`: starts a job from a savepoint or checkpoint, given by its path or as the
 * latest of a job that the cluster still shows, and proves that the state was restored.
 */
import { RefusedError, UsageError } from '../../errors/drey-error.ts';
import type { CheckpointEntry } from '../../flink/model/checkpoint.ts';
import { formatDuration } from '../../output/humanise.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import type { JarSource } from '../jar/with-jar.ts';
import { resolveJob } from '../job/resolve-job.ts';
import type { RunFlags } from '../job/run-flags.ts';
import { runJob, type RunResult } from '../job/run-job.ts';
import { newestSnapshot } from '../../ops/savepoint/newest-snapshot.ts';

export interface RestoreRequest {
  /** A path, or `latest`. */
  readonly from: string;
  /** Whose latest; null: a path is given. */
  readonly ofJob: string | null;
  /** Older ones are refused; null: any. */
  readonly maxAgeMs: number | null;
  /** A file of this machine when it ends with .jar and is there, else one that was uploaded. */
  readonly jar: string;
  readonly programArguments: readonly string[];
  readonly flags: Omit<RunFlags, 'from-savepoint'>;
}

export async function restoreSavepoint(
  session: ClusterSession,
  request: RestoreRequest,
): Promise<RunResult> {
  const path = request.from === 'latest' ? await latestOf(session, request) : request.from;
  return runJob(session, {
    jar: await jarSource(session, request.jar),
    programArguments: request.programArguments,
    flags: { ...request.flags, 'from-savepoint': path },
  });
}

async function jarSource({ platform }: ClusterSession, argument: string): Promise<JarSource> {
  const isFile = (await platform.files.status(argument))?.kind === 'file';
  return isFile ? { kind: 'file', path: argument } : { kind: 'uploaded', argument };
}

async function latestOf(
  session: ClusterSession,
  { ofJob, maxAgeMs }: RestoreRequest,
): Promise<string> {
  if (ofJob === null) {
    throw new UsageError('DREY_USAGE', 'latest needs --job: whose latest is meant', {
      hint: 'Name the job, or give the path of a savepoint.',
    });
  }
  const { jobId, name } = await resolveJob(session, ofJob);
  const overview = await session.client.checkpoints.overview(jobId);
  const newest = newestSnapshot(overview);
  if (newest === null) throw none(session, name, jobId);
  refuseIfOld(session, newest, maxAgeMs);
  const kind = newest.isSavepoint ? 'savepoint' : 'checkpoint';
  session.status.note(`the latest of job ${name} is ${kind} ${newest.id} at ${newest.location}`);
  return newest.location;
}

function none(session: ClusterSession, name: string, jobId: string): RefusedError {
  const message = `job ${name} (${jobId}) has no complete checkpoint or savepoint that the cluster still shows`;
  return new RefusedError('DREY_FLINK_NOT_FOUND', message, {
    hint: `Look at its history: ${commandLine(session, 'checkpoint', 'list', jobId)}`,
    details: { jobId, name },
  });
}

function refuseIfOld(
  { platform }: ClusterSession,
  { location, triggeredAtMs }: CheckpointEntry & { readonly location: string },
  maxAgeMs: number | null,
): void {
  if (maxAgeMs === null || triggeredAtMs === null) return;
  const ageMs = platform.clock.nowMs() - triggeredAtMs;
  if (ageMs <= maxAgeMs) return;
  const message = `the latest snapshot is ${formatDuration(ageMs)} old, and --max-age allows ${formatDuration(maxAgeMs)}: ${location}`;
  throw new RefusedError('DREY_SAVEPOINT_TOO_OLD', message, {
    details: { location, ageMs, maxAgeMs },
  });
}
