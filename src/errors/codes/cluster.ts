/** Codes of requests to Flink clusters: answers, refusals, operations that go on in the cluster. */
export const clusterCodes = {
  DREY_FLINK_ANSWER: {
    exit: 4,
    meaning: 'What answered is not the interface that was asked: the answer cannot be read.',
    next: 'Check that the address is that of the Flink REST API (or of the SQL Gateway), with its path.',
  },
  DREY_FLINK_REDIRECT: {
    exit: 4,
    meaning: 'The server sends the request to another host, or in a circle.',
    next: 'Use the address that the message names, if you trust it: credentials go to one host only.',
  },
  DREY_FLINK_UNAVAILABLE: {
    exit: 4,
    meaning: 'The cluster, or a proxy before it, says that it cannot answer at present.',
    next: 'Check that a JobManager is elected (`drey cluster health`), then try again.',
  },
  DREY_FLINK_UNAUTHORIZED: {
    exit: 5,
    meaning: 'The server wants credentials, or does not allow this to whom they belong.',
    next: 'Check `drey context show`; set DREY_TOKEN or the credentials of the context.',
  },
  DREY_FLINK_NOT_FOUND: {
    exit: 5,
    meaning: 'The cluster does not know what the request names.',
    next: 'List what there is (`drey job list`, `drey jar list`, `drey taskmanager list`).',
  },
  DREY_FLINK_REFUSED: {
    exit: 5,
    meaning: 'The cluster refused the request.',
    next: 'Read the reason in the message; it is the one that Flink gave.',
  },
  DREY_FLINK_FAILED: {
    exit: 5,
    meaning: 'The cluster failed inside while it worked on the request.',
    next: 'Read the reason in the message, and the log of the JobManager.',
  },
  DREY_FLINK_UNSUPPORTED: {
    exit: 5,
    meaning: 'This version or configuration of Flink cannot do what was asked.',
    next: 'The message says what it needs.',
  },
  DREY_JOB_NOT_FOUND: {
    exit: 5,
    meaning: 'No job of the cluster has this id, prefix or name.',
    next: 'Run `drey job list` to see the jobs; --url or --context choose the cluster.',
  },
  DREY_JOB_AMBIGUOUS: {
    exit: 5,
    meaning: 'Several jobs have this name or prefix.',
    next: 'Name the job by its whole id; the candidates are in the message.',
  },
  DREY_VERTEX_NOT_FOUND: {
    exit: 5,
    meaning: 'The job has no vertex of this id, prefix or name, or several.',
    next: 'Run `drey job plan` to see the vertices of the job.',
  },
  DREY_METRIC_NOT_FOUND: {
    exit: 5,
    meaning: 'No metric of the job, or of its vertex, has one of the names.',
    next: 'Run `drey job metrics` with --list to see the names there are.',
  },
  DREY_LOG_UNAVAILABLE: {
    exit: 5,
    meaning: 'There is no log to show: the TaskManager is gone, or logs into no file.',
    next: 'Run `drey taskmanager list` to see who is there; logs of one that is gone are on its host.',
  },
  DREY_TASKMANAGER_NOT_FOUND: {
    exit: 5,
    meaning: 'The cluster has no TaskManager of this id, prefix or part of an id.',
    next: 'Run `drey taskmanager list`; a TaskManager that was restarted has a new id.',
  },
  DREY_TASKMANAGER_AMBIGUOUS: {
    exit: 5,
    meaning: 'Several TaskManagers have this prefix or part of an id, or none was named.',
    next: 'Name the TaskManager by its whole id; the candidates are in the message.',
  },
  DREY_JOB_STATE: {
    exit: 5,
    meaning: 'The state of the job does not allow the operation.',
    next: 'Look at the job with `drey job show`.',
  },
  DREY_JOB_FAILED: {
    exit: 6,
    meaning: 'The job was accepted and then failed.',
    next: 'Run `drey job exceptions` for the whole history of its failures.',
  },
  DREY_JOB_ENDED: {
    exit: 6,
    meaning: 'The job ended in another state than the one that was waited for.',
    next: 'Look at the job with `drey job show`.',
  },
  DREY_JOB_NOT_RESTORED: {
    exit: 6,
    meaning: 'The job runs, but nothing says that it has the state it was to start from.',
    next: 'Look at the job with `drey job show` before it writes results of empty state.',
  },
  DREY_PROGRAM_FAILED: {
    exit: 6,
    meaning: 'The program of a jar failed after it had started its job, which goes on.',
    next: 'Read the reason in the message; `drey job cancel` ends the job that goes on.',
  },
  DREY_JOB_STOP_FAILED: {
    exit: 6,
    meaning: 'The job could not be stopped with a savepoint.',
    next: 'Look at the job with `drey job show`; a savepoint that was completed is in the message.',
  },
  DREY_JAR_UNUSABLE: {
    exit: 3,
    meaning: 'The file cannot be uploaded as a jar.',
    next: 'Name a jar with the classes of the job; its name must end with .jar.',
  },
  DREY_JAR_NOT_FOUND: {
    exit: 5,
    meaning: 'The cluster has no jar of this id, prefix or name.',
    next: 'Run `drey jar list`; jars lie on one JobManager and go when it is restarted.',
  },
  DREY_JAR_AMBIGUOUS: {
    exit: 5,
    meaning: 'Several jars have this name or prefix.',
    next: 'Name the jar by its whole id; the candidates are in the message.',
  },
  DREY_SAVEPOINT_FAILED: {
    exit: 6,
    meaning: 'The savepoint was accepted and then failed.',
    next: 'Read the reason in the message; `drey checkpoint list` shows the job’s others.',
  },
  DREY_SAVEPOINT_TOO_OLD: {
    exit: 5,
    meaning: 'The latest snapshot is older than what was allowed.',
    next: 'Take a newer one, or allow a greater --max-age.',
  },
  DREY_SAVEPOINT_IN_USE: {
    exit: 5,
    meaning: 'A job that has not ended would go back to the savepoint after a failure.',
    next: 'Let the job complete a checkpoint first, or pass --force.',
  },
  DREY_SAVEPOINT_NOT_FOUND: {
    exit: 6,
    meaning: 'The savepoint is not there, or not any more.',
    next: 'Check the path; `--if-exists` makes this a success for `savepoint dispose`.',
  },
  DREY_CHECKPOINT_FAILED: {
    exit: 6,
    meaning: 'The checkpoint was accepted and then failed.',
    next: 'Read the reason in the message; `drey checkpoint list` shows the history.',
  },
  DREY_DISPOSAL_FAILED: {
    exit: 6,
    meaning: 'The cluster accepted the disposal of a savepoint and then failed.',
    next: 'Read the reason in the message; files may be left under the path.',
  },
  DREY_STILL_RUNNING: {
    exit: 7,
    meaning: 'The waiting ended before the operation did; it goes on in the cluster.',
    next: 'Run the command in the message to go on waiting.',
  },
  DREY_OUTCOME_UNKNOWN: {
    exit: 10,
    meaning: 'A request may or may not have had its effect; its answer was lost.',
    next: 'Run the command in the message to find out before you try again.',
  },
  DREY_SQL_SCRIPT: {
    exit: 3,
    meaning: 'A script of SQL cannot be cut into statements, or there is none in it.',
    next: 'Mend the place that the message names: a quote or comment is not closed there.',
  },
  DREY_SQL_SESSION: {
    exit: 5,
    meaning: 'The SQL Gateway does not know the session, or not any more.',
    next: 'A session ends when it is idle for long or the gateway restarts; run without --session.',
  },
  DREY_STATEMENT_FAILED: {
    exit: 6,
    meaning: 'A statement of SQL failed.',
    next: 'Read the reason in the message; its line and column are those of the statement’s start.',
  },
} as const;
