/** `checkpoint trigger`: takes a checkpoint now and waits for it, or only starts it. */
import { DreyError, OperationFailedError, RefusedError } from '../../errors/drey-error.ts';
import type { CheckpointResult, OperationState } from '../../flink/model/async-operation.ts';
import type { CheckpointDetails } from '../../flink/model/checkpoint.ts';
import {
  ID_BYTES,
  triggerIdFrom,
  type JobId,
  type TriggerId,
} from '../../flink/model/identifiers.ts';
import type { CheckpointKind } from '../../flink/rest/checkpoints.ts';
import { triggerCheckpoint } from '../../flink/rest/trigger-checkpoint.ts';
import {
  bytesCell,
  countCell,
  durationCell,
  textCell,
  type Field,
  type View,
} from '../../output/view.ts';
import { commandLine, refuseIfReadOnly, type ClusterSession } from '../cluster/cluster-session.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { resolveJob } from '../job/resolve-job.ts';
import { savepointTimeoutMs } from '../savepoint/savepoint-timeout.ts';

export interface TriggerRequest {
  readonly job: string;
  readonly kind: CheckpointKind;
  readonly detach: boolean;
}

export interface CompletedCheckpoint {
  readonly jobId: JobId;
  readonly triggerId: TriggerId;
  readonly checkpointId: number;
  readonly location: string | null;
  readonly durationMs: number | null;
  /** What it wrote. */
  readonly sizeBytes: number | null;
  readonly stateSizeBytes: number | null;
}

export type CheckpointTriggerResult =
  CompletedCheckpoint | { readonly jobId: JobId; readonly triggerId: TriggerId };

export async function takeCheckpoint(
  session: ClusterSession,
  { job: argument, kind, detach }: TriggerRequest,
): Promise<CheckpointTriggerResult> {
  refuseIfReadOnly(session, 'trigger a checkpoint');
  await refuseUnlessPossible(session, kind);
  const { jobId, name } = await resolveJob(session, argument);
  const triggerId = await triggerCheckpoint(session.client, {
    jobId,
    triggerId: triggerIdFrom(session.platform.random.bytes(ID_BYTES)),
    kind,
    findOut: commandLine(session, 'checkpoint', 'list', jobId),
  });
  if (detach) return { jobId, triggerId };
  const { checkpointId } = await awaitCheckpoint(session, { jobId, name, triggerId });
  return describe(session, { jobId, triggerId, checkpointId });
}

/** Flink 1.17 takes it, later ones fail inside. */
async function refuseUnlessPossible(
  { client }: ClusterSession,
  kind: CheckpointKind,
): Promise<void> {
  if (kind !== 'INCREMENTAL') return;
  const { incrementalCheckpoint } = await client.clusters.capabilities();
  if (incrementalCheckpoint) return;
  throw new RefusedError(
    'DREY_FLINK_UNSUPPORTED',
    'this version of Flink takes no incremental checkpoint on request',
    {
      hint: 'Leave --incremental out: with execution.checkpointing.incremental: true a checkpoint is incremental by itself.',
    },
  );
}

interface Triggered {
  readonly jobId: JobId;
  readonly name: string;
  readonly triggerId: TriggerId;
}

async function awaitCheckpoint(
  session: ClusterSession,
  { jobId, name, triggerId }: Triggered,
): Promise<CheckpointResult> {
  type Over = Exclude<OperationState<CheckpointResult>, { kind: 'in-progress' }>;
  const outcome = await waitFor<Over>(session, {
    what: `the checkpoint of job ${name}`,
    resume: commandLine(session, 'checkpoint', 'list', jobId),
    details: { jobId, triggerId },
    defaultTimeoutMs: await savepointTimeoutMs(session, jobId),
    look: async (budgetMs) => {
      const state = await session.client.checkpoints.operation(jobId, triggerId, { budgetMs });
      return state.kind === 'in-progress' ? null : state;
    },
  });
  if (outcome.kind === 'completed') return outcome.result;
  const { cause } = outcome;
  throw new OperationFailedError(
    'DREY_CHECKPOINT_FAILED',
    `the checkpoint of job ${name} (${jobId}) failed: ${cause.message}`,
    { details: { jobId, triggerId, exception: cause.exception, reasons: cause.chain } },
  );
}

/** The cluster answers from a cache of up to 3 s (web.refresh-interval). */
const LOOKS_MAX = 8;
const LOOK_PAUSE_MS = 450;

async function describe(
  session: ClusterSession,
  {
    jobId,
    triggerId,
    checkpointId,
  }: Pick<CompletedCheckpoint, 'jobId' | 'triggerId' | 'checkpointId'>,
): Promise<CompletedCheckpoint> {
  const entry = await entryOrNull(session, jobId, checkpointId);
  return {
    jobId,
    triggerId,
    checkpointId,
    location: entry?.location ?? null,
    durationMs: entry?.durationMs ?? null,
    sizeBytes: entry?.checkpointedSizeBytes ?? null,
    stateSizeBytes: entry?.stateSizeBytes ?? null,
  };
}

/** The checkpoint is complete: that its size cannot be read is told, and no failure. */
async function entryOrNull(session: ClusterSession, jobId: JobId, checkpointId: number) {
  try {
    return await entryOf(session, jobId, checkpointId);
  } catch (error) {
    if (!(error instanceof DreyError)) throw error;
    session.status.note(`the size of the checkpoint cannot be read: ${error.message}`);
    return null;
  }
}

async function entryOf(
  { client, status }: ClusterSession,
  jobId: JobId,
  checkpointId: number,
): Promise<Omit<CheckpointDetails, 'vertices'> | null> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const { history } = await client.checkpoints.overview(jobId);
    const entry = history.find(({ id }) => id === checkpointId);
    if (entry?.status === 'COMPLETED') return entry;
    // It has left the history: later ones came in between.
    const isGone = entry === undefined && history.some(({ id }) => id > checkpointId);
    if (isGone || client.transport.remainingMs() < LOOK_PAUSE_MS) return null;
    status.show('reading the size of the checkpoint');
    await client.transport.pause(LOOK_PAUSE_MS);
  }
  return null;
}

export function checkpointTriggerView(result: CheckpointTriggerResult): View {
  const ids: readonly Field[] = [
    { key: 'jobId', label: 'job', cell: textCell(result.jobId) },
    { key: 'triggerId', label: 'trigger', cell: textCell(result.triggerId) },
  ];
  if (!('checkpointId' in result)) {
    return { sections: [{ kind: 'fields', fields: ids }], names: [result.triggerId] };
  }
  const fields: readonly Field[] = [
    ...ids,
    { key: 'checkpointId', label: 'checkpoint', cell: countCell(result.checkpointId) },
    { key: 'location', label: 'location', cell: textCell(result.location) },
    { key: 'durationMs', label: 'duration', cell: durationCell(result.durationMs) },
    { key: 'sizeBytes', label: 'written', cell: bytesCell(result.sizeBytes) },
    { key: 'stateSizeBytes', label: 'state', cell: bytesCell(result.stateSizeBytes) },
  ];
  return {
    sections: [{ kind: 'fields', fields }],
    names: [result.location ?? String(result.checkpointId)],
  };
}
