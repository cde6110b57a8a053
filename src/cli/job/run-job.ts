/**
 * `job run` and `jar run`: starts a job from a jar, once, waits until it works and proves that it
 * has the state it was to have. A jar from this machine is uploaded before and deleted after.
 */
import { RefusedError } from '../../errors/drey-error.ts';
import { ID_BYTES, jobIdFrom, type JobId } from '../../flink/model/identifiers.ts';
import { isTerminal, type JobStatus } from '../../flink/model/job-status.ts';
import type { RunOptions } from '../../flink/rest/jars.ts';
import { jobOrNone } from '../../flink/rest/run-jar.ts';
import { metaspaceWarning } from '../../ops/job/metaspace-warning.ts';
import { textCell, type Field, type View } from '../../output/view.ts';
import { refuseIfReadOnly, type ClusterSession } from '../cluster/cluster-session.ts';
import { readyJar, withJar, type JarSource } from '../jar/with-jar.ts';
import { awaitStart, forgotten } from './await-start.ts';
import { restoredFrom } from './restored-from.ts';
import { claimModeOf, configurationOf, givenJobId, type RunFlags } from './run-flags.ts';
import { stateMood } from './state-mood.ts';
import { submitJar } from './submit-jar.ts';

export interface RunRequest {
  readonly jar: JarSource;
  /** Arguments of main(), each as it is. */
  readonly programArguments: readonly string[];
  readonly flags: RunFlags;
}

export interface RunResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobStatus;
  /** What the job says it was restored from; null when nothing was, or with --detach. */
  readonly restoredFrom: string | null;
}

export async function runJob(session: ClusterSession, request: RunRequest): Promise<RunResult> {
  refuseIfReadOnly(session, 'start a job');
  const given = givenJobId(request.flags['job-id']);
  const jobId = given ?? jobIdFrom(session.platform.random.bytes(ID_BYTES));
  const options = runOptions(request, jobId);
  const jar = await readyJar(session, request.jar);
  if (given === null || !(await wasStartedBefore(session, given))) {
    await warnIfMetaspaceIsFull(session);
    await withJar(session, jar, (jarId) =>
      submitJar(session, { jarId, options, isOwnId: given === null }),
    );
  }
  return followed(session, options, request.flags.detach);
}

function runOptions({ flags, programArguments }: RunRequest, jobId: JobId): RunOptions {
  return {
    jobId,
    entryClass: flags['entry-class'] ?? null,
    programArguments,
    parallelism: flags.parallelism ?? null,
    configuration: configurationOf(flags.configuration ?? []),
    savepointPath: flags['from-savepoint'] ?? null,
    claimMode: claimModeOf(flags['claim-mode']),
    allowNonRestoredState: flags['allow-non-restored-state'],
  };
}

/** The command is repeated and has its effect already. Throws when that job has ended. */
async function wasStartedBefore(session: ClusterSession, id: JobId): Promise<boolean> {
  const job = await jobOrNone(session.client, id);
  if (job === undefined) return false;
  const { name, state } = job;
  if (!isTerminal(state)) {
    session.status.note(`job ${name} of the id ${id} is there already and is ${state}`);
    return true;
  }
  const message = `job ${name} of the id ${id} was started before and is ${state}`;
  throw new RefusedError('DREY_JOB_STATE', message, {
    hint: 'An id is used once: take another --job-id, or none.',
    details: { jobId: id, name, state },
  });
}

const METASPACE = 'Status.JVM.Memory.Metaspace';

async function warnIfMetaspaceIsFull({ client, status }: ClusterSession): Promise<void> {
  const names = [`${METASPACE}.Used`, `${METASPACE}.Max`];
  const metrics = await client.clusters.jobManagerMetrics(names);
  const [usedBytes = null, maxBytes = null] = names.map((name) => {
    const text = metrics.find(({ id }) => id === name)?.value ?? null;
    return text === null ? null : Number(text);
  });
  const warning = metaspaceWarning(usedBytes, maxBytes);
  if (warning !== null) status.note(warning);
}

async function followed(
  session: ClusterSession,
  { jobId, savepointPath }: RunOptions,
  isDetached: boolean,
): Promise<RunResult> {
  if (isDetached) {
    const job = await jobOrNone(session.client, jobId);
    if (job === undefined) throw forgotten(jobId);
    return { jobId, name: job.name, state: job.state, restoredFrom: null };
  }
  const { name, state } = await awaitStart(session, jobId);
  const from =
    savepointPath === null ? null : await restoredFrom(session, { jobId, name }, savepointPath);
  return { jobId, name, state, restoredFrom: from };
}

export function runView({ jobId, name, state, restoredFrom: from }: RunResult): View {
  const fields: readonly Field[] = [
    { key: 'jobId', label: 'job', cell: textCell(jobId) },
    { key: 'name', label: 'name', cell: textCell(name) },
    { key: 'state', label: 'state', cell: textCell(state, stateMood(state)) },
    ...(from === null
      ? []
      : [{ key: 'restoredFrom', label: 'restored from', cell: textCell(from) }]),
  ];
  return { sections: [{ kind: 'fields', fields }], names: [jobId] };
}
