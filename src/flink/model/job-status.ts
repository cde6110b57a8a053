/** States of jobs and of the subtasks of their vertices. */

export const jobStatuses = [
  'INITIALIZING',
  'CREATED',
  'RUNNING',
  'FAILING',
  'FAILED',
  'CANCELLING',
  'CANCELED',
  'FINISHED',
  'RESTARTING',
  'SUSPENDED',
  'RECONCILING',
] as const;

/** A status of a newer Flink passes as it is. */
export type JobStatus = (typeof jobStatuses)[number] | (string & {});

/** The job will not run again. SUSPENDED is not among them: another JobManager may go on with it. */
export function isTerminal(status: JobStatus): boolean {
  return status === 'FINISHED' || status === 'CANCELED' || status === 'FAILED';
}
