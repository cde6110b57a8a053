/**
 * `checkpoint list`: the history that the cluster keeps of a job, newest first. Savepoints share
 * the ids and are marked; the summary is of checkpoints alone, because Flink's own mixes the two.
 */
import type { CheckpointCounts, CheckpointEntry } from '../../flink/model/checkpoint.ts';
import type { JobId } from '../../flink/model/identifiers.ts';
import type { View } from '../../output/view.ts';
import type { ClusterSession } from '../cluster/cluster-session.ts';
import { resolveJob } from '../job/resolve-job.ts';
import { stateMood } from '../job/state-mood.ts';
import {
  checkpointListView,
  durationsOf,
  figuresOf,
  wantedOf,
  type CheckpointFigures,
  type CheckpointRow,
  type WantedCheckpoints,
} from './checkpoint-list-view.ts';

export interface ListRequest extends WantedCheckpoints {
  readonly job: string;
}

export interface ListedCheckpoint extends CheckpointRow {
  readonly id: number;
  readonly type: string | null;
}

export interface CheckpointListResult {
  readonly jobId: JobId;
  readonly name: string;
  readonly counts: CheckpointCounts;
  readonly figures: CheckpointFigures | null;
  readonly checkpoints: readonly ListedCheckpoint[];
}

export async function listCheckpoints(
  session: ClusterSession,
  request: ListRequest,
): Promise<CheckpointListResult> {
  const { jobId, name } = await resolveJob(session, request.job);
  const { counts, history } = await session.client.checkpoints.overview(jobId);
  const wanted = wantedOf(history, request, ({ status }) => status === 'FAILED');
  const checkpoints = wanted.map(listed);
  return { jobId, name, counts, figures: figuresOf(checkpoints), checkpoints };
}

function listed(entry: CheckpointEntry): ListedCheckpoint {
  return {
    id: entry.id,
    status: entry.status,
    isSavepoint: entry.isSavepoint,
    type: entry.type,
    triggeredAtMs: entry.triggeredAtMs,
    durationMs: entry.durationMs,
    sizeBytes: entry.checkpointedSizeBytes,
    stateSizeBytes: entry.stateSizeBytes,
    location: entry.location,
    failureMessage: entry.failureMessage,
  };
}

export function jobCheckpointsView({ checkpoints, counts, figures }: CheckpointListResult): View {
  const table = {
    rows: checkpoints,
    empty: 'no checkpoints yet',
    kind: { key: 'type', textOf: kindText },
    moodOf: ({ status }: ListedCheckpoint) => stateMood(status),
    isLocationShown: false,
    names: checkpoints.map(({ id }) => String(id)),
  };
  const durationsMs = durationsOf(checkpoints.toReversed());
  return checkpointListView(table, { counts, figures, durationsMs });
}

function kindText({ isSavepoint, type }: ListedCheckpoint): string {
  if (!isSavepoint) return type === 'UNALIGNED_CHECKPOINT' ? 'unaligned checkpoint' : 'checkpoint';
  return type === 'SYNC_SAVEPOINT' ? 'savepoint of a stop' : 'savepoint';
}
