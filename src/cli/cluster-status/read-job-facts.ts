/** The facts about one job that the health of its cluster is judged by. */
import { RefusedError } from '../../errors/drey-error.ts';
import type { CheckpointEntry, CheckpointOverview } from '../../flink/model/checkpoint.ts';
import type { JobSummary } from '../../flink/model/job.ts';
import type {
  CheckpointFacts,
  CheckpointOutcome,
  JobFacts,
} from '../../ops/cluster/cluster-facts.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { failureOf } from '../job/exceptions-of-job.ts';
import { causeText } from '../job/exceptions-view.ts';
import { ifCheckpointsAreOn } from '../job/if-checkpoints-are-on.ts';
import { restartsOf } from '../job/restarts-of.ts';

/** As many as the cluster keeps (web.exception-history-size). */
const FAILURES_MAX = 16;

/** Null for a job that the cluster has forgotten meanwhile. */
export async function readJobFacts(
  session: ClusterSession,
  summary: JobSummary,
): Promise<JobFacts | null> {
  const { jobId, name, jobType, state, endedAtMs, tasks } = summary;
  const known = { jobId, name, jobType, state, endedAtMs, tasks };
  try {
    return { ...known, ...(await readDetails(session, summary)), unreadable: null };
  } catch (error) {
    // Without any answer at all there is nothing to judge.
    if (!(error instanceof RefusedError)) throw error;
    if (error.code === 'DREY_FLINK_NOT_FOUND') return null;
    return { ...known, ...NOTHING, unreadable: error.message };
  }
}

type Details = Pick<
  JobFacts,
  'stateSinceAtMs' | 'restarts' | 'failuresAtMs' | 'failureCause' | 'checkpoints'
>;

const NOTHING: Details = {
  stateSinceAtMs: null,
  restarts: null,
  failuresAtMs: [],
  failureCause: null,
  checkpoints: null,
};

async function readDetails(
  session: ClusterSession,
  { jobId, state }: JobSummary,
): Promise<Details> {
  const { client } = session;
  const details = await client.jobs.details(jobId);
  const [restarts, { entries }, checkpoints] = await Promise.all([
    restartsOf(session, jobId),
    client.jobs.exceptions(jobId, FAILURES_MAX),
    state === 'RUNNING' ? ifCheckpointsAreOn(client.checkpoints.overview(jobId)) : null,
  ]);
  const [newest] = entries;
  return {
    stateSinceAtMs: details.stateChangedAtMs[state] ?? null,
    restarts,
    failuresAtMs: entries.flatMap(({ atMs }) => (atMs === null ? [] : [atMs])),
    failureCause: newest === undefined ? null : causeText(failureOf(newest)),
    checkpoints: checkpoints === null ? null : checkpointFacts(checkpoints),
  };
}

function checkpointFacts({ counts, history }: CheckpointOverview): CheckpointFacts {
  return {
    completed: counts.completed ?? 0,
    failed: counts.failed ?? 0,
    outcomes: history.flatMap(outcomeOf),
  };
}

function outcomeOf(entry: CheckpointEntry): readonly CheckpointOutcome[] {
  // One that is in progress has no outcome, and a savepoint says nothing about checkpoints.
  if (entry.status === 'IN_PROGRESS' || entry.isSavepoint) return [];
  const isCompleted = entry.status === 'COMPLETED';
  return [
    {
      isCompleted,
      atMs: isCompleted ? entry.latestAckAtMs : entry.failedAtMs,
      failureMessage: entry.failureMessage,
    },
  ];
}
