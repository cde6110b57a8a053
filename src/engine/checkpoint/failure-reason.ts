/**
 * Why a checkpoint did not become one: the closed list, with Flink's words for it and whether it
 * counts against `execution.checkpointing.tolerable-failed-checkpoints`.
 * Source: CheckpointFailureReason of Flink 2.3; reasons that only a cluster of processes has are
 * left out.
 */

export type FailureReason =
  | 'scheduler-shut-down'
  | 'too-many-requests'
  | 'not-all-tasks-running'
  | 'io-failed'
  | 'async-failed'
  | 'expired'
  | 'subsumed'
  | 'declined'
  | 'task-not-ready'
  | 'task-closing'
  | 'barrier-subsumed'
  | 'barrier-cancelled'
  | 'input-ended'
  | 'coordinator-shut-down'
  | 'coordinator-suspended'
  | 'failover'
  | 'finalize-failed';

/** Those with which a subtask declines. */
export type DeclineReason = Extract<
  FailureReason,
  | 'async-failed'
  | 'declined'
  | 'task-not-ready'
  | 'task-closing'
  | 'barrier-subsumed'
  | 'barrier-cancelled'
  | 'input-ended'
>;

interface ReasonEntry {
  /** Flink's text, which REST shows and the analysis reads. */
  readonly text: string;
  /** Counts against the tolerable number. */
  readonly isCounted: boolean;
}

export const failureReasons: Readonly<Record<FailureReason, ReasonEntry>> = {
  'scheduler-shut-down': ignored('Periodic checkpoint scheduler is shut down.'),
  'too-many-requests': ignored('The maximum number of queued checkpoint requests exceeded'),
  'not-all-tasks-running': ignored('Not all required tasks are currently running.'),
  'io-failed': counted(
    'An Exception occurred while triggering the checkpoint. IO-problem detected.',
  ),
  'async-failed': counted('Asynchronous task checkpoint failed.'),
  expired: counted('Checkpoint expired before completing.'),
  subsumed: ignored('Checkpoint has been subsumed.'),
  declined: counted('Checkpoint was declined.'),
  'task-not-ready': ignored('Checkpoint was declined (tasks not ready)'),
  'task-closing': ignored('Checkpoint was declined (task is closing)'),
  'barrier-subsumed': ignored(
    'Checkpoint was canceled because a barrier from newer checkpoint was received.',
  ),
  'barrier-cancelled': ignored('Task received cancellation from one of its inputs'),
  'input-ended': ignored('Checkpoint was declined because one input stream is finished'),
  'coordinator-shut-down': ignored('CheckpointCoordinator shutdown.'),
  'coordinator-suspended': ignored('Checkpoint Coordinator is suspending.'),
  failover: ignored('FailoverRegion is restarting.'),
  'finalize-failed': counted('Failure to finalize checkpoint.'),
};

function counted(text: string): ReasonEntry {
  return { text, isCounted: true };
}

function ignored(text: string): ReasonEntry {
  return { text, isCounted: false };
}
