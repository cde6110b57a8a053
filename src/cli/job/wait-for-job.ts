/** `job wait`: until a job is in a state, or has ended. */
import { OperationFailedError } from '../../errors/drey-error.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import type { JobStatus } from '../../flink/model/job-status.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import { jobOrNone } from '../../flink/rest/run-jar.ts';
import { waitVerdict, type AwaitedState, type WaitVerdict } from '../../ops/job/wait-verdict.ts';
import { textCell, type View } from '../../output/view.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { forgotten } from './await-start.ts';
import { failureOf } from './failure-of-job.ts';
import { resolveJob } from './resolve-job.ts';
import { stateMood } from './state-mood.ts';

export interface WaitRequest {
  readonly job: string;
  /** At least one; any of them will do. */
  readonly awaited: readonly AwaitedState[];
}

export interface JobStateResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
}

interface Seen {
  readonly verdict: WaitVerdict;
  readonly state: JobStatus;
}

/** Without --timeout it waits as long as it takes: who waits for the end of a job means it. */
export async function waitForJob(
  session: ClusterSession,
  { job: argument, awaited }: WaitRequest,
): Promise<JobStateResult> {
  const job = await resolveJob(session, argument);
  const { jobId, name } = job;
  const { verdict, state } = await waitFor<Seen>(session, {
    what: `job ${name} to ${awaited.map(verbOf).join(' or ')}`,
    resume: commandLine(
      session,
      'job',
      'wait',
      jobId,
      ...awaited.flatMap((state) => ['--for', state]),
    ),
    notYet: `job ${name} (${jobId}) ${awaited.includes('ended') ? 'has not ended' : `is not ${awaited.join(' or ')}`}`,
    details: { jobId, name },
    defaultTimeoutMs: Infinity,
    look: async () => {
      const seen = await jobOrNone(session.client, jobId);
      if (seen === undefined) throw forgotten(jobId);
      const reached = waitVerdict(seen, awaited);
      return reached.kind === 'waiting' ? null : { verdict: reached, state: seen.state };
    },
  });
  if (verdict.kind === 'failed') throw await failureOf(session, job);
  if (verdict.kind === 'missed') throw missed(session, job, { awaited, state });
  return { jobId, name, state };
}

function verbOf(awaited: AwaitedState): string {
  return awaited === 'ended' ? 'end' : `be ${awaited}`;
}

function missed(
  session: ClusterSession,
  { jobId, name }: JobSummary,
  { awaited, state }: Pick<WaitRequest, 'awaited'> & Pick<Seen, 'state'>,
): OperationFailedError {
  const message = `job ${name} (${jobId}) is ${state} and will not be ${awaited.join(' or ')} any more`;
  return new OperationFailedError('DREY_JOB_ENDED', message, {
    hint: `Look at it with: ${commandLine(session, 'job', 'show', jobId)}`,
    details: { jobId, name, state },
  });
}

export function jobStateView({ jobId, name, state }: JobStateResult): View {
  return {
    sections: [
      {
        kind: 'fields',
        fields: [
          { key: 'jobId', label: 'job', cell: textCell(jobId) },
          { key: 'name', label: 'name', cell: textCell(name) },
          { key: 'state', label: 'state', cell: textCell(state, stateMood(state)) },
        ],
      },
    ],
    names: [jobId],
  };
}
