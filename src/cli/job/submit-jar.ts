/**
 * Starts the job of an uploaded jar and tells apart what a refusal means: nothing was started, the
 * job was there before, or the program failed after it had started its job, which then goes on.
 */
import { InterruptedError, OperationFailedError, RefusedError } from '../../errors/drey-error.ts';
import type { JarId, JobId } from '../../flink/model/identifiers.ts';
import { isTerminal } from '../../flink/model/job-status.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import type { RunOptions } from '../../flink/rest/jars.ts';
import { jobOrNone, runJar } from '../../flink/rest/run-jar.ts';
import {
  explainRefusal,
  type RefusalEvidence,
  type RunRefusal,
} from '../../ops/job/run-refusal.ts';
import { commandLine, type ClusterSession } from '../cluster/cluster-session.ts';
import { untilSignal } from '../cluster/until-signal.ts';

export interface Submission {
  readonly jarId: JarId;
  readonly options: RunOptions;
  /** The id was chosen for this run alone: a job that has it is this one. */
  readonly isOwnId: boolean;
}

export async function submitJar(
  session: ClusterSession,
  { jarId, options, isOwnId }: Submission,
): Promise<void> {
  const { client, status } = session;
  const { jobId } = options;
  const findOut = commandLine(session, 'job', 'show', jobId);
  status.show(`running main() of ${jarId} on the JobManager`);
  try {
    const running = runJar(client, { jarId, options, findOut });
    await untilSignal(session, running, (signal) => {
      const message = `stopped waiting for main() of ${jarId}; it goes on in the JobManager and may start job ${jobId}`;
      const hint = `Find out with: ${findOut}`;
      return new InterruptedError(signal, message, { hint, details: { jobId, jarId } });
    });
  } catch (error) {
    if (!isOfProgram(error)) throw error;
    const job = await jobOrNone(client, jobId);
    const refusal = explainRefusal(evidenceOf(error), options.savepointPath !== null);
    if (refusal.kind === 'duplicate' && job !== undefined && (isOwnId || !isTerminal(job.state))) {
      return;
    }
    throw meaningOf(session, { error, refusal, jobId, job });
  } finally {
    status.clear();
  }
}

/** The cluster refused the program, and not us. */
export function isOfProgram(error: unknown): error is RefusedError {
  return error instanceof RefusedError && error.code !== 'DREY_FLINK_UNAUTHORIZED';
}

/** Of a refusal in Flink's form; others have no exception and one reason, the message. */
export function evidenceOf({ details, message }: RefusedError): RefusalEvidence {
  const { exception, reasons } = details;
  return {
    exception: typeof exception === 'string' ? exception : null,
    reasons: Array.isArray(reasons) ? reasons.map(String) : [message],
  };
}

interface Refused {
  readonly error: RefusedError;
  readonly refusal: RunRefusal;
  readonly jobId: JobId;
  readonly job: JobSummary | undefined;
}

function meaningOf(session: ClusterSession, { error, refusal, jobId, job }: Refused): Error {
  const details = { ...error.details, refusal: refusal.kind, jobId };
  if (refusal.kind === 'duplicate') {
    const state = job?.state ?? 'gone';
    const message = `a job of the id ${jobId} was started before and is ${state}`;
    const options = { hint: refusal.hint, details: { ...details, state }, cause: error };
    return new RefusedError('DREY_JOB_STATE', message, options);
  }
  if (job === undefined) {
    const options = { hint: refusal.hint, details, cause: error };
    return new RefusedError(error.code, `no job was started: ${refusal.reason}`, options);
  }
  const { name, state } = job;
  if (isTerminal(state)) {
    const message = `job ${name} (${jobId}) could not start: ${refusal.reason}`;
    const options = { hint: refusal.hint, details: { ...details, name, state }, cause: error };
    return new RefusedError(error.code, message, options);
  }
  const cancel = commandLine(session, 'job', 'cancel', jobId, '--yes');
  return new OperationFailedError(
    'DREY_PROGRAM_FAILED',
    `the program failed after it had started job ${name} (${jobId}), which goes on: ${refusal.reason}`,
    {
      hint: `${refusal.hint} The job that goes on is cancelled by: ${cancel}`,
      details: { ...details, name, state },
      cause: error,
    },
  );
}
