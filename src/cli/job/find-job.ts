/**
 * What a job argument means: an id, a prefix of one, a name, or the address of a job's page in the
 * Web UI. Among jobs of one name the active one is meant.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import { nearestName } from '../../expression/nearest.ts';
import { isHexId } from '../../flink/model/identifiers.ts';
import { isTerminal } from '../../flink/model/job-status.ts';
import type { JobSummary } from '../../flink/model/job.ts';

export type JobMatch =
  | { readonly kind: 'job'; readonly job: JobSummary }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly JobSummary[] }
  | { readonly kind: 'unknown' };

/** Shorter ones may be names. */
const PREFIX_LENGTH_MIN = 6;

export function matchJob(jobs: readonly JobSummary[], argument: string): JobMatch {
  const id = (idInUrl(argument) ?? argument).toLowerCase();
  if (isHexId(id)) return oneOf(jobs.filter(({ jobId }) => jobId === id));
  const named = jobs.filter(({ name }) => name === argument);
  const active = named.filter(({ state }) => !isTerminal(state));
  if (named.length > 0) return oneOf(active.length > 0 ? active : named);
  if (id.length < PREFIX_LENGTH_MIN || !/^[0-9a-f]+$/.test(id)) return { kind: 'unknown' };
  return oneOf(jobs.filter(({ jobId }) => jobId.startsWith(id)));
}

/** The job, or a RefusedError with the candidates. `host`: whose jobs these are. */
export function findJob(jobs: readonly JobSummary[], argument: string, host: string): JobSummary {
  const match = matchJob(jobs, argument);
  switch (match.kind) {
    case 'job':
      return match.job;
    case 'ambiguous': {
      const listed = match.candidates
        .map(({ jobId, state }) => `${jobId} (${state})`)
        .slice(0, LISTED_MAX);
      const message = `${JSON.stringify(argument)} names ${match.candidates.length} jobs: ${listed.join(', ')}`;
      throw new RefusedError('DREY_JOB_AMBIGUOUS', message, {
        details: { argument, candidates: match.candidates.map(candidateOf) },
      });
    }
    case 'unknown':
      throw unknownJob(jobs, argument, host);
  }
}

const LISTED_MAX = 10;

/** Of `http://host/#/job/running/<id>/overview` and its relatives. */
function idInUrl(argument: string): string | null {
  if (!/^https?:\/\//i.test(argument)) return null;
  return /#\/job\/(?:[a-z]+\/)?([0-9a-f]{32})(?:\/|$)/i.exec(argument)?.[1] ?? null;
}

function oneOf(candidates: readonly JobSummary[]): JobMatch {
  const [job] = candidates;
  if (job === undefined) return { kind: 'unknown' };
  return candidates.length === 1 ? { kind: 'job', job } : { kind: 'ambiguous', candidates };
}

function unknownJob(jobs: readonly JobSummary[], argument: string, host: string): RefusedError {
  const nearest = nearestName(
    argument,
    jobs.map(({ name }) => name),
  );
  const known = jobs.length === 0 ? 'it has no jobs' : `it has ${jobs.length}`;
  const message = `${host} has no job ${JSON.stringify(argument)}; ${known}`;
  return new RefusedError('DREY_JOB_NOT_FOUND', message, {
    ...(nearest === undefined
      ? {}
      : { hint: `Did you mean ${JSON.stringify(nearest)}? drey job list shows all.` }),
    details: { argument, candidates: jobs.slice(0, LISTED_MAX).map(candidateOf) },
  });
}

function candidateOf({ jobId, name, state }: JobSummary): object {
  return { jobId, name, state };
}
