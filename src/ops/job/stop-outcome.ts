/**
 * What became of a job that was to be stopped with a savepoint and did not end well. The savepoint
 * may be good all the same: then its path is worth more than the reason, and is told first.
 */
import type { CheckpointEntry } from '../../flink/model/checkpoint.ts';
import type { FailureCause } from '../../flink/model/failure-cause.ts';
import { isTerminal, type JobStatus } from '../../flink/model/job-status.ts';

export interface FailedTask {
  readonly message: string;
  /** Null: it is not a task's. */
  readonly taskName: string | null;
}

/** What is known after the stop has failed. */
export interface FailedStop {
  /** Of the operation. */
  readonly cause: FailureCause;
  /** Savepoints of the job that began with the stop or after it, the newest first. */
  readonly savepoints: readonly CheckpointEntry[];
  /** The newest failure of the job, when it came with the stop or after it. */
  readonly failure: (FailedTask & { readonly concurrent: readonly FailedTask[] }) | null;
  /** Null: the cluster does not know the job any more. */
  readonly state: JobStatus | null;
}

export interface StopReport {
  /** Of the complete savepoint; null: none is proved. */
  readonly location: string | null;
  /** What the checkpoint coordinator said of the savepoint; null when it did not fail. */
  readonly savepointFailure: string | null;
  /** What a task said, which is closer to the cause than what the job says of itself. */
  readonly taskFailure: FailedTask | null;
  /** After `job x (id) `: a sentence without its end. */
  readonly sentence: string;
}

export function stopReport(stop: FailedStop): StopReport {
  const { cause, savepoints, state } = stop;
  const location = locationInFailure(cause) ?? locationInHistory(savepoints);
  const savepointFailure =
    savepoints.find(({ status }) => status === 'FAILED')?.failureMessage ?? null;
  const taskFailure = taskFailureOf(stop);
  const where = taskFailure?.taskName ?? null;
  const reasons = [
    ...(location === null ? [cause.message] : []),
    ...(savepointFailure === null ? [] : [savepointFailure]),
    ...(taskFailure === null
      ? []
      : [`${taskFailure.message}${where === null ? '' : ` (in ${where})`}`]),
  ];
  const said = [...new Set(reasons)];
  const because = said.length === 0 ? '' : `: ${said.map(withoutEnd).join('; ')}`;
  const what =
    location === null
      ? `was not stopped, because its savepoint failed${because}`
      : `did not stop as it should, but its savepoint is complete at ${location}${because}`;
  return { location, savepointFailure, taskFailure, sentence: `${what}; ${stateText(state)}` };
}

/** The job's own exception only repeats that there is a savepoint. */
function taskFailureOf({ failure }: FailedStop): FailedTask | null {
  if (failure === null) return null;
  const all = [failure, ...failure.concurrent];
  const { message, taskName } = all.find((task) => task.taskName !== null) ?? failure;
  const isRepeated = locationInFailure({ exception: null, message, chain: [] }) !== null;
  return isRepeated ? null : { message, taskName };
}

function stateText(state: JobStatus | null): string {
  if (state === null) return 'the cluster does not know the job any more';
  return isTerminal(state) ? `the job is ${state}` : `the job goes on (${state})`;
}

function withoutEnd(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

/**
 * Flink has no field for it: the message of StopWithSavepointStoppingException begins so. What
 * stands around the path has changed between versions, the beginning has not.
 */
const CREATED_AT = [
  /A savepoint has been created at: (.+?), but the corresponding job/,
  /A savepoint has been created at: (\S+?)[,.]?(?:\s|$)/,
];

/** The path of the savepoint that was completed before the stop failed; null: none was. */
export function locationInFailure({ chain, message }: FailureCause): string | null {
  for (const text of [message, ...chain]) {
    for (const pattern of CREATED_AT) {
      const location = pattern.exec(text)?.[1];
      if (location !== undefined) return location;
    }
  }
  return null;
}

/** Of the savepoint that belongs to the stop: only it stops the job until it is complete. */
function locationInHistory(savepoints: readonly CheckpointEntry[]): string | null {
  const synchronous = savepoints.find(
    ({ type, status, isDiscarded }) =>
      type === 'SYNC_SAVEPOINT' && status === 'COMPLETED' && isDiscarded !== true,
  );
  return synchronous?.location ?? null;
}
